"""The nouns of the approval stage: who asks, for what, who must agree, and where each item stands.

Frozen values only; nothing here decides anything. All times are milliseconds of broker time, all digests lower-case
hex.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from maskgate.people.principal import Kind, Principal

Assurance = Literal["signed", "acl", "intake", "unverified"]
Decision = Literal["approve", "deny", "abstain", "retract"]
Channel = Literal["cli", "console", "api", "tui", "webauthn", "session"]


class ItemState(StrEnum):
    """Where one item stands; a request's state is derived from its items."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    RELEASED = "RELEASED"
    DENIED = "DENIED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    REVOKED = "REVOKED"
    LAPSED = "LAPSED"
    SUPERSEDED = "SUPERSEDED"
    RECALLED = "RECALLED"
    RATIFIED = "RATIFIED"
    CONDEMNED = "CONDEMNED"


TERMINAL = frozenset(
    {
        ItemState.DENIED,
        ItemState.EXPIRED,
        ItemState.WITHDRAWN,
        ItemState.REVOKED,
        ItemState.LAPSED,
        ItemState.SUPERSEDED,
        ItemState.RECALLED,
        ItemState.RATIFIED,
        ItemState.CONDEMNED,
    }
)
OPEN = frozenset({ItemState.PENDING, ItemState.APPROVED})

# Every transition there is; anything else is refused, and the refusal is logged.
TRANSITIONS: dict[ItemState, frozenset[ItemState]] = {
    ItemState.PENDING: frozenset(
        {ItemState.APPROVED, ItemState.DENIED, ItemState.EXPIRED, ItemState.WITHDRAWN, ItemState.SUPERSEDED}
    ),
    ItemState.APPROVED: frozenset(
        {
            ItemState.RELEASED,
            ItemState.DENIED,
            ItemState.REVOKED,
            ItemState.LAPSED,
            ItemState.SUPERSEDED,
            ItemState.WITHDRAWN,
        }
    ),
    ItemState.RELEASED: frozenset({ItemState.RECALLED, ItemState.RATIFIED, ItemState.CONDEMNED}),
}


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, and how we know.

    ``assurance`` is ``signed`` (DSSE header of an enrolled key), ``acl`` (policy map topic → principal), ``intake``
    (the API authenticated the caller) or ``unverified``; then every principal of ``declared`` is excluded from
    voting, and nothing is approved automatically.
    """

    iss: str
    sub: str
    kind: Kind = "unknown"
    assurance: Assurance = "unverified"
    on_behalf_of: tuple[Principal, ...] = ()
    owner: Principal | None = None
    declared: tuple[Principal, ...] = ()
    session: str = ""

    @property
    def principal(self) -> Principal:
        return Principal(self.iss, self.sub)


@dataclass(frozen=True, slots=True)
class Action:
    """What is asked for. Free text is masked before it gets here.

    ``destination`` is an alias of the policy, ``topic`` what it meant when the request was opened. ``arguments`` is the
    canonical JSON (see ``canonical``) of the named arguments of an action: the text that is shown is the text that
    runs.
    """

    verb: str
    destination: str = ""
    topic: str = ""
    resource: str = ""
    purpose: str = ""
    expected_outcome: str = ""
    arguments: str = "{}"
    raw: bool = False  # the originals leave, not the masked records


@dataclass(frozen=True, slots=True)
class Source:
    """Coordinates of the record an item was made from."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Item:
    """One held record as the gate remembers it: coordinates and digests, no bytes.

    ``offset`` is where its envelope lies in ``maskgate.approvals.requests``; the bytes are read again at release.
    ``subjects`` are keyed MACs of identifying values, for budgets per data subject.
    """

    item_id: str
    source: Source
    offset: int
    content_mac: str
    masked_digest: str
    size: int = 0
    entities: tuple[tuple[str, int], ...] = ()
    subjects: tuple[str, ...] = ()
    signer: str = ""
    rule: str = ""
    raw: bool = False
    key_mac: str = ""
    preview: str = ""  # digest of the whole text that the gate computed from the held bytes; "": too long to be seen
    origin: str = ""  # nonce of the signed header that named the requester
    blind: str = ""  # kept in the log, never shown: makes the leaf of the manifest unguessable


@dataclass(frozen=True, slots=True)
class Slot:
    """``n`` different persons of one group."""

    group: str
    n: int = 1


