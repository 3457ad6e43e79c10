"""The usual filters of the queue as a query of the index, and its pages."""

from __future__ import annotations

from dataclasses import replace

from maskgate.approvals.model import ItemState
from maskgate.base.errors import RefusedError
from maskgate.console import queries
from maskgate.console.access import voting_groups
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.index import due_at
from maskgate.gate.view import View


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


def page(context: Context, query: queries.Query, after: str) -> tuple[list[View], str]:
    """One page and the cursor of the next."""
    if after:
        number, _, last = after.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 19) or len(last) > 64:
            raise RefusedError("bad_filter", "after is the next of the page before")
        query = replace(query, after=(int(number), last))
    views = context.index.page(query)
    if len(views) < query.limit:
        return views, ""
    end = views[-1]
    mark = due_at(end.entry) if query.by_deadline else end.changed
    return views, f"{mark}.{end.entry.request.request_id}"
