"""The lineage event: one row for a record that was touched, one for a run that passed, one for each act on an item.

The worker calls :func:`record_event` and :func:`batch_event`, the gate :func:`gate_event`; each puts the row, encoded
by :mod:`maskgate.lineage.wire.codec`, on ``maskgate.lineage`` in the transaction of the act itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from maskgate.base.records import FieldUse, Held, Masked, Outcome, PolicyRef, Quarantined, Record

Kind = Literal[
    "other", "masked", "passed", "held", "quarantined", "approved", "released", "denied", "expired", "withdrawn",
    "revoked", "lapsed", "superseded", "recalled", "ratified", "condemned", "unmasked",
]  # fmt: skip
Assurance = Literal["unverified", "acl", "signed", "system"]


@dataclass(slots=True)
class LineageEvent:
    """One row of lineage; "" and -1 mean not known. The meaning of each field stands in the Avro schema."""

    event_id: str
    kind: Kind
    time: int  # milliseconds since 1970
    source_topic: str = ""
    source_partition: int = -1
    source_offset: int = -1
    source_end_offset: int = -1
    source_time: int = -1
    records: int = 1
    dest_topic: str = ""
    dest_partition: int = -1
    dest_key: str = ""
    actor: str = ""
    actor_assurance: Assurance = "unverified"
    action: str = ""
    purpose: str = ""
    reason: str = ""
    policy_id: str = ""
    policy_version: str = ""
    policy_digest: str = ""
    detector_digest: str = ""
    detector_versions: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    item_id: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    fields: Sequence[FieldUse] = ()


@dataclass(frozen=True, slots=True)
class Engines:
    """What looked and what decided, the same for every record of a batch."""

    policy: PolicyRef
    digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a record went and on whose behalf; the worker knows, the masker does not."""

    topic: str = ""
    partition: int = -1
    key: str = ""
    actor: str = ""
    assurance: Assurance = "unverified"
    request_id: str = ""
    item_id: str = ""


def now_ms() -> int:
    """Wall clock in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def event_id(*parts: object) -> str:
    """32 hex digits that depend on nothing but ``parts``: the same happening always gets the same id."""
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def touched(outcome: Outcome) -> bool:
    """Whether the record gets a row of its own (anything was found, changed, held or refused)."""
    return not isinstance(outcome, Masked) or outcome.changed or bool(outcome.fields)


def record_event(
    record: Record, outcome: Outcome, engines: Engines, route: Route, *, time_ms: int | None = None
) -> LineageEvent:
    """The row of one touched record: masked, held or quarantined."""
    kind: Kind
    action, reason, purpose, out = "mask", "", "", 0
    uses: Sequence[FieldUse] = ()
    if isinstance(outcome, Masked):
        kind, out, uses = "masked", len(outcome.value or b""), outcome.fields
    elif isinstance(outcome, Held):
        export = outcome.export
        kind, out, uses = "held", len(outcome.value), outcome.fields
        action, reason, purpose = (str(export.get(k) or "") for k in ("verb", "rule", "purpose"))
    else:
        kind, action, reason = "quarantined", "quarantine", outcome.code
    at = record.offset
    return LineageEvent(
        event_id(kind, record.topic, record.partition, at, record.timestamp_ms),
        kind,
        now_ms() if time_ms is None else time_ms,
        record.topic,
        record.partition,
        at,
        at,
        record.timestamp_ms,
        1,
        route.topic,
        route.partition,
        route.key,
        route.actor,
        route.assurance,
        action or "export",
        purpose,
        reason,
        engines.policy.id,
        engines.policy.version,
        engines.policy.digest,
        engines.digest,
        engines.versions,
        route.request_id,
        route.item_id,
        len(record.value or b""),
        out,
        uses,
    )


def batch_event(
    records: Sequence[Record], engines: Engines, route: Route, *, time_ms: int | None = None
) -> LineageEvent:
    """The one row of records of one partition that passed unchanged (not empty, in offset order)."""
    first, last = records[0], records[-1]
    size = sum(len(record.value or b"") for record in records)
    return LineageEvent(
        event_id("passed", first.topic, first.partition, first.offset, last.offset, first.timestamp_ms),
        "passed",
        now_ms() if time_ms is None else time_ms,
        source_topic=first.topic,
        source_partition=first.partition,
        source_offset=first.offset,
        source_end_offset=last.offset,
        source_time=first.timestamp_ms,
        records=len(records),
        dest_topic=route.topic,
        dest_partition=route.partition,
        actor=route.actor,
        actor_assurance=route.assurance,
        action="mask",
        policy_id=engines.policy.id,
        policy_version=engines.policy.version,
        policy_digest=engines.policy.digest,
        detector_digest=engines.digest,
        detector_versions=engines.versions,
        bytes_in=size,
        bytes_out=size,
    )


def from_outcomes(batch: Iterable[tuple[Record, Outcome, Route]], engines: Engines) -> list[LineageEvent]:
    """The rows of a worker's batch: one per touched record, one per partition for all that passed."""
    now = now_ms()
    rows: list[LineageEvent] = []
    runs: dict[tuple[str, int], tuple[list[Record], Route]] = {}
    for record, outcome, route in batch:
        if touched(outcome):
            rows.append(record_event(record, outcome, engines, route, time_ms=now))
        else:
            runs.setdefault((record.topic, record.partition), ([], route))[0].append(record)
    rows.extend(batch_event(run, engines, route, time_ms=now) for run, route in runs.values())
    return rows


