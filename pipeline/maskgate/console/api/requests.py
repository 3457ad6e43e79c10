"""Asking, listing, looking, and what extra masking would leave."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from maskgate.approvals.messages import actions
from maskgate.approvals.model import OPEN, RequestState
from maskgate.approvals.store import to_json
from maskgate.base.errors import RefusedError
from maskgate.console import present, previews
from maskgate.console.access import find, may_read, must_know, permit_for, sees
from maskgate.console.api.bodies import Ask, Further
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.listing import page, query_of
from maskgate.console.verdict import MAX_WAIT_S, outcome
from maskgate.crypto import canonical
from maskgate.gate.view import View, for_readers
from maskgate.kafka import topics


def add(api: APIRouter, context: Context) -> None:
    """Their routes."""

    @api.post("/requests", status_code=201)
    async def create(ask: Ask, request: Request, wait: float = Query(8.0, ge=0, le=MAX_WAIT_S)) -> JSONResponse:
        """Ask for approval of an action. The same question while one is open answers with that one."""
        caller = must_know(request)
        offset = await run_in_threadpool(_ask, context, caller, ask)
        return await _answer(context, caller, offset, wait)

    @api.get("/tickets/{offset}")
    async def ticket(
        request: Request, offset: int = Path(ge=0, lt=2**62), wait: float = Query(8.0, ge=0, le=MAX_WAIT_S)
    ) -> JSONResponse:
        """What became of a question that the gate had not read when it was asked: ``ticket`` of the answer then."""
        return await _answer(context, must_know(request), offset, wait)

    @api.get("/requests")
    def listing(
        request: Request,
        state: str = "open",
        tier: str = "",
        requester: str = "",
        text: str = "",
        mine: bool = False,
        expiring: float = Query(0, ge=0, le=315_360_000, description="Seconds"),
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
    async def show(
        request_id: str,
        request: Request,
        wait: float = Query(0, ge=0, le=MAX_WAIT_S),
        full: bool = False,
        known: str = "pending",
    ) -> dict[str, Any]:
        """One request; ``wait`` holds the answer until its state is not ``known``, ``full`` adds the preview."""
        caller = may_read(context, request)
        view = await run_in_threadpool(find, context, request_id, caller)
        request_id = view.entry.request.request_id
        if wait:
            until = time.monotonic() + wait
            await context.pulse.until(until, lambda: _moved_on(context, request_id, known))
        return await run_in_threadpool(_told, context, request_id, caller, full)

    @api.get("/requests/{request_id}/whole")
    def whole_of(request_id: str, request: Request, page: int = Query(1, ge=1)) -> dict[str, Any]:
        """All that would leave, page by page: the action, then every record with key, headers and value, none cut."""
        return one_page(context, find(context, request_id, may_read(context, request)), page)

    @api.post("/requests/{request_id}/masked")
    def masked(request_id: str, body: Further, request: Request) -> dict[str, Any]:
        """What extra masking leaves: the result digest that a vote for it carries, and the previews."""
        view = find(context, request_id, must_know(request))
        result, leaves = previews.masked_further(view.entry, context.reader(), body.pointers, body.scope)
        return {"result_digest": result, "previews": leaves}


async def _answer(context: Context, caller: Caller, offset: int, wait: float) -> JSONResponse:
    """The request that a question opened, or its ticket while the gate has not read it; other people's are not told.

    Raises:
        RefusedError: the gate refused it; or it is not the caller's (``not_found``).
    """
    told = await outcome(context, topics.REQUESTS, offset, wait, caller)
    if told["outcome"] == "refused":
        raise RefusedError(told["code"], told["message"])
    if told["outcome"] == "unchanged":
        raise RefusedError("flood", "The gate refused it with many others like it; the log counts them together.")
    if told["outcome"] == "pending":
        return JSONResponse({"state": "pending", "request_id": "", "ticket": offset}, 202)
    if not told["requests"]:
        raise RefusedError("not_found", "There is no such question, or it is not yours.")
    view = await context.pulse.until(time.monotonic() + 2, lambda: context.index.get(told["requests"][0]))
    if view is not None and not sees(caller, view):
        raise RefusedError("not_found", "There is no such question, or it is not yours.")
    return JSONResponse(
        plain(context, view, caller) if view else {"state": "pending", "request_id": told["requests"][0]}, 201
    )


def _ask(context: Context, caller: Caller, ask: Ask) -> int:
    """Sign the question with the intake key and store it; where it lies."""
    arguments = canonical.loads(ask.arguments) if isinstance(ask.arguments, str) else ask.arguments
    text = canonical.snapshot(arguments)
    if bad := context.texts.forbidden(text) or context.texts.forbidden(ask.verb):
        raise RefusedError(
            "raw_argument", f"The verb or its arguments hold {', '.join(bad)}; pass a reference or a token instead."
        )
    if bad := [kind for a in ask.on_behalf_of for kind in context.texts.forbidden(f"{a.iss} {a.sub}")]:
        raise RefusedError("raw_argument", f"An account on_behalf_of holds {', '.join(bad)}; give the account's id.")
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
    return context.send(topics.REQUESTS, envelope)


def _told(context: Context, request_id: str, caller: Caller | None, full: bool) -> dict[str, Any]:
    view = find(context, request_id, caller)
    if not full:
        return plain(context, view, caller)
    last = context.index.last_approved(view)
    told = present.detail(view, context.reader(), caller, context.index.history(request_id), last)
    return plain(context, view, caller) | present.as_json(told) | {"entry": signable(view.entry)}


def plain(context: Context, view: View, caller: Caller | None) -> dict[str, Any]:
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
        "permit": permit_for(context, caller, view),
        "redeemed": entry.redeemed,
        "successor": entry.successor,
        "votes": [
            {"person_id": v.person_id, "decision": v.decision, "reason": v.reason, "at": v.at} for v in entry.votes
        ],
    }


def signable(entry: RequestState) -> dict[str, Any]:
    """The state of a request as whoever signs needs it: no exact counts, nothing to try values out on."""
    return dict(json.loads(to_json(for_readers(entry))))


def one_page(context: Context, view: View, page: int) -> dict[str, Any]:
    """One page of all that would leave.

    Raises:
        RefusedError: there is no such page, or a held record cannot be shown.
    """
    pages = context.pages(view.entry)
    if page > len(pages):
        raise RefusedError("not_found", f"There are {len(pages)} pages.")
    parts = [{("item_id" if k == "id" else k): v for k, v in asdict(part).items()} for part in pages[page - 1]]
    return {"request_id": view.entry.request.request_id, "page": page, "pages": len(pages), "parts": parts}


def _moved_on(context: Context, request_id: str, known: str) -> bool:
    return context.index.state_of(request_id) != known.upper()


def _fits(view: View, state: str) -> bool:
    if state == "open":
        return view.entry.state in OPEN
    return view.entry.state.value.lower() in state.split(",")
