"""One request: the page, the draft of a vote, and the vote that the console signs where policy allows it."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from maskgate.approvals.decisions import quorum
from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState
from maskgate.base.errors import RecordError, RefusedError
from maskgate.console import present, previews
from maskgate.console.access import find, must_know
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.marks import highlight
from maskgate.console.rendering import Pages
from maskgate.console.submitted import check_text
from maskgate.console.tosign import to_sign
from maskgate.console.verdict import outcome
from maskgate.console.whole import page_of
from maskgate.crypto import canonical, signing
from maskgate.gate.view import View
from maskgate.kafka import topics
from maskgate.people.registry import CLAIMED


class Draft(BaseModel):
    """What a person is about to sign."""

    model_config = ConfigDict(extra="forbid")
    decision: str = Field(max_length=20)
    reason: str = Field("", max_length=2000)
    scope: list[str] = Field(default_factory=list, max_length=500)
    masking: list[str] = Field(default_factory=list, max_length=50)


class SessionVote(BaseModel):
    """A drafted vote to be signed by the console, where policy counts such votes."""

    model_config = ConfigDict(extra="forbid")
    session: str = Field(max_length=100_000)


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its routes."""

    @pages.get("/r/{request_id}")
    def detail(request_id: str, request: Request) -> Response:
        me: Caller | None = request.state.caller
        if me is None and not context.settings.console.public_read:
            return RedirectResponse("/signin?" + urlencode({"next": request.url.path}), 303)
        view = find(context, request_id, me)
        full_id = view.entry.request.request_id
        if full_id != request_id:
            return RedirectResponse(f"/r/{full_id}", 303)
        if me is not None and me.person_id:
            context.index.note_seen(full_id, me.person_id, int(context.clock() * 1000))
        told = present.detail(
            view, context.reader(), me, context.index.history(full_id), context.index.last_approved(view)
        )
        again = _stronger(context, me, view)
        return shown.render(request, "request.html", nav="queue", r=told, again=again)

    @pages.get("/r/{request_id}/whole")
    def whole_of(request_id: str, request: Request, page: int = 1, item: str = "") -> Response:
        me: Caller | None = request.state.caller
        if me is None and not context.settings.console.public_read:
            return RedirectResponse("/signin?" + urlencode({"next": request.url.path}), 303)
        view = find(context, request_id, me)
        every = context.pages(view.entry)
        page = page_of(every, item) if item else min(max(page, 1), len(every))
        parts = [(part, highlight(part.text)) for part in every[page - 1]]
        leaves = "left" if view.entry.state in present.LEFT else "would leave"
        told = {"id": view.entry.request.request_id, "title": present.title(view.entry), "leaves": leaves}
        return shown.render(request, "whole.html", nav="queue", r=told, page=page, pages=len(every), parts=parts)

    @pages.post("/r/{request_id}/draft")
    def draft(request_id: str, body: Draft, request: Request) -> JSONResponse:
        """The exact bytes to sign for a vote; the reason is masked before it gets into them."""
        me = must_know(request)
        view = find(context, request_id, me)
        if body.decision == "retract":
            if not present.can_retract(view.entry, me):
                raise RefusedError("nothing_to_retract", "No vote of yours stands here that can be taken back.")
            return JSONResponse(_draft(context, view, me, body))
        why_not = present.may_vote(view.entry, me, context.reader())
        if why_not:
            raise RefusedError("forbidden", why_not)
        if body.decision not in votes.DECISIONS:
            raise RefusedError("bad_decision", "Approve, deny, abstain or retract.")
        return JSONResponse(_draft(context, view, me, body))

    @pages.post("/r/{request_id}/session-vote", status_code=202)
    async def session_vote(request_id: str, body: SessionVote, request: Request) -> dict[str, Any]:
        """A vote that the console signs for somebody who is signed in; the gate counts it where policy says so."""
        me = must_know(request)
        offset, said = await run_in_threadpool(_vote_for, context, me, request_id, body)
        return await outcome(context, topics.VOTES, offset, 8.0, me, (said,))


def _stronger(context: Context, me: Caller | None, view: View) -> str:
    """Where to sign in again with a second factor, if that may give a group that this request waits for."""
    if me is None or not me.person_id or view.entry.state is not ItemState.PENDING:
        return ""
    if quorum.is_excluded(context.registry.people, view.entry.request.exclusions, me.person_id):
        return ""
    asked = {slot.group for slot in view.entry.request.quorum.all_of} - set(me.groups)
    own = sorted(context.settings.console.providers, key=lambda p: p.name != me.provider)
    for one in own:
        if one.step_up and asked & {f"{CLAIMED}{group}" for group in one.step_up.groups.values()}:
            return f"/signin/with/{one.name}?" + urlencode(
                {"again": "true", "next": f"/r/{view.entry.request.request_id}"}
            )
    return ""


def _vote_for(context: Context, me: Caller, request_id: str, body: SessionVote) -> tuple[int, votes.Signed]:
    """Sign and store a drafted vote of the person who is signed in; where it lies, and what it says."""
    if not context.settings.console.allow_session_votes or context.session_signer is None:
        raise RefusedError("forbidden", "This console does not sign votes for people; use your own key.")
    if not me.key_id:
        raise RefusedError("forbidden", "Signing in with a provider is no vote; sign with your own key or passkey.")
    try:
        payload = base64.b64decode(body.session, validate=True)
        kind = votes.RETRACT_TYPE if canonical.loads(payload)["domain"] == "retract.v1" else votes.VOTE_TYPE
        raw = signing.seal(kind, payload, [context.session_signer])
        signed = votes.read(raw)
    except (RecordError, binascii.Error, ValueError, TypeError, KeyError):
        raise RefusedError("malformed_vote", "This is not a drafted vote.") from None
    if signed.person_id != me.person_id or signed.request_id != request_id or signed.channel != "session":
        raise RefusedError("forbidden", "This draft is for somebody else.")
    check_text(context, raw)
    return context.send(topics.VOTES, raw), signed


def _draft(context: Context, view: View, me: Caller, body: Draft) -> dict[str, Any]:
    request = view.entry.request
    reason = context.texts.mask(body.reason.strip())
    tier = context.registry.policy.tiers.get(request.tier)
    by_session = bool(
        me.key_id
        and context.session_signer
        and context.settings.console.allow_session_votes
        and context.registry.policy.session_votes
        and tier is not None
        and tier.session_votes
    )
    result = ""
    leaves: list[str] = []
    if body.masking and body.decision == "approve":
        result, leaves = previews.masked_further(view.entry, context.reader(), body.masking, body.scope)
    retracts = body.decision == "retract"
    build = (
        votes.retract_payload
        if retracts
        else partial(
            votes.vote_payload,
            decision=body.decision,
            seen_digest=request.seen_digest,
            masking=body.masking if result else (),
            result=result,
        )
    )
    payload = build(
        request,
        reviewer=me.principal,
        person_id=me.person_id,
        now_ms=int(context.clock() * 1000),
        reason=reason,
        scope=body.scope,
        channel="session" if by_session else "console",
    )
    drafted = {"reason": reason, "session": by_session, "previews": leaves}
    return to_sign(context, votes.RETRACT_TYPE if retracts else votes.VOTE_TYPE, payload, me.person_id) | drafted
