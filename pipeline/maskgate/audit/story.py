"""What happened to a record or a request, one sentence a line, in order: from lineage rows and from the log.

A sentence says what is known and nothing else; texts of strangers are cleaned before they stand in one.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from maskgate.approvals import events as ev
from maskgate.approvals.messages.plain import one_line
from maskgate.approvals.model import Request


class Line(NamedTuple):
    """One sentence, when it happened, and what it rests on (an entry of the log, or lineage)."""

    at: int
    text: str
    source: str


Row = Mapping[str, Any]


def requests_of(log: Sequence[ev.Event], records: Iterable[tuple[str, int, int]], ids: Iterable[str]) -> set[str]:
    """Ids of the requests that hold one of the records or items, or are named themselves."""
    places, wanted = set(records), set(ids)
    return {
        event.request_id
        for event in log
        if isinstance(event, ev.RequestOpened)
        and (
            event.request_id in wanted
            or any(
                item.item_id in wanted or (item.source.topic, item.source.partition, item.source.offset) in places
                for item in event.request.items
            )
        )
    }


def of_log(log: Sequence[ev.Event], wanted: Callable[[ev.Event], bool]) -> list[Line]:
    """The sentences of the entries that are wanted."""
    return [
        Line(event.meta.at, text, f"log entry {number}")
        for number, event in enumerate(log, 1)
        if wanted(event)
        for text in _sentences(event)
    ]


def by_actor(event: ev.Event, name: str) -> bool:
    """Whether somebody asked, voted, acted or was refused under this name."""
    match event:
        case ev.RequestOpened():
            return name in (event.request.requester.principal.sub, str(event.request.requester.principal))
        case ev.VoteAccepted() | ev.VoteRetracted():
            return event.vote.person_id == name
        case ev.GlassBroken():
            return event.person_id == name
        case ev.Moved():
            return name in event.by
        case ev.Refused():
            return event.by == name
    return False


def of_rows(rows: Iterable[Row]) -> list[Line]:
    """The sentences of lineage rows (those of ``questions.of_record`` or ``of_request``)."""
    out = []
    for row in rows:
        at = int(row["time"].timestamp() * 1000)
        out += [Line(at, text, "lineage") for text in _of_row(row)]
    return out


def merged(*parts: Iterable[Line]) -> list[Line]:
    """All of them in the order of time, each once."""
    return sorted(dict.fromkeys(line for part in parts for line in part), key=lambda line: line.at)


def as_text(lines: Iterable[Line]) -> str:
    """One line each: when, what."""
    return "".join(f"{_when(line.at)}  {line.text}\n" for line in lines)


def as_html(title: str, lines: Iterable[Line]) -> str:
    """One page without scripts."""
    rows = "".join(
        f"<tr><td>{_when(line.at)}<td>{html.escape(line.text)}<td>{html.escape(line.source)}</tr>" for line in lines
    )
    style = "body{font:15px/1.5 system-ui;margin:2rem}td{padding:.2rem .8rem .2rem 0;vertical-align:top}"
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
    return f"{head}<style>{style}</style><h1>{html.escape(title)}</h1><table>{rows}</table></html>\n"


def _when(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


def _some(names: Iterable[str], most: int = 6) -> str:
    """A list in words, cut where it gets long."""
    every = [one_line(name, 120) for name in names]
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def _place(row: Row) -> str:
    topic, partition, first, last = (
        row[k] for k in ("source_topic", "source_partition", "source_offset", "source_end_offset")
    )
    if topic is None:
        return f"Item {row['item_id']}" if row["item_id"] else f"Request {row['request_id']}"
    many = f"…{last}" if last not in (None, first) else ""
    return f"Record {one_line(topic)}/{partition}/{first}{many}"


def _of_row(row: Row) -> Iterable[str]:
    place, kind = _place(row), row["kind"]
    actor = f" by {one_line(row['actor'])} ({row['actor_assurance']})" if row["actor"] else ""
    fields = row["fields"] or ()
    if kind in ("masked", "held", "quarantined", "passed"):
        yield f"{place} was read{actor}."
        if fields:
            yield f"Found in it: {_some(_use(use) for use in fields)}."
        if row["policy_id"]:
            yield f"Policy {one_line(row['policy_id'])} {one_line(row['policy_version'] or '')} was in force."
    match kind:
        case "passed":
            yield f"{place} passed unchanged to {row['dest_topic'] or 'the output'}."
        case "masked":
            yield f"{place} left masked for {row['dest_topic'] or 'the output'}."
        case "held":
            rule = f" by rule {one_line(row['reason'])}" if row["reason"] else ""
            purpose = f" for {one_line(row['purpose'])}" if row["purpose"] else ""
            yield f"{place} was held{rule}{purpose} as item {row['item_id']}."
        case "quarantined":
            yield f"{place} was refused ({one_line(row['reason'] or 'no reason')}) and went to the dead letters."
        case _:
            where = f" to {row['dest_topic']} under key {row['dest_key']}" if row["dest_topic"] else ""
            why = f": {one_line(row['reason'])}" if row["reason"] else ""
            yield f"{place} was {kind}{where}{actor}{why}."


def _use(use: Any) -> str:
    """A found thing: its path, kind and operator, as the rows of the two questions have it."""
    return use if isinstance(use, str) else f"{use['path']} {use['entity']} {use['operator']}"


def _sentences(event: ev.Event) -> Iterable[str]:
    match event:
        case ev.RequestOpened():
            return _opened(event.request)
        case ev.RequestRepeated():
            return [f"The same was asked again, {event.count} times by now."]
        case ev.VoteAccepted():
            vote = event.vote
            what = {"approve": "agreed", "deny": "denied"}.get(vote.decision, vote.decision)
            why = f": {one_line(vote.reason)}" if vote.reason else ""
            told = f" for {', '.join(vote.groups)}" if vote.groups else ""
            review = " in the review of the broken glass" if event.review else ""
            return [f"{vote.person_id} {what}{told}{review}, signed by key {vote.key_id} over {vote.channel}{why}."]
        case ev.VoteRetracted():
            vote = event.vote
            told = f" on {len(vote.scope)} of the records" if vote.scope else ""
            why = f": {one_line(vote.reason)}" if vote.reason else ""
            return [f"{vote.person_id} took the vote back{told}, signed by key {vote.key_id}{why}."]
        case ev.GlassBroken():
            return [f"{event.person_id} broke the glass with key {event.key_id}: {one_line(event.reason)}."]
        case ev.Moved():
            return [_moved(event)]
        case ev.PermitIssued():
            return [f"A permit for {one_line(event.verb)} was issued, good until {_when(event.not_after)}."]
        case ev.PermitRedeemed():
            return ["The permit was spent."]
        case ev.Escalated():
            return [f"{event.percent} % of the time was over; to be told: {_some(event.persons) or 'nobody on call'}."]
        case ev.ReviewOverdue():
            return ["The review of the broken glass is overdue."]
        case ev.Refused():
            who = f" of {one_line(event.by)}" if event.by else ""
            return [f"A {event.command}{who} was refused ({event.code}){', with an alarm' if event.alarm else ''}."]
        case ev.PeopleChanged():
            return [f"The people changed: {one_line(event.change)}."]
        case ev.PeopleLoaded():
            return ["The people file was read."]
        case _:
            return [f"Policy {one_line(event.ref.id)} {one_line(event.ref.version)} came into force."]


def _opened(request: Request) -> Iterable[str]:
    action = request.action
    what = f"{len(request.items)} record(s)" if request.kind == "export" else one_line(action.resource or "an action")
    purpose = f" for {one_line(action.purpose)}" if action.purpose else ""
    where = f" to {one_line(action.destination)}" if action.destination else ""
    who = f"{one_line(str(request.requester.principal))} ({request.requester.assurance})"
    yield f"{who} asked for {one_line(action.verb)} of {what}{where}{purpose}: request {request.request_id}."
    rule = f" by rule {one_line(request.rule)}" if request.rule else ""
    needs = " and ".join(f"{slot.n} of {slot.group}" for slot in request.quorum.all_of) or "nobody (by rule)"
    yield f"Tier {request.tier}{rule}: {needs} must agree before {_when(request.expires_at)}."
    yield f"Policy {one_line(request.policy.id)} {one_line(request.policy.version)} was in force."


def _moved(event: ev.Moved) -> str:
    some = f" ({len(event.items)} items)" if event.items else ""
    by = f" by {_some(event.by)}" if event.by else ""
    where = f" to {one_line(event.topic)}" if event.topic else ""
    why = f": {one_line(event.reason)}" if event.reason else f" ({event.rule})" if event.rule else ""
    return f"{str(event.to).capitalize()}{some}{where}{by}{why}."
