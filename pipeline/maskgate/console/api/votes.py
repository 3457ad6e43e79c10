"""Votes, acts and bulk decisions: taken when signed, counted by the gate."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from maskgate.approvals.messages.votes import Signed, named
from maskgate.console.access import may_read, must_know
from maskgate.console.api.bodies import Reason
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.submitted import Vote, check_text, envelope_of, must_be_signed
from maskgate.console.verdict import MAX_WAIT_S, outcome
from maskgate.kafka import topics


def add(api: APIRouter, context: Context) -> None:
    """Their routes."""

    @api.post("/votes", status_code=202)
    async def vote(body: Vote, request: Request, wait: float = Query(0, ge=0, le=MAX_WAIT_S)) -> dict[str, Any]:
        """Submit a signed vote, act or bulk decision. It counts by its signature; who posts it does not matter."""
        caller: Caller | None = request.state.caller
        offset, said = await run_in_threadpool(_take, context, body, caller)
        return await outcome(context, topics.VOTES, offset, wait, caller, said)

    @api.post("/reasons")
    def reason(body: Reason, request: Request) -> dict[str, str]:
        """A reason as it may be signed: personal data and secrets are masked. Nothing is stored."""
        must_know(request)
        return {"reason": context.texts.mask(body.reason.strip())}

    @api.get("/votes/{offset}")
    async def told(
        request: Request, offset: int = Path(ge=0, lt=2**62), wait: float = Query(0, ge=0, le=MAX_WAIT_S)
    ) -> dict[str, Any]:
        """What became of a vote that was submitted before."""
        return await outcome(context, topics.VOTES, offset, wait, may_read(context, request))


def _take(context: Context, body: Vote, caller: Caller | None) -> tuple[int, tuple[Signed, ...]]:
    """Store what was signed; where it lies, and what it says."""
    raw = envelope_of(body)
    if caller is None:  # of whom we know, the gate logs what they tried: an agent that votes is an alarm
        must_be_signed(context, raw)
    check_text(context, raw)
    return context.send(topics.VOTES, raw), named(raw)
