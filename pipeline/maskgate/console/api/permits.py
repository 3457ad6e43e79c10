"""Permits: checked for anybody, spent at the gate."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from maskgate.approvals.messages import actions, permits
from maskgate.base.errors import RefusedError
from maskgate.console.access import must_know
from maskgate.console.api.bodies import Spend
from maskgate.console.context import Context
from maskgate.console.verdict import MAX_WAIT_S, outcome
from maskgate.crypto import canonical, signing
from maskgate.kafka import topics


def add(api: APIRouter, context: Context) -> None:
    """Their routes."""

    @api.post("/permits/redeem")
    async def redeem(body: Spend, request: Request, wait: float = Query(10.0, ge=0, le=MAX_WAIT_S)) -> dict[str, Any]:
        """Spend a permit: once, in time, for exactly these arguments, and by the word of who asked (``proof``)."""
        must_know(request)
        permit = permits.read(body.permit.encode())  # the gate looks at its signature
        if body.verb and body.verb != permit.verb:
            raise RefusedError("permit_arguments", "The permit is for another verb; nothing was spent.")
        if body.proof is None:
            raise RefusedError("not_the_requester", "Sign the permit with the key that asked for it; see docs/api.md.")
        proof = canonical.dumps(body.proof)
        raw = actions.build_redeem(body.permit.encode(), body.arguments, proof, context.must_intake())
        offset = await run_in_threadpool(context.send, topics.REQUESTS, raw)
        told = await outcome(context, topics.REQUESTS, offset, wait)
        if told["outcome"] != "accepted":
            code = told.get("code", "pending")
            message = told.get("message", "The gate has not confirmed it: do not run the action; ask again later.")
            raise RefusedError(code, message)
        return {
            "redeemed": True,
            "request_id": told["requests"][0] if told["requests"] else "",
            "verb": permit.verb,
            "resource": permit.resource,
        }

    @api.post("/permits/verify")
    def verify(body: Spend) -> dict[str, Any]:
        """Check a permit without spending it: signature, deadline, arguments."""
        if context.gate_public is None:
            raise RefusedError("no_gate_key", "This console does not have the gate's public key.")
        keys = {signing.key_id(context.gate_public): context.gate_public}
        now = int(context.clock() * 1000)
        verb = body.verb or None
        found = permits.verify(body.permit.encode(), keys, arguments=body.arguments, now_ms=now, verb=verb)
        return {"valid": True, "permit": asdict(found)}