def gate_event(
    kind: Kind,
    *,
    request_id: str,
    item_id: str = "",
    time_ms: int | None = None,
    source: tuple[str, int, int] = ("", -1, -1),
    dest: tuple[str, int] = ("", -1),
    actor: str = "",
    assurance: Assurance = "signed",
    action: str = "",
    purpose: str = "",
    reason: str = "",
    policy: PolicyRef | None = None,
    bytes_in: int = 0,
    bytes_out: int = 0,
    fields: Sequence[FieldUse] = (),
) -> LineageEvent:
    """The row of one act of the gate on an item or an action request: released, denied, expired, recalled, …

    ``source`` is (topic, partition, offset) of the record that was held, ``dest`` where the release went. The id
    follows from kind, request and item, so the gate may replay its log without making a second row.
    """
    ref = policy or PolicyRef("", "", "")
    topic, partition, offset = source
    return LineageEvent(
        event_id(kind, request_id, item_id),
        kind,
        now_ms() if time_ms is None else time_ms,
        source_topic=topic,
        source_partition=partition,
        source_offset=offset,
        source_end_offset=offset,
        dest_topic=dest[0],
        dest_partition=dest[1],
        dest_key=f"{request_id}/{item_id}" if kind in ("released", "recalled") and item_id else "",
        actor=actor,
        actor_assurance=assurance,
        action=action,
        purpose=purpose,
        reason=reason,
        policy_id=ref.id,
        policy_version=ref.version,
        policy_digest=ref.digest,
        request_id=request_id,
        item_id=item_id,
        bytes_in=bytes_in,
        bytes_out=bytes_out,
        fields=fields,
    )


def unmasked_event(
    *, request_id: str, permit_id: str, actor: str, purpose: str, fields: Sequence[FieldUse], time_ms: int | None = None
) -> LineageEvent:
    """The row of a reversal of tokens under a permit; ``fields`` say which kinds and how many, never the values."""
    event = gate_event("unmasked", request_id=request_id, item_id=permit_id, time_ms=time_ms, actor=actor,
                       action="unmask", purpose=purpose, fields=fields)  # fmt: skip
    event.records = sum(use.count for use in fields)
    return event


def to_dict(event: LineageEvent) -> dict[str, Any]:
    """The event as JSON, and as a general Avro writer takes it."""
    return {name: getattr(event, name) for name in _NAMES} | {"fields": [_use(use) for use in event.fields]}


def _use(use: FieldUse) -> dict[str, Any]:
    return {
        "path": use.path,
        "entity": use.entity,
        "operator": use.operator,
        "detector": use.detector,
        "score": use.score,
        "count": use.count,
        "value_mac": use.value_mac,
    }


_NAMES = tuple(LineageEvent.__dataclass_fields__)


__all__ = [
    "Assurance", "Engines", "FieldUse", "Kind", "LineageEvent", "Quarantined", "Route", "batch_event",
    "event_id", "from_outcomes", "gate_event", "record_event", "to_dict", "touched", "unmasked_event",
]  # fmt: skip
