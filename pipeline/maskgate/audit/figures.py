"""Figures of a period for evidence: each with the entries of the log it rests on, or with what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from maskgate.approvals import events as ev
from maskgate.approvals import machine
from maskgate.approvals.messages.plain import one_line
from maskgate.approvals.model import ItemState
from maskgate.approvals.state import State

_SHOWN = 200  # entries that are listed of a figure; the number says how many there are
Entry = tuple[int, ev.Event]


def figures(
    log: Sequence[ev.Event], start: int, end: int, root: str, masking: Iterable[Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """Every figure by name. ``masking`` are rows {source_topic, entity, operator, count} of lineage, None: unknown."""
    inside = [(n, e) for n, e in enumerate(log, 1) if start <= e.meta.at < end]
    out = {name: _figure(label, list(filter(wanted, inside))) for name, (label, wanted) in _COUNTED.items()}
    opened = {e.request_id: e.request for e in log if isinstance(e, ev.RequestOpened)}
    out["double_approvals"] = _figure("releases that two or more persons had to approve", [
        (n, e) for n, e in inside
        if _moved(ItemState.RELEASED)((n, e)) and isinstance(e, ev.Moved) and e.request_id in opened
        and sum(slot.n for slot in opened[e.request_id].quorum.all_of) > 1
    ])  # fmt: skip
    out["decision_times"] = _times(inside, opened)
    out["tree"] = {
        "label": "entries under one Merkle tree", "value": len(log), "entries": [], "rows": [[f"root {root}"]],
    }  # fmt: skip
    out["access_list"] = _access(log, end)
    out["masking"] = _masking("values masked by topic, kind and operator", masking, lambda kind: True)
    out["masking_cards"] = _masking("card numbers masked", masking, lambda kind: kind == "CREDIT_CARD")
    return out


def _moved(*states: ItemState) -> Callable[[Entry], bool]:
    return lambda entry: isinstance(entry[1], ev.Moved) and entry[1].to in states


def _kind(*kinds: type) -> Callable[[Entry], bool]:
    return lambda entry: isinstance(entry[1], kinds)


def _refused(wanted: Callable[[ev.Refused], bool]) -> Callable[[Entry], bool]:
    return lambda entry: isinstance(entry[1], ev.Refused) and wanted(entry[1])


_COUNTED: dict[str, tuple[str, Callable[[Entry], bool]]] = {
    "entries": ("events logged", lambda entry: True),
    "held": ("requests held until somebody decided", _kind(ev.RequestOpened)),
    "released": ("releases", _moved(ItemState.RELEASED)),
    "denied": ("requests denied", _moved(ItemState.DENIED)),
    "not_decided": ("requests that expired, or lapsed before release", _moved(ItemState.EXPIRED, ItemState.LAPSED)),
    "recalled": ("releases recalled", _moved(ItemState.RECALLED)),
    "signed_votes": ("votes, each with its signature in the log", _kind(ev.VoteAccepted)),
    "self_approvals": ("votes refused because of who cast them (own request, linked account)",
                       _refused(lambda e: e.code in ("excluded", "wrong_person"))),
    "broken_glass": ("releases without quorum, and their reviews", lambda entry: isinstance(
        entry[1], ev.GlassBroken | ev.ReviewOverdue) or _moved(ItemState.RATIFIED, ItemState.CONDEMNED)(entry)),
    "refused": ("refused attempts", _refused(lambda e: True)),
    "alarms": ("refused attempts that look like an attack", _refused(lambda e: e.alarm)),
    "people_changes": ("changes of people, groups and keys", _kind(ev.PeopleLoaded, ev.PeopleChanged)),
    "policies": ("policies that came into force", _kind(ev.PolicyLoaded)),
}  # fmt: skip


def _figure(label: str, found: Sequence[Entry]) -> dict[str, Any]:
    return {
        "label": label,
        "value": len(found),
        "entries": [number for number, _ in found[:_SHOWN]],
        "rows": [[number, event.meta.at, *_said(event)] for number, event in found[:_SHOWN]],
    }


def _said(event: ev.Event) -> list[str]:
    """Who and what, in words."""
    match event:
        case ev.VoteAccepted():
            return [event.vote.person_id, f"{event.vote.decision} {event.request_id} with {event.vote.key_id}"]
        case ev.GlassBroken():
            return [event.person_id, f"broke the glass on {event.request_id}: {one_line(event.reason)}"]
        case ev.Moved():
            return [", ".join(event.by), f"{event.to} {event.request_id}"]
        case ev.Refused():
            return [one_line(event.by), f"{event.command} refused: {event.code}"]
        case ev.PeopleChanged():
            return ["", f"people: {one_line(event.change)}"]
        case ev.PolicyLoaded():
            return ["", f"policy {one_line(event.ref.id)} {one_line(event.ref.version)} {event.ref.digest[:16]}"]
        case ev.RequestOpened():
            who = one_line(str(event.request.requester.principal))
            return [who, f"{event.request.tier} {event.request_id} {one_line(event.request.action.destination)}"]
    return ["", event.type]


def _times(inside: Sequence[Entry], opened: Mapping[str, Any]) -> dict[str, Any]:
    first: dict[str, tuple[int, int]] = {}
    for number, event in inside:
        if isinstance(event, ev.Moved) and event.to in (ItemState.APPROVED, ItemState.DENIED):
            request = opened.get(event.request_id)
            if request is not None and not request.auto and event.request_id not in first:
                first[event.request_id] = (number, event.meta.at - request.created)
    waits = sorted(wait for _, wait in first.values())
    marks = [
        [f"p{q}", f"{waits[min(len(waits) - 1, len(waits) * q // 100)] / 1000:g} s"] for q in (50, 90, 99) if waits
    ]
    entries = [number for number, _ in first.values()][:_SHOWN]
    return {"label": "requests decided by persons, and how long it took", "value": len(waits), "entries": entries,
            "rows": marks}  # fmt: skip


def _access(log: Sequence[ev.Event], end: int) -> dict[str, Any]:
    """Who may decide at the end of the period: the people as the log makes them."""
    state, entries = State(), []
    for number, event in enumerate(log, 1):
        if event.meta.at >= end:
            break
        if isinstance(event, ev.PeopleLoaded | ev.PeopleChanged):
            entries.append(number)
            machine.fold(state, event)
    groups = sorted(state.people.groups.items())
    rows = [[name, person_id] for name, members in groups for person_id in sorted(members)]
    return {"label": "persons in groups that may decide", "value": len({row[1] for row in rows}),
            "entries": entries[-_SHOWN:], "rows": rows}  # fmt: skip


def _masking(label: str, rows: Iterable[Mapping[str, Any]] | None, wanted: Callable[[str], bool]) -> dict[str, Any]:
    if rows is None:
        return {"label": label, "value": None, "entries": [], "rows": []}
    kept = [row for row in rows if wanted(str(row["entity"])) and row["operator"] != "keep"]
    return {
        "label": label,
        "value": sum(int(row["count"]) for row in kept),
        "entries": [],
        "rows": [[str(row[k] or "") for k in ("source_topic", "entity", "operator", "count")] for row in kept],
    }
