"""What a message may say of a request: who is asked, how far the quorum is, until when; never content.

Folded from the approval log like the gate's own state, but only requests that still wait are remembered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, fields
from typing import Any

from maskgate.approvals import events as ev
from maskgate.approvals import reducer
from maskgate.approvals.decisions import quorum
from maskgate.approvals.decisions.retracting import standing_votes
from maskgate.approvals.messages import plain, preview
from maskgate.approvals.model import ItemState, Request, RequestState
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.approvals.store import PackedStore
from maskgate.people import changes as people_changes
from maskgate.people.registry import People

_DECIDED = {
    ItemState.APPROVED: "approved", ItemState.RELEASED: "released", ItemState.DENIED: "denied",
    ItemState.EXPIRED: "expired", ItemState.WITHDRAWN: "withdrawn", ItemState.REVOKED: "revoked",
    ItemState.LAPSED: "lapsed", ItemState.SUPERSEDED: "superseded", ItemState.RECALLED: "recalled",
    ItemState.RATIFIED: "ratified", ItemState.CONDEMNED: "condemned",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """A request as a message shows it. Names are those of the people registry; nothing comes from the records."""

    request_id: str
    what: str
    """``3 records for partner_a`` or ``an action: db.rollback``."""
    asked_by: str
    """The kind of the requester and how it is known: ``an agent (signed)``; a name only where it is enrolled."""
    tier: str
    verb: str
    destination: str
    kinds: tuple[tuple[str, str], ...]
    """What was found in it, counts as bands."""
    expires_ms: int
    progress: tuple[tuple[str, int, int], ...]
    """Group, how many of it have agreed, how many are asked."""
    persons: tuple[str, ...] = ()
    """Ids of the persons whose approval would bring the quorum nearer, who is on call first."""
    names: tuple[str, ...] = ()
    """Their names in the same order."""
    state: str = "waits"
    decided_by: tuple[str, ...] = ()
    """Names of those who decided, once it is decided."""


def situation_from(tree: Mapping[str, Any]) -> Situation:
    """A situation that stood in JSON."""
    names = {f.name for f in fields(Situation)}
    return Situation(**{name: _tuples(value) for name, value in tree.items() if name in names})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


@dataclass(slots=True)
class Situations:
    """Requests that wait, and the people and the cooling time of new voters as they are."""

    people: People = field(default_factory=People)
    requests: MutableMapping[str, RequestState] = field(default_factory=PackedStore)
    cooling_ms: int = ApprovalPolicy().cooling_ms

    def fold(self, raw: bytes) -> RequestState | None:
        """Take one log record; the request that it is about as it is now."""
        event = ev.decode(raw)
        match event:
            case ev.PolicyLoaded():
                self.cooling_ms = ApprovalPolicy.model_validate_json(event.approvals).cooling_ms
            case ev.PeopleLoaded():
                self.people = people_changes.reload(self.people, event.document.encode(), event.digest, event.meta.at)
            case ev.PeopleChanged():
                raw = people_changes.from_text(event.envelope)
                self.people = people_changes.applied(self.people, raw, event.meta.at)
            case ev.RequestOpened():
                return self._keep(RequestState(event.request))
            case _:
                current = self.requests.get(getattr(event, "request_id", ""))
                if current is not None and not isinstance(event, ev.Refused):
                    return self._keep(reducer.step(current, event))
        return None

    def _keep(self, current: RequestState) -> RequestState:
        waits = reducer.is_open(current) or current.review_due
        if waits:
            self.requests[current.request.request_id] = current
        elif current.request.request_id in self.requests:
            del self.requests[current.request.request_id]
        return current

    def of(self, current: RequestState, now_ms: int) -> Situation:
        """What may be said of a request now."""
        request, votes = current.request, standing_votes(current.votes)
        at = now_ms, self.cooling_ms
        stands = quorum.standing(self.people, request.quorum, request.exclusions, votes, *at)
        waits = current.state is ItemState.PENDING
        persons = quorum.eligible(self.people, request.quorum, request.exclusions, votes, *at) if waits else ()
        lacking = Counter(stands.missing)
        return Situation(
            request_id=request.request_id,
            what=_what(request),
            asked_by=self._asked_by(request),
            tier=plain.one_line(request.tier, 40),
            verb=plain.one_line(request.action.verb, 60),
            destination=plain.one_line(request.action.destination, 60),
            kinds=_kinds(request),
            expires_ms=request.expires_at,
            progress=tuple((s.group, s.n - lacking[s.group], s.n) for s in request.quorum.all_of),
            persons=persons,
            names=tuple(self._name(p) for p in persons),
            state="waits" if waits else _DECIDED.get(current.state, str(current.state).lower()),
            decided_by=() if waits else tuple(self._name(v.person_id) for v in votes),
        )

    def _name(self, person_id: str) -> str:
        person = self.people.persons.get(person_id)
        return plain.one_line(person.name or person_id, 60) if person else plain.one_line(person_id, 60)

    def _asked_by(self, request: Request) -> str:
        who = request.requester
        person = self.people.person_of(who.principal)
        kind = {"human": "a person", "agent": "an agent", "service": "a service"}.get(who.kind, "somebody")
        return f"{self._name(person) if person else kind} ({who.assurance})"


def _what(request: Request) -> str:
    if request.kind == "action":
        return f"an action: {plain.one_line(request.action.verb, 60)}"
    count = len(request.items)
    return f"{preview.band(count)} record{'s' * (count != 1)} for {plain.one_line(request.action.destination, 60)}"


def _kinds(request: Request) -> tuple[tuple[str, str], ...]:
    total: Counter[str] = Counter()
    for item in request.items:
        for entity, count in item.entities:
            total[plain.one_line(entity, 40)] += count
    return tuple((entity, preview.band(count)) for entity, count in total.most_common(12))
