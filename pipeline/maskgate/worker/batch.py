"""One batch: records in, everything that has to be written out; nothing here talks to a broker.

Every record ends in exactly one of: its masked copy, a signed request item, a dead letter. Each of them and each
lineage row is known to fit its topic before a transaction is opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from maskgate.approvals.messages import items
from maskgate.base.errors import RecordError, WorldError
from maskgate.base.records import Header, Held, Masked, Outcome, PolicyRef, Quarantined, Record
from maskgate.crypto.signing import Signer
from maskgate.kafka import topics
from maskgate.kafka.session import Out
from maskgate.lineage import event as lineage
from maskgate.lineage.wire import codec
from maskgate.worker import dead_letter
from maskgate.worker.origin import Origins

POLICY_VERSION = "maskgate.policy-version"
RULE_IDS = "maskgate.rule-ids"
SOURCE = "maskgate.source"
_OURS = frozenset({POLICY_VERSION, RULE_IDS, SOURCE})
_MAX_RULE_IDS = 64
_OVERHEAD = 256  # Kafka's own bytes around a record and its batch, rounded up
_DEFAULT_LIMIT = 1_000_000
_OUT_OF_TIME = "timeout"
_OWN_SHARE = 0.8  # a process that gets less of the machine than this is not alone on it
CHUNK_RECORDS = 250
CHUNK_BYTES = 1 << 20


class Masking(Protocol):
    """The pure step; see :mod:`maskgate.masking.masker`."""

    def batch(self, records: Sequence[Record]) -> list[Outcome]:
        """One outcome per record, in order."""


@dataclass(slots=True)
class Kit:
    """What a worker works with; replaced as a whole when the policy changes."""

    masker: Masking
    policy: PolicyRef
    digest: str
    versions: Mapping[str, str]
    item_keys: tuple[bytes, ...]  # the one in use, then older ones
    mac_key: bytes
    signer: Signer | None
    origins: Origins
    seal_to: X25519PublicKey | None = None
    seal_dead_letters: bool = False
    topic_ids: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    partitions: Mapping[str, int] = field(default_factory=dict)

    @property
    def engines(self) -> lineage.Engines:
        """What the lineage rows of this kit say about detectors and policy."""
        return lineage.Engines(self.policy, self.digest, self.versions)


def mask(
    kit: Kit,
    records: Sequence[Record],
    condemned: frozenset[tuple[str, int, int]] | set[tuple[str, int, int]] = frozenset(),
    beat: Callable[[Sequence[Record]], None] = lambda chunk: None,
) -> list[Outcome]:
    """The outcome of each record; ``beat`` is called before each chunk. A masker that raises costs one record."""
    out: list[Outcome] = []
    for chunk in _chunks(records):
        beat(chunk)
        look = [r for r in chunk if (r.topic, r.partition, r.offset) not in condemned] if condemned else chunk
        seen = iter(_timed(kit, look, beat))
        if len(look) == len(chunk):
            out.extend(seen)
            continue
        killed = Quarantined("killed_worker", "the process died twice on this record; it was not looked at again")
        out += [killed if (r.topic, r.partition, r.offset) in condemned else next(seen) for r in chunk]
    return out


def _chunks(records: Sequence[Record]) -> list[Sequence[Record]]:
    if len(records) <= CHUNK_RECORDS and sum(len(r.value or b"") for r in records) <= CHUNK_BYTES:
        return [records]
    chunks: list[Sequence[Record]] = []
    current: list[Record] = []
    size = 0
    for record in records:
        length = len(record.value or b"")
        if current and (len(current) >= CHUNK_RECORDS or size + length > CHUNK_BYTES):
            chunks.append(current)
            current, size = [], 0
        current.append(record)
        size += length
    if current:
        chunks.append(current)
    return chunks


def _timed(kit: Kit, records: Sequence[Record], beat: Callable[[Sequence[Record]], None]) -> list[Outcome]:
    """The outcomes; what ran out of time while this process did not get the machine is tried once more, alone.

    Time that was really spent computing is the record's own: trying that again would double the cost of an attack.
    """
    began = _clocks()
    outcomes = _masked(kit, records)
    wall, cpu = (now - then for now, then in zip(_clocks(), began, strict=True))
    if cpu > _OWN_SHARE * wall:
        return outcomes
    for n, outcome in enumerate(outcomes):
        if isinstance(outcome, Quarantined) and outcome.code == _OUT_OF_TIME:
            beat([records[n]])
            outcomes[n] = _masked(kit, [records[n]])[0]
    return outcomes


def _clocks() -> tuple[float, float]:
    """The time of the wall and of this process."""
    return time.perf_counter(), time.process_time()


def _masked(kit: Kit, records: Sequence[Record]) -> list[Outcome]:
    if not records:
        return []
    try:
        outcomes = kit.masker.batch(records)
        if len(outcomes) == len(records):
            return outcomes
        raise RecordError("detector_failed", "an outcome is missing")
    except WorldError:  # a registry that does not answer is not the record's fault: end, commit nothing
        raise
    except Exception as error:  # fail closed: whatever it was, nothing passes unlooked at
        if len(records) == 1:
            return [Quarantined("detector_failed", type(error).__name__)]
    return [outcome for record in records for outcome in _masked(kit, [record])]


@dataclass(slots=True)
class _Lane:
    """What is the same for all records of one input partition."""

    topic: str  # of the masked records
    limit: int
    source: bytes  # ``topic/partition/``
    route: lineage.Route
    passed: list[Record] = field(default_factory=list)


class Writer:
    """Turns outcomes into what is written; one for each batch."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._engines = kit.engines
        self._outs: list[Out] = []
        self._rows: list[bytes] = []
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._strangers: dict[tuple[str, lineage.Route], list[Record]] = {}  # passed, of actors who signed
        self._now_ms = time.time_ns() // 1_000_000
        self._version: Header = (POLICY_VERSION, kit.policy.version.encode())
        self._signed = bool(kit.origins.keys)

    def add(self, record: Record, outcome: Outcome) -> Outcome:
        """Place one record; what became of it: the outcome, or why even that could not be written."""
        try:
            if isinstance(outcome, Masked):
                self._pass(record, outcome)
            elif isinstance(outcome, Held):
                self._hold(record, outcome)
            else:
                self._refuse(record, outcome)
            return outcome
        except RecordError as error:
            why = Quarantined(error.code, error.detail)
        except WorldError:  # a key service that does not answer is not the record's fault either
            raise
        except Exception as error:  # ours, not the record's: it still must not stop its neighbours, nor pass
            why = Quarantined("worker_failed", type(error).__name__)
        self._refuse(record, why)
        return why

    def finish(self) -> list[Out]:
        """Everything to write, the rows of lineage last."""
        runs = [(lane.passed, lane.route) for lane in self._lanes.values() if lane.passed]
        runs += [(records, route) for (_, route), records in self._strangers.items()]
        for records, route in runs:
            row = lineage.batch_event(records, self._engines, route, time_ms=self._now_ms)
            self._rows.append(codec.encode(row))
        return self._outs + [Out(topics.LINEAGE, row) for row in self._rows]

    def _lane(self, record: Record) -> _Lane:
        lane = self._lanes.get((record.topic, record.partition))
        if lane is None:
            topic = topics.masked(record.topic)
            limit = self._kit.limits.get(topic, _DEFAULT_LIMIT)
            who = self._kit.origins.of_topic(record.topic)
            route = lineage.Route(topic, record.partition, "", who.actor, who.assurance)
            lane = _Lane(topic, limit, f"{record.topic}/{record.partition}/".encode(), route)
            self._lanes[(record.topic, record.partition)] = lane
        return lane

    def _pass(self, record: Record, outcome: Masked) -> None:
        """The hot path: most records end here, most of them unchanged."""
        lane = self._lanes.get((record.topic, record.partition)) or self._lane(record)
        value, key, fields = outcome.value, outcome.key, outcome.fields
        headers: tuple[Header, ...] = (self._version, (SOURCE, lane.source + b"%d" % record.offset))
        if outcome.headers or fields:
            headers = self._headers(outcome, headers)
        out = Out(lane.topic, value, key, headers, record.partition, record.timestamp_ms)
        if _size(out) > lane.limit:
            raise RecordError("result_too_large", f"{_size(out)} bytes for {out.topic}, which takes {lane.limit}")
        route = self._route(record, lane) if self._signed and record.headers else lane.route
        if fields or outcome.changed:
            self._row(record, outcome, route)
        elif route is lane.route:
            lane.passed.append(record)
        else:
            self._strangers.setdefault((record.topic, route), []).append(record)
        self._outs.append(out)
        if value is None and key is not None:
            self._source_deleted(record, key)

    def _route(self, record: Record, lane: _Lane) -> lineage.Route:
        """Where a record went, with the actor whom its signature names."""
        who = self._kit.origins.who(record)
        if (who.actor, who.assurance) == (lane.route.actor, lane.route.assurance):
            return lane.route
        return lineage.Route(lane.topic, record.partition, "", who.actor, who.assurance)

    def _source_deleted(self, record: Record, key: bytes) -> None:
        """A tombstone passes, and what is held of its key is withdrawn."""
        kit = self._kit
        if kit.signer is None:  # then nothing was ever held
            return
        for item_key in kit.item_keys:  # what is held may be older than the key in use
            value = items.build_source_deleted(
                record.topic, record.partition, record.offset, key, item_key=item_key, signer=kit.signer
            )
            self._outs.append(Out(topics.REQUESTS, value, None, (), 0))

    def _hold(self, record: Record, outcome: Held) -> None:
        kit = self._kit
        if kit.signer is None:
            raise RecordError("no_pipeline_key", "nothing signs the item; run `maskgate keys create pipeline`")
        topic_id = kit.topic_ids.get(record.topic, "")
        destination = str(outcome.export.get("destination", ""))
        requester = kit.origins.requester(record, destination)
        value = items.build_item(
            outcome,
            record,
            requester=requester,
            policy=kit.policy,
            detectors=kit.digest,
            item_key=kit.item_keys[0],
            signer=kit.signer,
            seal_to=kit.seal_to,
            topic_id=topic_id,
            now_ms=self._now_ms,
        )
        ident = items.item_id(kit.item_keys[0], topic_id or record.topic, record.partition, record.offset)
        out = Out(topics.REQUESTS, value, ident.encode(), (self._version, _source(record)), 0)
        self._fit(out)
        who = kit.origins.as_actor(requester)
        self._row(record, outcome, lineage.Route(out.topic, 0, ident, who.actor, who.assurance, item_id=ident))
        self._outs.append(out)

    def _refuse(self, record: Record, why: Quarantined) -> None:
        kit = self._kit
        topic = topics.dead_letters(record.topic)
        partition = record.partition % kit.partitions.get(topic, record.partition + 1)
        for seal_to in (kit.seal_to if kit.seal_dead_letters else None, None):
            out = dead_letter.build(
                record,
                why,
                mac_key=kit.mac_key,
                policy_version=kit.policy.version,
                partition=partition,
                seal_to=seal_to,
            )
            if _size(out) <= kit.limits.get(topic, _DEFAULT_LIMIT):
                break
        who = kit.origins.who(record)
        self._row(record, why, lineage.Route(topic, partition, "", who.actor, who.assurance))
        self._outs.append(out)

    def _row(self, record: Record, outcome: Outcome, route: lineage.Route) -> None:
        row = codec.encode(lineage.record_event(record, outcome, self._engines, route, time_ms=self._now_ms))
        if len(row) + _OVERHEAD > self._kit.limits.get(topics.LINEAGE, _DEFAULT_LIMIT):
            raise RecordError("lineage_too_large", f"its lineage row would have {len(row)} bytes")
        self._rows.append(row)

    def _fit(self, out: Out) -> None:
        limit = self._kit.limits.get(out.topic, _DEFAULT_LIMIT)
        if (size := _size(out)) > limit:
            raise RecordError("result_too_large", f"{size} bytes for {out.topic}, which takes {limit}")

    @staticmethod
    def _headers(outcome: Masked, ours: tuple[Header, ...]) -> tuple[Header, ...]:
        """Theirs, without those in our name (a producer cannot speak in it), then ours."""
        theirs = tuple(h for h in outcome.headers if h[0] not in _OURS)
        if not outcome.fields:
            return theirs + ours
        rules = sorted({use.detector for use in outcome.fields})[:_MAX_RULE_IDS]
        return (*theirs, *ours, (RULE_IDS, ",".join(rules).encode()))


def _source(record: Record) -> Header:
    return SOURCE, f"{record.topic}/{record.partition}/{record.offset}".encode()


def _size(out: Out) -> int:
    size = _OVERHEAD
    if out.value is not None:
        size += len(out.value)
    if out.key is not None:
        size += len(out.key)
    for name, value in out.headers:
        size += len(name) + 10
        if value is not None:
            size += len(value)
    return size
