"""``/api/v1``: requests, votes, permits, people, health. Every answer is JSON; every refusal has a stable code."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from maskgate.approvals import actions, canonical, permits, signing, votes, voting
from maskgate.approvals.model import OPEN, ItemState
from maskgate.approvals.webauthn import RelyingParty
from maskgate.console import index as ix
from maskgate.console import present, queries, stats
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.verdict import MAX_WAIT_S, outcome, sees
from maskgate.errors import RecordError, RefusedError
from maskgate.streams import topics
from maskgate.streams.gate_view import View


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Account(_Body):
    """An account: issuer and subject."""

    iss: str = Field(max_length=300)
    sub: str = Field(max_length=300)


class Ask(_Body):
    """A request for approval of an action. Free text is masked before anybody sees it."""

    verb: str = Field(max_length=200, description="What is to be done, for example db.rollback")
    arguments: str | dict[str, Any] = Field("{}", description="Named arguments: an object, or its canonical JSON text")
    resource: str = Field("", max_length=500, description="What it is done to")
    purpose: str = Field("", max_length=4000)
    expected_outcome: str = Field(max_length=4000, description="What is true afterwards")
    destination: str = Field("", max_length=200)
    on_behalf_of: list[Account] = Field(default_factory=list, max_length=20, description="They may not vote on it")


class Vote(_Body):
    """A signed DSSE envelope (vote, act or bulk), or a WebAuthn assertion over a drafted vote."""

    envelope: dict[str, Any] | None = None
    assertion: dict[str, Any] | None = None


class Further(_Body):
    """Paths of the masked document that a reviewer wants replaced by a fixed label before it leaves."""

    pointers: list[str] = Field(min_length=1, max_length=50)
    scope: list[str] = Field(default_factory=list, max_length=500)


class Spend(_Body):
    """A permit and the exact arguments that are about to run."""

    permit: str = Field(max_length=200_000)
    arguments: str = Field(max_length=200_000)


def must_know(request: Request) -> Caller:
    """The caller.

    Raises:
        RefusedError: nobody signed in and nobody signed the call.
    """
    caller: Caller | None = request.state.caller
    if caller is None:
        raise RefusedError("not_signed_in", "Sign the call with an enrolled key, or sign in.")
    return caller


def may_read(context: Context, request: Request) -> Caller | None:
    """The caller if reading is allowed."""
    caller: Caller | None = request.state.caller
    return caller if caller is not None or context.settings.console.public_read else must_know(request)


def find(context: Context, request_id: str, caller: Caller | None) -> View:
    """The request of an id or of an unambiguous part of it.

    Raises:
        RefusedError: code ``not_found``.
    """
    view = context.index.get(request_id)
    if view is None:
        ids = context.index.resolve(request_id)
        view = context.index.get(ids[0]) if len(ids) == 1 else None
    if view is None or not sees(caller, view):
        raise RefusedError("not_found", "There is no such request, or it is not yours to see.")
    return view


def permit_for(caller: Caller | None, view: View) -> str:
    """The permit, for who asked and nobody else: whoever holds it can spend it."""
    who = view.entry.request.requester
    return view.permit if caller is not None and caller.principal in (who.principal, who.owner) else ""


def plain(view: View, caller: Caller | None) -> dict[str, Any]:
    """What the one who asked needs to know of a request."""
    entry, request = view.entry, view.entry.request
    return {
        "request_id": request.request_id,
        "state": entry.state.value.lower(),
        "kind": request.kind,
        "verb": request.action.verb,
        "resource": request.action.resource,
        "arguments": request.action.arguments,
        "tier": request.tier,
        "expires_at": request.expires_at,
        "permit": permit_for(caller, view),
        "redeemed": entry.redeemed,
        "successor": entry.successor,
        "votes": [
            {"person_id": v.person_id, "decision": v.decision, "reason": v.reason, "at": v.at} for v in entry.votes
        ],
    }


def query_of(
    context: Context,
    caller: Caller | None,
    *,
    state: str,
    tier: str,
    requester: str,
    text: str,
    mine: bool,
    expiring: float,
    limit: int,
) -> queries.Query:
    """The index query of the usual filters.

    Raises:
        RefusedError: code ``bad_filter``.
    """
    names = tuple(s.strip().upper() for s in state.split(",") if s.strip() and s != "all")
    opened: bool | None = None
    if names == ("OPEN",):
        names, opened = (), True
    unknown = [n for n in names if n not in ItemState.__members__]
    if unknown:
        raise RefusedError(
            "bad_filter", f"Unknown state; use open, all, or {', '.join(s.value.lower() for s in ItemState)}."
        )
    person = ""
    groups: tuple[str, ...] = ()
    if mine:
        if caller is None or not caller.person_id:
            raise RefusedError("not_signed_in", "Which are yours depends on who you are: sign in first.")
        person, groups = caller.person_id, voting_groups(context, caller)
    before = int((context.clock() + expiring) * 1000) if expiring else 0
    if before and opened is None and not names:
        opened = True
    return queries.Query(
        states=names,
        open=opened,
        tier=tier,
        requester=requester,
        text=text,
        person=person,
        groups=groups,
        expiring_before=before,
        limit=limit,
    )


def voting_groups(context: Context, caller: Caller) -> tuple[str, ...]:
    """Groups a person decides for, their own and lent ones."""
    lent = context.registry.people.lent_to(caller.person_id, int(context.clock() * 1000))
    return tuple(dict.fromkeys([*caller.groups, *(g for d in lent for g in d.groups)]))


def router(context: Context) -> APIRouter:
    """The routes."""
    api = APIRouter(prefix="/api/v1")

    @api.post("/requests", status_code=201)
    def create(ask: Ask, request: Request, wait: float = Query(8.0, ge=0, le=MAX_WAIT_S)) -> JSONResponse:
        """Ask for approval of an action. The same question while one is open answers with that one."""
        caller = must_know(request)
        arguments = canonical.loads(ask.arguments) if isinstance(ask.arguments, str) else ask.arguments
        text = canonical.snapshot(arguments)
        if bad := context.texts.forbidden(text) or context.texts.forbidden(ask.verb):
            raise RefusedError(
                "raw_argument", f"The verb or its arguments hold {', '.join(bad)}; pass a reference or a token instead."
            )
        envelope = actions.build_action(
            signer=context.must_intake(),
            requester=context.requester(caller, [a.model_dump() for a in ask.on_behalf_of]),
            verb=ask.verb,
            arguments=arguments,
            resource=context.texts.mask(ask.resource),
            destination=ask.destination,
            purpose=context.texts.mask(ask.purpose),
            expected_outcome=context.texts.mask(ask.expected_outcome),
            now_ms=int(context.clock() * 1000),
        )
        offset = context.send(topics.REQUESTS, envelope)
        told = outcome(context, topics.REQUESTS, offset, wait)
        if told["outcome"] == "refused":
            raise RefusedError(told["code"], told["message"])
        if told["outcome"] == "pending":
            return JSONResponse({"state": "pending", "request_id": "", "ticket": offset}, 202)
        view = context.pulse.wait(time.monotonic() + 2, lambda: context.index.get(told["requests"][0]))
        return JSONResponse(
            plain(view, caller) if view else {"state": "pending", "request_id": told["requests"][0]}, 201
        )

    @api.get("/requests")
    def listing(
        request: Request,
        state: str = "open",
        tier: str = "",
        requester: str = "",
        text: str = "",
        mine: bool = False,
        expiring: float = Query(0, ge=0, description="Seconds"),
        limit: int = Query(50, ge=1, le=500),
        after: str = "",
    ) -> dict[str, Any]:
        """Requests, most urgent first (open) or newest first; ``after`` is the ``next`` of the page before."""
        caller = may_read(context, request)
        if caller is not None and not caller.person_id:
            views = [
                v
                for v in context.index.accounts_seen(caller.principal, limit)
                if state in ("all", "") or _fits(v, state)
            ]
            return {"requests": [present.brief(v, context.reader(), caller) for v in views], "next": ""}
        query = query_of(
            context,
            caller,
            state=state,
            tier=tier,
            requester=requester,
            text=text,
            mine=mine,
            expiring=expiring,
            limit=limit,
        )
        views, following = page(context, query, after)
        reader = context.reader()
        return {"requests": [present.brief(v, reader, caller) for v in views], "next": following}

    @api.get("/requests/{request_id}")
    def show(
        request_id: str,
        request: Request,
        wait: float = Query(0, ge=0, le=MAX_WAIT_S),
        full: bool = False,
        known: str = "pending",
    ) -> dict[str, Any]:
        """One request; ``wait`` holds the answer until its state is not ``known``, ``full`` adds the preview."""
        caller = may_read(context, request)
        view = find(context, request_id, caller)
        request_id = view.entry.request.request_id
        if wait:
            context.pulse.wait(time.monotonic() + wait, lambda: _moved_on(context, request_id, known))
            view = find(context, request_id, caller)
        if not full:
            return plain(view, caller)
        last = context.index.last_approved(view)
        told = present.detail(view, context.reader(), caller, context.index.history(request_id), last)
        return plain(view, caller) | present.as_json(told) | {"entry": json.loads(_entry_json(view))}

    @api.post("/requests/{request_id}/masked")
    def masked(request_id: str, body: Further, request: Request) -> dict[str, Any]:
        """What extra masking leaves: the result digest that a vote for it carries, and the previews."""
        view = find(context, request_id, may_read(context, request))
        result, previews = present.masked_further(view.entry, context.reader(), body.pointers, body.scope)
        return {"result_digest": result, "previews": previews}

    @api.post("/votes", status_code=202)
    def vote(body: Vote, request: Request, wait: float = Query(0, ge=0, le=MAX_WAIT_S)) -> dict[str, Any]:
        """Submit a signed vote, act or bulk decision. It counts by its signature; who posts it does not matter."""
        raw = envelope_of(body)
        if request.state.caller is None:
            must_be_signed(context, raw)
        check_text(context, raw)
        repeats = repeated(context, raw)
        offset = context.send(topics.VOTES, raw)
        wait = min(wait, 1.0) if repeats else wait
        return outcome(context, topics.VOTES, offset, wait, request.state.caller, repeats)

    @api.get("/votes/{offset}")
    def told(offset: int, request: Request, wait: float = Query(0, ge=0, le=MAX_WAIT_S)) -> dict[str, Any]:
        """What became of a vote that was submitted before."""
        return outcome(context, topics.VOTES, offset, wait, may_read(context, request))

    @api.post("/permits/redeem")
    def redeem(body: Spend, request: Request, wait: float = Query(10.0, ge=0, le=MAX_WAIT_S)) -> dict[str, Any]:
        """Spend a permit: once, in time, and for exactly these arguments."""
        must_know(request)
        raw = actions.build_redeem(body.permit.encode(), body.arguments, context.must_intake())
        told = outcome(context, topics.REQUESTS, context.send(topics.REQUESTS, raw), wait)
        if told["outcome"] != "accepted":
            code = told.get("code", "pending")
            message = told.get("message", "The gate has not confirmed it: do not run the action; ask again later.")
            raise RefusedError(code, message)
        return {"redeemed": True, "request_id": told["requests"][0] if told["requests"] else ""}

    @api.post("/permits/verify")
    def verify(body: Spend) -> dict[str, Any]:
        """Check a permit without spending it: signature, deadline, arguments."""
        if context.gate_public is None:
            raise RefusedError("no_gate_key", "This console does not have the gate's public key.")
        keys = {signing.key_id(context.gate_public): context.gate_public}
        now = int(context.clock() * 1000)
        found = permits.verify(body.permit.encode(), keys, arguments=body.arguments, now_ms=now)
        return {"valid": True, "permit": asdict(found)}

    @api.get("/people")
    def people(request: Request) -> dict[str, Any]:
        """Who is enrolled: names, groups, key ids; no private half exists anywhere here."""
        may_read(context, request)
        return stats.people_view(context.registry.people, int(context.clock() * 1000))

    @api.get("/me")
    def me(request: Request) -> dict[str, Any]:
        """Who the console takes the caller for."""
        caller = must_know(request)
        return {
            "person_id": caller.person_id,
            "name": caller.name,
            "iss": caller.principal.iss,
            "sub": caller.principal.sub,
            "kind": caller.kind,
            "groups": list(caller.groups),
        }

    @api.get("/stats")
    def figures(request: Request) -> dict[str, Any]:
        """Counts, latency percentiles, reviewers, refusals."""
        may_read(context, request)
        return stats.figures(context.index, context.reader())

    @api.get("/health")
    def health() -> JSONResponse:
        """Whether the console is up to date and the gate answers."""
        silent = context.silent_since()
        good = context.caught_up.is_set() and not silent
        body = {"ready": context.caught_up.is_set(), "gate_silent_since": silent or None}
        return JSONResponse(body, 200 if good else 503)

    @api.get("/metrics")
    def metrics() -> PlainTextResponse:
        """Prometheus text; states and counts only."""
        return PlainTextResponse(stats.metrics(context.index), media_type="text/plain; version=0.0.4")

    return api


def _entry_json(view: View) -> bytes:
    from maskgate.approvals.store import to_json

    return to_json(view.entry)


def _moved_on(context: Context, request_id: str, known: str) -> bool:
    view = context.index.get(request_id)
    return view is None or view.entry.state.value.lower() != known


def _fits(view: View, state: str) -> bool:
    if state == "open":
        return view.entry.state in OPEN
    return view.entry.state.value.lower() in state.split(",")


def page(context: Context, query: queries.Query, after: str) -> tuple[list[View], str]:
    """One page and the cursor of the next."""
    from dataclasses import replace

    if after:
        number, _, last = after.partition(".")
        if not number.isdigit() or len(last) > 64:
            raise RefusedError("bad_filter", "after is the next of the page before")
        query = replace(query, after=(int(number), last))
    views = context.index.page(query)
    if len(views) < query.limit:
        return views, ""
    end = views[-1]
    mark = ix.due_at(end.entry) if query.by_deadline else end.changed
    return views, f"{mark}.{end.entry.request.request_id}"


def envelope_of(body: Vote) -> bytes:
    """The bytes of the submitted envelope.

    Raises:
        RefusedError: code ``malformed_envelope``.
    """
    try:
        if body.assertion is not None:
            from maskgate.console.passkey import wrap_assertion

            return wrap_assertion(body.assertion)
        raw = canonical.dumps(body.envelope)
        signing.parse(raw)
        return raw
    except RecordError as error:
        raise RefusedError(error.code, error.detail or "This is not a signed envelope.") from None


def must_be_signed(context: Context, raw: bytes) -> None:
    """Refuse what neither its poster nor an enrolled key vouches for: it would cost a search and be stored for ever.

    Raises:
        RefusedError: code ``bad_signature``.
    """
    console = context.settings.console
    if not voting.is_known(context.registry.people, RelyingParty(console.rp_id, console.origins), raw):
        raise RefusedError("bad_signature", "No enrolled key that is in force signed this.")


def check_text(context: Context, raw: bytes) -> None:
    """Refuse a vote whose reason holds personal data: what is signed cannot be masked afterwards.

    Raises:
        RefusedError: code ``raw_reason``.
    """
    for reason in reasons_of(raw):
        if reason and context.texts.mask(reason) != reason:
            raise RefusedError(
                "raw_reason", "The reason holds personal data or a secret. Say it without, and sign again."
            )


def repeated(context: Context, raw: bytes) -> str:
    """The request on which the same person said exactly this last: the gate then logs nothing. "" for what is new."""
    try:
        signed = votes.read(raw)
    except RecordError:
        return ""
    view = context.index.get(signed.request_id)
    own = [v for v in view.entry.votes if v.person_id == signed.person_id] if view else []
    said = (signed.what, signed.scope, signed.masking, signed.result if signed.masking else "")
    same = own and (own[-1].decision, own[-1].scope, own[-1].masking, own[-1].result) == said
    return signed.request_id if same else ""


def reasons_of(raw: bytes) -> list[str]:
    """The free text of a vote, act or bulk decision; empty where it is malformed, which the gate refuses."""
    try:
        if signing.parse(raw).payload_type == votes.BULK_TYPE:
            return [v.reason for v in votes.read_bulk(raw)[1]]
        return [votes.read(raw).reason]
    except RecordError:
        return []
