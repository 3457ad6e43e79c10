"""The queue: what waits, what ended, with tabs, search and pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from maskgate.console import present, queries
from maskgate.console.access import voting_groups
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.listing import page
from maskgate.console.rendering import Pages

PAGE = 50
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


_HEADLINES = {"released": "Released requests", "refused": "Requests that were not released"}
_SUBLINES = {
    "mine": "What you may decide and have not voted on. Most urgent first.",
    "expiring": "What ends within the hour. Most urgent first.",
    "released": "Latest first.",
    "refused": "Denied, expired, withdrawn, superseded or recalled. Latest first.",
}


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its route."""

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
            headline=_headline(tab, counts.get(tab)),
            subline=_SUBLINES.get(tab) or _subline(waiting, mine),
            banded=any(r["entities"] for r in rows),
            empty=dict(zip(("title", "text"), _EMPTY[tab], strict=True)),
            next_href="/?" + urlencode({"tab": tab, "q": q, "tier": tier, "after": following}) if following else "",
        )


def _query(context: Context, tab: str, me: Caller | None) -> queries.Query:
    query = queries.Query(**TABS[tab][1])
    if tab == "mine" and me is not None:
        query = replace(query, person=me.person_id, groups=voting_groups(context, me))
    if tab == "expiring":
        query = replace(query, expiring_before=int((context.clock() + 3600) * 1000))
    return query


def _headline(tab: str, waiting: int | None) -> str:
    if waiting is None:
        return _HEADLINES[tab]
    if waiting == 0:
        return _EMPTY[tab][0]
    return f"{waiting:,} request{'s' if waiting != 1 else ''} wait{'s' if waiting == 1 else ''} for a decision"


def _subline(waiting: int, mine: int | None) -> str:
    if not waiting:
        return "What is held stays held until the right people agree."
    if mine is None:
        return "Most urgent first."
    return f"{mine:,} of them you may decide. Most urgent first."
