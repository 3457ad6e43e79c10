"""The pages. GET only shows; what a person decides is a signature made in their browser and posted."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from maskgate.approvals import signing, votes, webauthn
from maskgate.client.calls import SIGN_IN_TYPE
from maskgate.console import passkey, present, queries, stats
from maskgate.console.api import Vote, check_text, envelope_of, find, may_read, must_know, page, voting_groups
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.verdict import outcome
from maskgate.errors import RecordError, RefusedError
from maskgate.streams import topics
from maskgate.streams.gate_view import View

if TYPE_CHECKING:
    from maskgate.console.app import Pages

PAGE = 50


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


class SignIn(BaseModel):
    """With which key."""

    model_config = ConfigDict(extra="forbid")
    key_id: str = Field("", max_length=100)
    passkey: bool = False


TABS: dict[str, tuple[str, dict[str, Any]]] = {
    "open": ("Open", {"open": True}),
    "mine": ("For me", {}),
    "expiring": ("Expiring soon", {"open": True}),
    "released": ("Released", {"states": ("RELEASED", "RATIFIED")}),
    "refused": (
        "Not released",
        {"states": ("DENIED", "EXPIRED", "WITHDRAWN", "REVOKED", "LAPSED", "SUPERSEDED", "RECALLED", "CONDEMNED")},
    ),
}
_EMPTY = {
    "open": ("Nothing is waiting", "Every request has been decided. New ones appear here by themselves."),
    "mine": ("Nothing waits for you", "Nothing is open that you may decide and have not voted on."),
    "expiring": ("Nothing is about to expire", "No open request ends within the hour."),
    "released": ("Nothing was released yet", "Approved requests appear here once they have left."),
    "refused": ("Nothing was turned down", "Denied, expired, withdrawn and recalled requests appear here."),
}


def router(context: Context, shown: Pages) -> APIRouter:
    """The routes."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/")
    def queue(request: Request, tab: str = "open", q: str = "", tier: str = "", after: str = "") -> Response:
        me: Caller | None = request.state.caller
        if me is None and not context.settings.console.public_read:
            return RedirectResponse("/signin", 303)
        tab = tab if tab in TABS and (tab != "mine" or me) else "open"
        query = replace(_query(context, tab, me), text=q[:200], tier=tier, limit=PAGE)
        views, following = page(context, query, after)
        reader = context.reader()
        rows = [present.brief(v, reader, me) for v in views]
        tabs = [
            {
                "id": i,
                "label": label,
                "on": i == tab,
                "href": f"/?tab={i}",
                "n": context.index.count(_query(context, i, me)) if i in ("open", "mine", "expiring") else None,
            }
            for i, (label, _) in TABS.items()
            if i != "mine" or me
        ]
        counts: dict[str, int | None] = {str(t["id"]): t["n"] for t in tabs}  # type: ignore[misc]
        waiting, mine = counts["open"] or 0, counts.get("mine")
        return shown.render(
            request,
            "queue.html",
            nav="queue",
            rows=rows,
            tabs=tabs,
            tab=next(t for t in tabs if t["on"]),
            q=q,
            tier=tier,
            tiers=list(context.registry.policy.tiers),
            headline=_headline(waiting),
            subline=_subline(waiting, mine),
            empty=dict(zip(("title", "text"), _EMPTY[tab], strict=True)),
            next_href="/?" + urlencode({"tab": tab, "q": q, "tier": tier, "after": following}) if following else "",
        )

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
        return shown.render(request, "request.html", nav="queue", r=told)

    @pages.post("/r/{request_id}/draft")
    def draft(request_id: str, body: Draft, request: Request) -> JSONResponse:
        """The exact bytes to sign for a vote; the reason is masked before it gets into them."""
        me = must_know(request)
        view = find(context, request_id, me)
        why_not = present.may_vote(view.entry, me, context.reader())
        if why_not:
            raise RefusedError("forbidden", why_not)
        if body.decision not in votes.DECISIONS:
            raise RefusedError("bad_decision", "Approve, deny or abstain.")
        return JSONResponse(_draft(context, view, me, body))

    @pages.post("/r/{request_id}/session-vote", status_code=202)
    def session_vote(request_id: str, body: SessionVote, request: Request) -> dict[str, Any]:
        """A vote that the console signs for somebody who is signed in; the gate counts it where policy says so."""
        me = must_know(request)
        if not context.settings.console.allow_session_votes or context.session_signer is None:
            raise RefusedError("forbidden", "This console does not sign votes for people; use your own key.")
        payload = base64.b64decode(body.session)
        raw = signing.seal(votes.VOTE_TYPE, payload, [context.session_signer])
        try:
            signed = votes.read(raw)
        except RecordError as error:
            raise RefusedError(error.code, "This is not a drafted vote.") from None
        if signed.person_id != me.person_id or signed.request_id != request_id or signed.channel != "session":
            raise RefusedError("forbidden", "This draft is for somebody else.")
        check_text(context, raw)
        return outcome(context, topics.VOTES, context.send(topics.VOTES, raw), 8.0, me)

    @pages.get("/signin")
    def sign_in_page(request: Request, next: str = "/") -> Response:
        if request.state.caller is not None:
            return RedirectResponse("/", 303)
        safe = next if next.startswith("/") and not next.startswith(("//", "/\\")) else "/"
        return shown.render(request, "signin.html", nav="signin", next=safe)

    @pages.get("/signin/passkeys")
    def passkeys() -> dict[str, int]:
        return {"n": len(passkey.key_ids(context.registry.people))}

    @pages.post("/signin/challenge")
    def challenge(body: SignIn) -> dict[str, Any]:
        payload = context.auth.challenge()
        return _to_sign(context, SIGN_IN_TYPE, payload, any_passkey=body.passkey)

    @pages.post("/signin")
    def sign_in(body: Vote, request: Request) -> Response:
        raw = envelope_of(body)
        if body.assertion is not None:
            context.auth.take_challenge(signing.parse(raw).payload)
            key_id, count = passkey.verified_key(raw, context.registry.people, _party(context))
            session = context.auth.open_by_passkey(key_id, count, context.index.counter(key_id))
        else:
            session = context.auth.sign_in(raw)
        answer = JSONResponse({"person_id": session.person_id})
        secure = all(o.startswith("https://") for o in context.settings.console.origins)
        answer.set_cookie(
            "maskgate_session", session.token, max_age=8 * 3600, httponly=True, samesite="lax", secure=secure
        )
        return answer

    @pages.post("/signout")
    def sign_out(request: Request, csrf: str = Form("")) -> Response:
        context.auth.close(request.cookies.get("maskgate_session"))
        answer = RedirectResponse("/signin", 303)
        answer.delete_cookie("maskgate_session")
        return answer

    @pages.get("/stats")
    def figures(request: Request) -> HTMLResponse:
        may_read(context, request)
        told = stats.figures(context.index, context.reader())
        times = told["latency_ms"]
        cards = [
            {"label": "waiting now", "value": f"{told['states'].get('pending', 0):,}"},
            {"label": "released", "value": f"{told['states'].get('released', 0):,}"},
            {"label": "denied", "value": f"{told['states'].get('denied', 0):,}"},
            {"label": "expired without an answer", "value": f"{told['states'].get('expired', 0):,}"},
            {"label": "median time to release", "value": stats.spell_ms(times["p50"]) if times else "–"},
            {"label": "slowest tenth", "value": stats.spell_ms(times["p90"]) if times else "–"},
        ]
        reviewers = [r | {"median": stats.spell_ms(r["median_ms"])} for r in told["reviewers"]]
        return shown.render(
            request, "stats.html", nav="stats", cards=cards, reviewers=reviewers, refused=told["refused"]
        )

    @pages.get("/people")
    def people(request: Request) -> HTMLResponse:
        may_read(context, request)
        registry = stats.people_view(context.registry.people, int(context.clock() * 1000))
        return shown.render(request, "people.html", nav="people", registry=registry)

    @pages.get("/api/docs")
    def docs(request: Request) -> HTMLResponse:
        return shown.render(request, "api.html", paths=request.app.openapi()["paths"])

    return pages


