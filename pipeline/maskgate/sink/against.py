"""Whether all that lineage tells of is in the topics: a batch of which only a part became valid shows here.

A worker writes results, lineage rows and offsets in one transaction. A broker that loses a part of it (docs/streams.md
names a way) leaves rows of lineage whose records no reader ever sees. Every result carries the coordinates of its
source, so each can be looked for by them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from maskgate.base.address import Where
from maskgate.base.config import Kafka
from maskgate.kafka import admin
from maskgate.lineage.ask import query
from maskgate.worker.source import source_of

Way = tuple[str, str, int]
"""Topic of the results, topic and partition of their source."""

_PATIENCE_S = 300.0
_ROWS = """SELECT kind, dest_topic, source_topic, source_partition, source_offset, source_end_offset, records
FROM lineage WHERE kind IN ('masked', 'passed', 'held', 'quarantined') AND dest_topic IS NOT NULL"""


class Told(NamedTuple):
    """A row of lineage: ``records`` between two offsets, both inclusive, went a way."""

    way: Way
    first: int
    last: int
    records: int


class Gap(NamedTuple):
    """Records of a source that lineage and the topic of the results do not agree on."""

    way: Way
    first: int
    last: int
    told: int
    found: int

    def __str__(self) -> str:
        to, source, partition = self.way
        where = f"{source}/{partition}/{self.first}" + (f"-{self.last}" if self.last > self.first else "")
        return f"{where}: lineage tells of {self.told}, {to} has {self.found}"


def compare(kafka: Kafka, where: Where, topics: Sequence[str]) -> list[Gap]:
    """What is missing or doubled of the records of ``topics``; the rows are read first, so what is new does no harm.

    Raises:
        WorldError: no broker, or an open transaction holds readers back for minutes.
    """
    told = rows(where, topics)
    names = sorted({row.way[0] for row in told})
    cut = admin.cut_off(kafka, names)
    seen: dict[Way, Counter[int]] = defaultdict(Counter)
    for name in names:
        for message in admin.read_to_end(kafka, [name], timeout_s=_PATIENCE_S):
            if source := source_of(message.headers()):
                topic, partition, offset = source
                seen[name, topic, partition][offset] += 1
    return list(gaps([row for row in told if row.way[0] not in cut or row.first >= _oldest(seen, row.way)], seen))


def _oldest(seen: Mapping[Way, Counter[int]], way: Way) -> float:
    """The oldest record that a topic still has; one that lost its beginning to its retention tells nothing of those
    before."""
    return min(seen.get(way, ()), default=math.inf)


def rows(where: Where, topics: Sequence[str]) -> list[Told]:
    """What lineage tells of the records of ``topics``."""
    found = query.select(where, _ROWS).rows
    return [Told((to, topic, p), first, last, n) for _, to, topic, p, first, last, n in found if topic in topics]


def gaps(told: Iterable[Told], seen: Mapping[Way, Counter[int]]) -> Iterator[Gap]:
    """Where the counts differ, neighbours as one."""
    by_way: dict[Way, list[Told]] = defaultdict(list)
    for row in told:
        by_way[row.way].append(row)
    for way, mine in sorted(by_way.items()):
        yield from _joined(_of_way(way, mine, Counter(seen.get(way, ()))))


def _of_way(way: Way, told: Sequence[Told], seen: Counter[int]) -> Iterator[Gap]:
    """First the rows of one record each; what they do not account for is left to the runs."""
    single: Counter[int] = Counter()
    for row in told:
        if row.first == row.last:
            single[row.first] += row.records
    for offset, count in sorted(single.items()):
        found = seen[offset]
        seen[offset] = max(0, found - count)
        if found < count:
            yield Gap(way, offset, offset, count, found)
    for first, last, count in _runs(row for row in told if row.first != row.last):
        found = sum(seen.pop(offset, 0) for offset in range(first, last + 1))
        if found != count:
            yield Gap(way, first, last, count, found)
    for offset in sorted(offset for offset, n in seen.items() if n and single[offset]):
        yield Gap(way, offset, offset, single[offset], single[offset] + seen[offset])


def _runs(told: Iterable[Told]) -> Iterator[tuple[int, int, int]]:
    """Runs of records that passed; those that overlap (one for each actor of a batch) count together."""
    current: list[int] = []
    for row in sorted(told, key=lambda row: row.first):
        if current and row.first <= current[1]:
            current = [current[0], max(current[1], row.last), current[2] + row.records]
            continue
        if current:
            yield current[0], current[1], current[2]
        current = [row.first, row.last, row.records]
    if current:
        yield current[0], current[1], current[2]


def _joined(found: Iterable[Gap]) -> Iterator[Gap]:
    """Neighbours that lack the same way as one line."""
    last: Gap | None = None
    for gap in sorted(found, key=lambda gap: gap.first):
        if last and gap.first == last.last + 1 and (gap.found < gap.told) == (last.found < last.told):
            last = Gap(gap.way, last.first, gap.last, last.told + gap.told, last.found + gap.found)
            continue
        if last:
            yield last
        last = gap
    if last:
        yield last
