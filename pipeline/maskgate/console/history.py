"""What happened to a request, as sentences: votes, a broken glass, the events of the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maskgate.approvals import events as ev
from maskgate.approvals.model import RequestState
from maskgate.console.index import LogLine
from maskgate.console.reader import Reader, line
from maskgate.people import grants


def votes(entry: RequestState, reader: Reader) -> list[dict[str, Any]]:
    """The votes, oldest first."""
    return [
        {
            "name": reader.name(v.person_id),
            "person_id": v.person_id,
            "decision": v.decision,
            "reason": line(v.reason, 500),
            "at": v.at,
            "channel": v.channel,
            "groups": list(v.groups),
            "scope_n": len(v.scope),
            "for": [reader.name(d) for d in v.delegators],
            "made": made(v.person_id, reader),
        }
        for v in (*entry.votes, *entry.reviews)
    ]


def made(person_id: str, reader: Reader) -> dict[str, Any] | None:
    """When somebody was enrolled or got a group last, and by whom; None: longer ago than a month, or founding."""
    grant = grants.enrolment(reader.people, person_id)
    if grant is None:
        return None
    by = [name for key_id in grant.by for name in grants.holders(reader.people, key_id)]
    return {"at": grant.at, "by": [line(reader.name(name), 80) for name in dict.fromkeys(by)]}


def glass(entry: RequestState, reader: Reader, history: Sequence[LogLine]) -> dict[str, Any] | None:
    """Who broke the glass and why."""
    broken = next((h.event for h in history if isinstance(h.event, ev.GlassBroken)), None)
    if not entry.glass:
        return None
    return {
        "name": reader.name(entry.glass),
        "due": entry.review_due,
        "reason": line(broken.reason, 500) if broken else "",
    }


def happening(at: LogLine, reader: Reader, kind: str) -> dict[str, Any]:
    """One event of the log of a request of this kind as a sentence."""
    event = at.event
    text = repeated(event.count, kind) if isinstance(event, ev.RequestRepeated) else _sentence(event, reader)
    return {"offset": at.offset, "at": event.meta.at, "text": text, "type": event.type}


def repeated(count: int, kind: str) -> str:
    """An action that is asked again is the same request; records like held ones are another request of their own."""
    return f"{count:,} more like it opened" if kind == "export" else f"Asked again ({count + 1:,} times)"


def opened(entry: RequestState) -> dict[str, Any]:
    """The opening of a request, which is no line of its own."""
    return {"offset": -1, "at": entry.request.created, "text": "Opened", "type": "request_opened"}


def _sentence(event: ev.Event, reader: Reader) -> str:
    if isinstance(event, ev.RequestOpened):
        return "Opened"
    if isinstance(event, ev.VoteAccepted):
        verb = {"approve": "approved", "deny": "denied", "abstain": "abstained"}[event.vote.decision]
        return f"{reader.name(event.vote.person_id)} {verb}"
    if isinstance(event, ev.VoteRetracted):
        of = f" on {len(event.vote.scope)} of the items" if event.vote.scope else ""
        return f"{reader.name(event.vote.person_id)} took the vote back{of}"
    if isinstance(event, ev.Moved):
        by = f" by {', '.join(reader.name(p) for p in event.by)}" if event.by else ""
        rule = f" by rule {line(event.rule, 80)}" if event.rule and not event.by else ""
        return f"{event.to.value.capitalize()}{by}{rule}" + (f": {line(event.reason, 200)}" if event.reason else "")
    if isinstance(event, ev.Refused):
        return f"Refused ({event.code}): {line(event.message, 200)}"
    if isinstance(event, ev.GlassBroken):
        return f"{reader.name(event.person_id)} broke the glass"
    if isinstance(event, ev.Escalated):
        told = ", ".join(reader.name(p) for p in event.persons)
        return f"{event.percent} % of the time is over" + (f"; told {told}" if told else "")
    if isinstance(event, ev.PermitIssued):
        return "Permit issued"
    if isinstance(event, ev.PermitRedeemed):
        return "Permit spent"
    return event.type.replace("_", " ").capitalize()
