"""What became of every event, read by a reader of our own: once masked, held or dead, in order of its key, and bare
of what was to be masked."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from benchmarks.chaos.feeder import RAW

from maskgate.approvals.messages import items
from maskgate.base.config import Kafka
from maskgate.crypto import signing
from maskgate.kafka import topics
from maskgate.lineage.ask import query
from maskgate.local import brokers

_NUMBER = re.compile(rb'"n": ?(\d+)')
_PATIENCE_S = 120.0


def number(value: bytes) -> int:
    """The id of an event, from its bytes or from what became of them."""
    found = _NUMBER.search(value)
    if found is None:
        raise ValueError("a record without an id")
    return int(found[1])


@dataclass
class Verdict:
    """Counts; those of :meth:`faults` must be 0."""

    events: int = 0
    fed_twice: int = 0
    masked: int = 0
    held: int = 0
    dead: int = 0
    released: int = 0
    denied: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    raw: int = 0
    undecided: int = 0
    released_twice: int = 0
    released_denied: int = 0
    lineage_rows: int = 0
    lineage_lost: int = 0
    lineage_doubled: int = 0
    unexplained: int = 0
    aborted: int = 0
    first_lost: list[int] = field(default_factory=list)
    first_doubled: list[int] = field(default_factory=list)
    places_of_raw: list[str] = field(default_factory=list)

    def faults(self) -> dict[str, int]:
        """What must be 0 and is not."""
        names = ("lost", "doubled", "out_of_order", "raw", "undecided", "released_twice", "released_denied",
                 "lineage_lost", "lineage_doubled", "unexplained")  # fmt: skip
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Judge:
    """Reads what was fed and what came out; a topic that is deleted has to be read first (:meth:`read_source`)."""

    def __init__(self, kafka: Kafka, inputs: tuple[str, ...], count: int, pipeline: signing.Signer) -> None:
        self._kafka, self._inputs, self._pipeline = kafka, inputs, pipeline
        self._fed = array("B", bytes(count))
        self._seen = array("B", bytes(count))
        self._letters_read: dict[tuple[str, int], int] = {}
        self.verdict = Verdict()

    def read_source(self, topic: str) -> None:
        """Count what lies in an input topic now, and the dead letters that were written for it."""
        place: dict[tuple[int, int], int] = {}
        for m in self._read(topic):
            n = number(m.value())
            self._fed[n] += 1
            place[m.partition(), m.offset()] = n
        name = topics.dead_letters(topic)
        for m in self._read(name):
            at = (name, m.partition())
            if m.offset() < self._letters_read.get(at, 0):
                continue
            self._letters_read[at] = m.offset() + 1
            body = orjson.loads(m.value())
            n = place.get((body["partition"], body["offset"]), -1)
            self.verdict.dead += 1
            self.verdict.unexplained += n < 0
            if n >= 0:
                self._seen[n] += 1

    def _read(self, topic: str, committed: bool = True) -> Iterator[Any]:
        return brokers.read_to_end(self._kafka, [topic], committed=committed, timeout_s=_PATIENCE_S)

    def judge(self, denied: frozenset[str], folders: tuple[Path, ...], lineage: Path | None, gate: bool) -> Verdict:
        """Read everything that is left, and count."""
        for topic in self._inputs:
            self.read_source(topic)
            self._read_masked(topics.masked(topic))
        held = self._read_items()
        if gate:
            self._read_released(held, denied)
        for name in (*topics.CONTROL, topics.LINEAGE, *map(topics.dead_letters, self._inputs)):
            for m in self._read(name):
                self._look(name, m)
        self._count()
        if lineage is not None:
            self._read_lineage(lineage)
        for folder in folders:
            self._search(folder)
        return self.verdict

    def _count(self) -> None:
        verdict = self.verdict
        for n, (fed, seen) in enumerate(zip(self._fed, self._seen, strict=True)):
            for found, wrong in ((verdict.first_lost, fed > seen), (verdict.first_doubled, seen > fed)):
                if wrong and len(found) < 10:
                    found.append(n)
            verdict.events += fed > 0
            verdict.fed_twice += max(0, fed - 1)
            verdict.lost += max(0, fed - seen)
            verdict.doubled += max(0, seen - fed)

    def _look(self, place: str, message: Any) -> None:
        """Whether a raw value stands in any part of a record."""
        parts = [message.value() or b"", message.key() or b"", *(v or b"" for _, v in message.headers() or ())]
        if any(RAW in part for part in parts):
            self.verdict.raw += 1
            self._tell(f"{place}/{message.partition()}/{message.offset()}")

    def _tell(self, place: str) -> None:
        if len(self.verdict.places_of_raw) < 10:
            self.verdict.places_of_raw.append(place)

    def _read_masked(self, name: str) -> None:
        last: dict[tuple[int, bytes], int] = {}
        rows = 0
        for m in self._read(name):
            rows += 1
            n, at = number(m.value()), (m.partition(), m.key())
            self._seen[n] += 1
            self.verdict.out_of_order += n <= last.get(at, -1)
            last[at] = max(n, last.get(at, -1))
            self._look(name, m)
        self.verdict.masked += rows
        self.verdict.aborted += sum(1 for _ in self._read(name, committed=False)) - rows

    def _read_items(self) -> dict[str, int]:
        """Item id → id of the event; the same item twice is a double."""
        held: dict[str, int] = {}
        keys = {self._pipeline.key_id: self._pipeline.public}
        for m in self._read(topics.REQUESTS):
            if m.key():
                opened = items.parse_item(m.value(), keys, m.offset())
                n = number(opened.value)
                held[opened.item.item_id] = n
                self._seen[n] += 1
                self.verdict.held += 1
        return held

    def _read_released(self, held: Mapping[str, int], denied: frozenset[str]) -> None:
        times: Counter[str] = Counter()
        for name in map(topics.released, self._inputs):
            for m in self._read(name):
                request, _, item = (m.key() or b"").decode().rpartition("/")
                times[item] += 1
                self.verdict.released_denied += request in denied
                self.verdict.unexplained += held.get(item) != number(m.value())
                self._look(name, m)
        self.verdict.released = len(times)
        self.verdict.released_twice = sum(n - 1 for n in times.values())
        self.verdict.denied = len(denied)
        self.verdict.undecided = abs(len(held) - len(times) - len(denied))

    def _read_lineage(self, folder: Path) -> None:
        worker = "kind IN ('masked', 'held', 'quarantined', 'passed')"
        ask = f"SELECT sum(records)::BIGINT, count(*), count(*) - count(DISTINCT event_id) FROM lineage WHERE {worker}"
        total, rows, twice = query.select(folder, ask).rows[0]
        fed = sum(self._fed)
        self.verdict.lineage_rows = rows
        self.verdict.lineage_lost = max(0, fed - (total or 0))
        self.verdict.lineage_doubled = max(0, (total or 0) - fed) + twice

    def _search(self, folder: Path) -> None:
        """Whether a raw value stands in a file of a host."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and RAW in path.read_bytes():
                self.verdict.raw += 1
                self._tell(str(path.relative_to(folder)))
