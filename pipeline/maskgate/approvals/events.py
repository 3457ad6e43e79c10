"""What happened: the only things the log holds, and the only input of ``fold``.

``encode`` gives the bytes that are produced to ``maskgate.approvals.log`` (and hashed as a leaf of the audit tree);
``decode`` reads them back. Signed inputs are kept as their envelopes, so that an auditor can verify them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

import orjson
from pydantic import Discriminator, TypeAdapter

from maskgate.approvals.model import ItemState, Meta, PolicyVersion, Quorum, Request, Vote


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLoaded:
    """A policy came into force; ``approvals`` is the JSON of the ApprovalPolicy, ``exports`` of its ExportRules.

    ``signers`` are the administrators' keys that published it; none: it came from the gate's file.
    """

    meta: Meta
    ref: PolicyVersion
    approvals: str
    destinations: tuple[tuple[str, str], ...]
    exports: str = ""
    signers: tuple[str, ...] = ()
    type: Literal["policy_loaded"] = "policy_loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLoaded:
    """The people file (canonical JSON) was read."""

    meta: Meta
    document: str
    digest: str
    type: Literal["people_loaded"] = "people_loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleChanged:
    """A signed change of the registry was accepted."""

    meta: Meta
    change: str
    envelope: str
    type: Literal["people_changed"] = "people_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOpened:
    """A request was opened; ``envelope`` is the signed action request, empty for an export."""

    meta: Meta
    request: Request
    envelope: str = ""
    type: Literal["request_opened"] = "request_opened"

    @property
    def request_id(self) -> str:
        return self.request.request_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRepeated:
    """The same was asked again while a request is open: counted, not opened twice."""

    meta: Meta
    request_id: str
    count: int
    type: Literal["request_repeated"] = "request_repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteAccepted:
    """A vote counts. ``review`` is true for a vote on a broken glass."""

    meta: Meta
    request_id: str
    vote: Vote
    envelope: str
    review: bool = False
    type: Literal["vote_accepted"] = "vote_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRetracted:
    """A person took the votes back that stood on pending items; ``vote.scope`` names these items."""

    meta: Meta
    request_id: str
    vote: Vote
    envelope: str
    type: Literal["vote_retracted"] = "vote_retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Items went to another state. ``items`` empty: all of the request's items that could go there.

    For RELEASED: ``release_id`` is the same for the same items of the same request, ``topic`` is where they go.
    """

    meta: Meta
    request_id: str
    to: ItemState
    items: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    rule: str = ""
    reason: str = ""
    deadline: int = 0
    release_id: str = ""
    topic: str = ""
    masking: tuple[str, ...] = ()
    result: str = ""
    successor: str = ""
    envelope: str = ""
    type: Literal["moved"] = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassBroken:
    """A named person released without the quorum; a review is due."""

    meta: Meta
    request_id: str
    person_id: str
    key_id: str
    reason: str
    until: int
    review: Quorum
    review_due: int
    envelope: str
    type: Literal["glass_broken"] = "glass_broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitIssued:
    """An approved action may be run once: ``permits.issue(event, …)`` signs exactly this."""

    meta: Meta
    request_id: str
    permit_id: str
    request_digest: str
    verb: str
    resource: str
    arguments: str
    arguments_digest: str
    requester: str
    not_after: int
    type: Literal["permit_issued"] = "permit_issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRedeemed:
    """The permit was spent."""

    meta: Meta
    request_id: str
    permit_id: str
    type: Literal["permit_redeemed"] = "permit_redeemed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """So many per cent of the time to decide are over; ``persons`` are those to tell (on call, not away)."""

    meta: Meta
    request_id: str
    percent: int
    persons: tuple[str, ...] = ()
    type: Literal["escalated"] = "escalated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOverdue:
    """The review of a broken glass was not done in time; it stays open."""

    meta: Meta
    request_id: str
    type: Literal["review_overdue"] = "review_overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A command was not allowed. ``code`` is stable; ``alarm`` marks what looks like an attack."""

    meta: Meta
    code: str
    message: str
    command: str
    request_id: str = ""
    by: str = ""
    alarm: bool = False
    count: int = 1
    type: Literal["refused"] = "refused"


Event = (
    PolicyLoaded
    | PeopleLoaded
    | PeopleChanged
    | RequestOpened
    | RequestRepeated
    | VoteAccepted
    | VoteRetracted
    | Moved
    | GlassBroken
    | PermitIssued
    | PermitRedeemed
    | Escalated
    | ReviewOverdue
    | Refused
)


@cache
def _adapter() -> TypeAdapter[Event]:
    """Made when it is asked for: every command that looks at requests imports this, and making it takes 120 ms."""
    return TypeAdapter(Annotated[Event, Discriminator("type")])


def encode(event: Event) -> bytes:
    """The bytes of the log record: JSON with sorted keys."""
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)


def decode(raw: bytes) -> Event:
    """The event of a log record.

    Raises:
        ValueError: the bytes are not an event this version knows.
    """
    return _adapter().validate_json(raw)
