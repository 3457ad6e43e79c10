"""Every request that was ever asked, to be searched by words, persons, kinds of data, state and time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from maskgate.approvals.model import ItemState
from maskgate.base.errors import RefusedError
from maskgate.console import present, queries
from maskgate.console.context import Context
from maskgate.console.listing import page
from maskgate.console.pages.queue import PAGE
from maskgate.console.rendering import Pages

_VOTERS = 20  # persons whose name fits what was typed


class Asked(BaseModel):
    """What is searched for; everything has to fit."""

    q: str = ""
    person: str = ""
    kind: str = ""
    state: str = ""
    tier: str = ""
    since: str = ""


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its route."""

    @pages.get("/history")
    def history(request: Request, asked: Annotated[Asked, Query()], after: str = "") -> Response:
        me = request.state.caller
        if me is None and not context.settings.console.public_read:
            return RedirectResponse("/signin?" + urlencode({"next": "/history"}), 303)
        if me is not None and not me.person_id:
            raise RefusedError("forbidden", "This is for people; a program sees its own requests.")
        views, following = page(context, _query(context, asked), after)
        rows = [present.brief(v, context.reader(), me) for v in views]
        told = {name: value for name, value in asked.model_dump().items() if value}
        return shown.render(
            request,
            "history.html",
            nav="history",
            asked=asked,
            filtered=bool(told),
            rows=rows,
            states=[state.value.lower() for state in ItemState],
            tiers=list(context.registry.policy.tiers),
            banded=any(r["entities"] for r in rows),
            next_href="/history?" + urlencode(told | {"after": following}) if following else "",
        )


def _query(context: Context, asked: Asked) -> queries.Query:
    state = asked.state.upper()
    if state and state not in ItemState.__members__:
        raise RefusedError("bad_filter", "There is no such state.")
    return queries.Query(
        states=(state,) if state else tuple(ItemState.__members__),
        text=asked.q[:200],
        entity=asked.kind.strip()[:60].replace(" ", "_"),
        named=asked.person.strip()[:120],
        voters=_voters(context, asked.person),
        tier=asked.tier[:80],
        since=_since(asked.since),
        limit=PAGE,
        by_change=True,
    )


def _voters(context: Context, typed: str) -> tuple[str, ...]:
    """The persons whose id or name has what was typed in it."""
    text = typed.strip().lower()
    if not text:
        return ()
    persons = context.registry.people.persons.values()
    fit = (p.person_id for p in persons if text in p.person_id.lower() or text in p.name.lower())
    return tuple(fit)[:_VOTERS]


def _since(typed: str) -> int:
    if not typed:
        return 0
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise RefusedError("bad_filter", "The day is written as 2026-12-31.") from None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
