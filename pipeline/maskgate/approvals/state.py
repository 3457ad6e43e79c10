"""The whole state of the approval stage, and the tables that save a search through all requests.

Everything here follows from the log alone. ``decide`` only reads it, ``fold`` alone writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field

from maskgate.approvals.compact import KEY, Table
from maskgate.approvals.export_rules import ExportRules
from maskgate.approvals.model import ItemState, PolicyVersion, Request, Requester, RequestState
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.approvals.store import PackedStore, long_id
from maskgate.approvals.tables import Agenda, Chains, Counts
from maskgate.crypto.webauthn import RelyingParty
from maskgate.people.principal import Principal
from maskgate.people.registry import People

NONCE_LIFE_MS = 26 * 3_600_000
BUCKETS = 48


@dataclass
class Usage:
    """What was asked for, in slices of a window: (start of the slice, records, entities, bytes)."""

    slices: list[list[int]] = field(default_factory=list)

    def total(self, since: int, until: int | None = None) -> tuple[int, int, int]:
        """Records, entities, bytes of the slices that start at or after ``since``, and at or before ``until``."""
        live = [s for s in self.slices if s[0] >= since and (until is None or s[0] <= until)]
        return sum(s[1] for s in live), sum(s[2] for s in live), sum(s[3] for s in live)

    def add(self, start: int, amount: tuple[int, int, int], since: int) -> None:
        """Add to the slice that starts at ``start``; forget what is before ``since``."""
        self.slices = [s for s in self.slices if s[0] >= since]
        if not self.slices or self.slices[-1][0] != start:
            self.slices.append([start, 0, 0, 0])
        for index, part in enumerate(amount, 1):
            self.slices[-1][index] += part


@dataclass
class State:
    """State at one position of the log."""

    requests: MutableMapping[str, RequestState] = field(default_factory=PackedStore)
    people: People = field(default_factory=People)
    policy: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    policy_ref: PolicyVersion = field(default_factory=PolicyVersion)
    destinations: dict[str, str] = field(default_factory=dict)
    exports: ExportRules | None = None  # None: only logs of earlier versions
    relying_party: RelyingParty = field(default_factory=RelyingParty)  # set by the gate from its settings
    guard: Callable[[str], bool] | None = None  # set by the gate: does a free text hold personal data or a secret?
    position: int = 0  # events folded
    items: Table = field(default_factory=Table)  # every item there ever was
    open_count: Counts = field(default_factory=Counts)  # requester → open requests
    alike: Table = field(default_factory=lambda: Table(KEY))  # semantic key → first open request
    by_key: Chains = field(default_factory=Chains)  # key MAC → open requests of that record key
    usage: dict[str, Usage] = field(default_factory=dict)  # budget and whose → usage
    known: Table = field(default_factory=Table)  # requester and destination pairs seen
    nonces: dict[str, int] = field(default_factory=dict)  # nonces of signed requests → when they are forgotten
    sign_counts: dict[str, int] = field(default_factory=dict)  # security key → counter of its last accepted signature
    last_approved: Table = field(default_factory=lambda: Table(KEY))  # kind of request → the last one released
    agenda: Agenda = field(default_factory=Agenda)  # open request → when Tick has something to do

    def due(self, until: int, limit: int) -> list[str]:
        """Requests whose deadline is at or before ``until``, soonest first."""
        return [long_id(short) for short in self.agenda.due(until, limit)]

    def open_requests(self) -> Iterator[str]:
        """Ids of the requests that still have a deadline (pending, approved, or a review due)."""
        return (long_id(short) for short in self.agenda)


def requester_key(people: People, requester: Requester) -> str:
    """Whom caps and budgets count: the person behind the requester or its owner, else the account, else the topic."""
    for principal in (requester.principal, *([requester.owner] if requester.owner else [])):
        person = people.person_of(principal)
        if person:
            return f"person {person}"
    owners = people.owner_of(requester.principal)
    return f"person {owners[0]}" if owners else f"account {requester.principal}"


def accounts(requester: Requester) -> tuple[Principal, ...]:
    """Every account that stands behind a requester."""
    owner = (requester.owner,) if requester.owner else ()
    own = () if requester.assurance == "unverified" else (requester.principal,)
    return tuple(dict.fromkeys((*own, *requester.on_behalf_of, *owner, *requester.declared)))


def deadline_of(state: RequestState) -> int:
    """The next instant at which Tick has something to do for a request; 0: never."""
    request, times = state.request, []
    places = [(state.rest, state.release_by)] if not state.moved else list(state.places().values())
    if any(place is ItemState.PENDING for place, _ in places):
        times.append(min(request.expires_at, next_escalation(state) or request.expires_at))
    times += [by for place, by in places if place is ItemState.APPROVED]
    if state.review_due and not state.overdue and any(place is ItemState.RELEASED for place, _ in places):
        times.append(state.review_due)
    return min(times, default=0)


def next_escalation(state: RequestState) -> int:
    """When the next escalation point is; 0: there is none left."""
    percent = min((p for p in state.request.escalate_at if p > state.escalated), default=0)
    return escalation_at(state.request, percent) if percent else 0


def escalation_at(request: Request, percent: int) -> int:
    """When so many per cent of the time to decide are over."""
    return request.created + (request.expires_at - request.created) * percent // 100
