"""What the queue asks of the index, and the SQL of it: every branch follows one index of SQLite and stops at its limit.

``requests`` has one row a request, without its body; ``waiting`` one row for each group that may still decide a pending
request; ``out`` who may not, or did already; ``tally`` how many are pending by their groups (person ``""``), and of
these how many are out for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from maskgate.approvals.model import OPEN, ItemState
from maskgate.gate.view import View, found_in

Sql = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Query:
    """What the queue shows."""

    states: tuple[str, ...] = ()
    open: bool | None = None
    tier: str = ""
    requester: str = ""
    text: str = ""
    entity: str = ""
    named: str = ""  # asked for by or for who is named so, or …
    voters: tuple[str, ...] = ()  # … voted on by one of these
    since: int = 0
    by_change: bool = False  # open ones, too, by their last change
    person: str = ""  # only what this person may still decide …
    groups: tuple[str, ...] = ()  # … as a member of these groups
    expiring_before: int = 0
    after: tuple[int, str] | None = None
    limit: int = 50

    @property
    def by_deadline(self) -> bool:
        """Open ones come by deadline, decided ones newest first."""
        if self.by_change:
            return False
        return bool(self.person) or self.open is True or bool(self.states and set(self.states) <= _OPEN)


_OPEN = {state.value for state in OPEN}


def hay_of(view: View) -> str:
    """What a search of words looks in: names, purpose and kinds of a request, in lower case, never a value of it."""
    request, action = view.entry.request, view.entry.request.action
    told = [request.request_id, request.requester.sub, action.verb, action.destination, action.resource]
    told += [action.purpose, request.rule]
    marked = [f"for:{p.sub}" for p in request.requester.on_behalf_of]
    marked += [f"kind:{kind}" for kind, _ in view.found or found_in(view.entry)]
    marked += [f"by:{vote.person_id}" for vote in (*view.entry.votes, *view.entry.reviews)]
    return "\n".join(["", *told, *marked, ""]).lower()


def ids_of(query: Query) -> Sql:
    """Rows (at, id) in the order of the queue, at most ``query.limit``, after ``query.after``."""
    way = "" if query.by_deadline else " DESC"
    parts, args = [], []
    for sql, given in _branches(query):
        parts.append(f"SELECT * FROM ({sql} ORDER BY at{way}, id{way} LIMIT ?)")  # noqa: S608  (our own words only)
        args += [*given, query.limit]
    if not parts:
        return "SELECT 0 AS at, '' AS id WHERE 0", []
    return f"{' UNION '.join(parts)} ORDER BY at{way}, id{way} LIMIT ?", [*args, query.limit]


def count_of(query: Query) -> Sql:
    """One row: how many there are. What waits for a person was counted when it changed, and is not searched for."""
    narrowed = query.tier or query.requester or query.text or query.expiring_before or query.after or query.since
    narrowed = narrowed or query.entity or query.named
    if query.person and not narrowed and query.states in ((), (ItemState.PENDING.value,)):
        own = " OR ".join("instr(groups, ?)" for _ in query.groups) or "0"
        sql = f"SELECT total(CASE person WHEN '' THEN n ELSE -n END) FROM tally WHERE person IN ('', ?) AND ({own})"  # noqa: S608
        return sql, [query.person, *(f"\n{group}\n" for group in query.groups)]
    branches = _branches(query)
    union = " UNION ".join(sql for sql, _ in branches) or "SELECT 0 WHERE 0"
    return f"SELECT count(*) FROM ({union})", [value for _, given in branches for value in given]  # noqa: S608


def _branches(query: Query) -> list[Sql]:
    if query.person:
        return _waiting(query)
    at = "deadline" if query.by_deadline else "changed"
    starts: list[Sql]
    if query.open is not None or query.by_deadline:
        starts = [("open=?", [int(query.by_deadline if query.open is None else query.open)])]
    elif query.states:
        starts = [("state=?", [state]) for state in dict.fromkeys(query.states)]
    else:
        starts = [("open=1", []), ("open=0", [])]
    wheres, values = _filters(query, at)
    sql = f"SELECT {at} AS at, id FROM requests WHERE "  # noqa: S608
    return [(sql + " AND ".join([start, *wheres]), [*given, *values]) for start, given in starts]


def _waiting(query: Query) -> list[Sql]:
    """What a person may still decide, a branch for each of their groups."""
    wheres, values = _filters(query, "deadline")
    whole = any(not where.startswith(("deadline", "(deadline")) for where in wheres)
    rows = "waiting JOIN requests USING(id, deadline)" if whole else "waiting"
    own = "grp=? AND NOT EXISTS (SELECT 1 FROM out WHERE out.person=? AND out.id=waiting.id)"
    sql = f"SELECT deadline AS at, id FROM {rows} WHERE {' AND '.join([own, *wheres])}"  # noqa: S608
    return [(sql, [group, query.person, *values]) for group in dict.fromkeys(query.groups)]


def _filters(query: Query, at: str) -> tuple[list[str], list[Any]]:
    """Conditions and their values."""
    wheres: list[str] = []
    values: list[Any] = []

    def add(condition: str, *given: Any) -> None:
        wheres.append(condition)
        values.extend(given)

    if query.after:
        add(f"({at}, id) {'>' if query.by_deadline else '<'} (?, ?)", *query.after)
    if query.expiring_before:
        add("deadline<?", query.expiring_before)
    if query.states and (query.person or query.open is not None or query.by_deadline):
        add(f"state IN ({','.join('?' * len(query.states))})", *query.states)
    if query.tier:
        add("tier=?", query.tier)
    if query.requester:
        add("instr(lower(requester), ?)", query.requester.lower())
    if query.entity:
        add("instr(hay, ?)", f"\nkind:{query.entity.lower()}")
    if query.named:
        own = ["instr(lower(requester), ?)", "instr(hay, ?)", *("instr(hay, ?)" for _ in query.voters)]
        name = query.named.lower()
        add(f"({' OR '.join(own)})", name, f"\nfor:{name}", *(f"\nby:{voter.lower()}\n" for voter in query.voters))
    if query.since:
        add("changed>=?", query.since)
    for word in query.text.lower().split()[:6]:
        add("instr(hay, ?)", word)
    return wheres, values