def _query(context: Context, tab: str, me: Caller | None) -> queries.Query:
    query = queries.Query(**TABS[tab][1])
    if tab == "mine" and me is not None:
        query = replace(query, person=me.person_id, groups=voting_groups(context, me))
    if tab == "expiring":
        query = replace(query, expiring_before=int((context.clock() + 3600) * 1000))
    return query


def _headline(waiting: int) -> str:
    if waiting == 0:
        return "Nothing waits for a decision"
    return f"{waiting:,} request{'s' if waiting != 1 else ''} wait{'s' if waiting == 1 else ''} for a decision"


def _subline(waiting: int, mine: int | None) -> str:
    if not waiting:
        return "What is held stays held until the right people agree."
    if mine is None:
        return "Most urgent first."
    return f"{mine:,} of them you may decide. Most urgent first."


def _party(context: Context) -> webauthn.RelyingParty:
    return webauthn.RelyingParty(context.settings.console.rp_id, context.settings.console.origins)


def _to_sign(
    context: Context, payload_type: str, payload: bytes, person_id: str = "", any_passkey: bool = False
) -> dict[str, Any]:
    """What the browser needs to sign these bytes with a key of its own or a security key."""
    has = passkey.key_ids(context.registry.people, person_id) if person_id or any_passkey else []
    return {
        "payload": base64.b64encode(payload).decode(),
        "payload_type": payload_type,
        "challenge": passkey.challenge_of(payload_type, payload),
        "rp_id": context.settings.console.rp_id,
        "passkey": bool(has),
    }


def _draft(context: Context, view: View, me: Caller, body: Draft) -> dict[str, Any]:
    request = view.entry.request
    reason = context.texts.mask(body.reason.strip())
    tier = context.registry.policy.tiers.get(request.tier)
    by_session = bool(
        context.session_signer
        and context.settings.console.allow_session_votes
        and context.registry.policy.session_votes
        and tier is not None
        and tier.session_votes
    )
    result = ""
    previews: list[str] = []
    if body.masking and body.decision == "approve":
        result, previews = present.masked_further(view.entry, context.reader(), body.masking, body.scope)
    payload = votes.vote_payload(
        request,
        body.decision,
        reviewer=me.principal,
        person_id=me.person_id,
        seen_digest=request.seen_digest,
        now_ms=int(context.clock() * 1000),
        reason=reason,
        scope=body.scope,
        masking=body.masking if result else (),
        result=result,
        channel="session" if by_session else "console",
    )
    drafted = {"reason": reason, "session": by_session, "previews": previews}
    return _to_sign(context, votes.VOTE_TYPE, payload, me.person_id) | drafted
