"""Values that pass between the parts: a record as it came, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

STAND_INS = frozenset({"tokenize", "fpe", "encrypt", "hash"})
"""Operators whose output stands for a value: whoever reviews sees that it is there, not what it is."""

Header = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record (or one line of a file, with topic ``-``) as it came."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    key: bytes | None = None
    headers: tuple[Header, ...] = ()
    timestamp_ms: int = 0


@dataclass(frozen=True, slots=True)
class FieldUse:
    """What was done at one place of a record; ``path`` is the Pointer in the masked document.

    Paths of the record key and of headers start ``#key`` and ``#header/NAME``. ``value_mac`` is the hex HMAC of the
    normalised value under the lineage key, or "".
    """

    path: str
    entity: str
    operator: str
    detector: str
    score: float
    count: int = 1
    value_mac: str = ""


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """The policy that was in force."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Masked:
    """Goes to ``<topic>.masked``; ``changed`` is false when the bytes are those that came."""

    value: bytes | None
    key: bytes | None
    headers: tuple[Header, ...]
    fields: tuple[FieldUse, ...] = ()
    changed: bool = False


class StandIn(NamedTuple):
    """Bytes ``start`` to ``end`` that the worker wrote in the place of a value of the kind ``entity``.

    ``place`` is ``value``, ``key``, ``name:N`` or ``header:N`` (name and value of the N-th header that leaves).
    """

    place: str
    start: int
    end: int
    entity: str


@dataclass(frozen=True, slots=True)
class Held:
    """Goes to the approval stage: the masked bytes that would be released, and which export rule held it.

    ``export`` is the JSON-ready decision of the policy: {rule, destination, topic, verb, purpose, tier, quorum,
    expires_s, release_ttl_s, wants_raw, declared: {…}} (see ``policy.ExportDecision``).
    """

    value: bytes
    key: bytes | None
    headers: tuple[Header, ...]
    fields: tuple[FieldUse, ...]
    export: Mapping[str, Any] = field(default_factory=dict)
    stand_ins: tuple[StandIn, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Goes to ``<topic>.dlq`` with coordinates and ``code``, never with its bytes."""

    code: str
    detail: str = ""


Outcome = Masked | Held | Quarantined
