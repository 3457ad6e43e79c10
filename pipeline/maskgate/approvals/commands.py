"""What the gate can ask of the machine. Signed things travel as their envelope: the machine itself verifies them.

``nonce`` and ``request_id`` come from the caller (``new_request_id``, ``secrets.token_hex``), so that ``decide`` stays
pure.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from maskgate.approvals.export_rules import ExportRules
from maskgate.approvals.model import InputRef, Item, PolicyVersion, Requester
from maskgate.approvals.rules import ApprovalPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base: where it came from."""

    input: InputRef = field(default_factory=InputRef)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPolicy(Command):
    """Put a policy into force; the same again is a no-op.

    ``destinations`` maps alias → topic; ``{topic}`` in it stands for the source topic. Without ``exports`` what the
    worker proposed for an export is not judged again. ``signers`` are the keys that published it; a file has none.
    """

    ref: PolicyVersion
    approvals: ApprovalPolicy
    destinations: Mapping[str, str]
    exports: ExportRules | None = None
    signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPeople(Command):
    """Seed the registry from the people file (bytes). The same file again is a no-op; revocations survive it."""

    document: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePeople(Command):
    """A message of ``maskgate.people``: a DSSE envelope signed by an admin (see ``people.PAYLOAD_TYPE``)."""

    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenExport(Command):
    """Ask for the export of held items, all of one requester, destination and rule.

    ``items`` come from ``items.parse_item`` (which verified the worker's signature), grouped by ``items.group_key``;
    the tier, quorum and deadlines are decided here, by the policy in force.
    """

    request_id: str
    nonce: str
    requester: Requester
    items: tuple[Item, ...]
    verb: str
    destination: str
    topic: str
    purpose: str = ""
    expected_outcome: str = ""
    tier: str = ""
    rule: str = ""
    detectors: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAction(Command):
    """Ask for an action. ``envelope`` is the action request signed by the intake key (``actions.build_action``)."""

    request_id: str
    nonce: str
    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote(Command):
    """A message of ``maskgate.approvals.votes``: a vote, or an act (``votes.ACTS``)."""

    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CastBulk(Command):
    """A message of ``maskgate.approvals.votes`` of type ``votes.BULK_TYPE``: votes on an explicit, signed list."""

    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDeleted(Command):
    """A worker saw a tombstone on the source topic (``items.build_source_deleted``): withdraw what is held."""

    envelope: bytes


@dataclass(frozen=True, slots=True)
class Recomputed:
    """Digests of the bytes that are about to be published, computed from those bytes (``items.recompute``)."""

    item_id: str
    content_mac: str
    masked_digest: str
    topic: str
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Command):
    """Publish approved items. For an export ``recomputed`` is of every item of the request, read again."""

    request_id: str
    recomputed: tuple[Recomputed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem(Command):
    """An executor spends a permit: ``actions.build_redeem`` holds the permit and the arguments it is about to run."""

    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Time passes. ``read_until`` is the broker time up to which all votes have been read; only that much expires."""

    read_until: int
    limit: int = 1000
    request_id: str = ""


def new_request_id(now_ms: int | None = None) -> str:
    """A UUIDv7: sortable by time, unguessable for the rest."""
    ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    raw = bytearray(ms.to_bytes(6, "big") + os.urandom(10))
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))