@dataclass(frozen=True, slots=True)
class Quorum:
    """Everybody who must agree (all slots, one slot a person), and how many denials end it."""

    all_of: tuple[Slot, ...] = ()
    deny_n: int = 1


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Who may not vote, frozen when the request was opened."""

    persons: tuple[str, ...] = ()
    principals: tuple[Principal, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """The policy in force."""

    id: str = ""
    version: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """Everything fixed at the moment a request was opened; nothing in it ever changes."""

    request_id: str
    kind: Literal["export", "action"]
    requester: Requester
    action: Action
    items: tuple[Item, ...]
    manifest_root: str
    policy: PolicyVersion
    tier: str
    rule: str
    quorum: Quorum
    exclusions: Exclusions
    created: int
    expires_at: int
    release_ttl_ms: int
    semantic_key: str
    nonce: str  # chosen by the gate
    detectors: str = ""
    supersedes: str = ""
    quiet: bool = False  # over a cap, or alike to an open one: held, but nobody is paged
    sampled: bool = False  # drawn for one more reviewer
    auto: bool = False  # approved by rule; the quorum is empty
    floor: str = ""  # tier that budgets and novelty asked for when it was opened
    novel: bool = False
    origin: str = ""  # nonce of the signed action request
    escalate_at: tuple[int, ...] = (50, 80)
    whose: str = ""  # whom caps and budgets count it for
    seen_digest: str = ""
    asked: str | None = None  # tier that the export rule proposed; None in logs of earlier versions
    export_rules: str = ""  # digest of the export rules that could be about it when it was opened
    spent: tuple[tuple[str, int, int, int], ...] = ()  # per budget window, what it came to when it was opened
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """One accepted vote. ``scope`` empty means all items; ``result`` is the digest of what extra masking leaves.

    ``retract`` takes the person's earlier votes on these items back; ``signed`` is when the signer's own clock says.
    """

    person_id: str
    decision: Decision
    groups: tuple[str, ...]
    key_id: str
    channel: Channel
    at: int
    nonce: str
    scope: tuple[str, ...] = ()
    masking: tuple[str, ...] = ()
    result: str = ""
    reason: str = ""
    seen_digest: str = ""
    delegators: tuple[str, ...] = ()
    signed: int = 0


@dataclass(frozen=True, slots=True)
class Masking:
    """Extra masking that a quorum agreed on: these pointers of these items, with this exact result."""

    items: tuple[str, ...]
    pointers: tuple[str, ...]
    result: str


@dataclass(frozen=True, slots=True)
class RequestState:
    """A request and what became of it.

    ``moved`` holds (item, state, release deadline) of the items that differ from ``rest`` and ``release_by``.
    """

    request: Request
    rest: ItemState = ItemState.PENDING
    release_by: int = 0
    moved: tuple[tuple[str, ItemState, int], ...] = ()
    votes: tuple[Vote, ...] = ()
    masking: tuple[Masking, ...] = ()
    escalated: int = 0
    repeats: int = 0
    glass: str = ""  # person who broke the glass
    glass_key: str = ""
    glass_until: int = 0
    review: Quorum | None = None
    review_due: int = 0
    overdue: bool = False
    reviews: tuple[Vote, ...] = ()
    permit_id: str = ""
    permit_until: int = 0
    redeemed: bool = False
    successor: str = ""

    def places(self) -> dict[str, tuple[ItemState, int]]:
        """State and release deadline of every item; an action has the one item ``action``."""
        out = dict.fromkeys(item_ids(self.request), (self.rest, self.release_by))
        out.update({item_id: (state, by) for item_id, state, by in self.moved})
        return out

    def states(self) -> dict[str, ItemState]:
        """State of every item."""
        return {item_id: state for item_id, (state, _) in self.places().items()}

    def in_state(self, *wanted: ItemState) -> tuple[str, ...]:
        """Ids of the items that stand there."""
        return tuple(item_id for item_id, state in self.states().items() if state in wanted)

    @property
    def state(self) -> ItemState:
        """The derived state: the most open one among the items."""
        if not self.moved:
            return self.rest
        present = set(self.states().values())
        return next(state for state in _BY_OPENNESS if state in present)

    @property
    def partial(self) -> bool:
        """Whether items stand in different states."""
        return bool(self.moved) and len(set(self.states().values())) > 1


_BY_OPENNESS = (
    ItemState.PENDING,
    ItemState.APPROVED,
    ItemState.RELEASED,
    ItemState.CONDEMNED,
    ItemState.RECALLED,
    ItemState.RATIFIED,
    ItemState.DENIED,
    ItemState.REVOKED,
    ItemState.SUPERSEDED,
    ItemState.LAPSED,
    ItemState.EXPIRED,
    ItemState.WITHDRAWN,
)

ACTION_ITEM = "action"


def item_ids(request: Request) -> tuple[str, ...]:
    """Ids of the items, in manifest order; an action counts as one item."""
    return tuple(item.item_id for item in request.items) if request.kind == "export" else (ACTION_ITEM,)


@dataclass(frozen=True, slots=True)
class InputRef:
    """Where a command came from: topic, offset, and the broker's append time."""

    topic: str = ""
    offset: int = -1
    append_time: int = 0


@dataclass(frozen=True, slots=True)
class Meta:
    """What every event carries: its input, when, and the people and policy versions in force."""

    at: int
    input: InputRef = field(default_factory=InputRef)
    people_version: int = 0
    policy_digest: str = ""
