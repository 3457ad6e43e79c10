"""Lineage events and messages for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from maskgate.base.records import FieldUse, Masked, PolicyRef, Record
from maskgate.lineage.event import Engines, Route, record_event
from maskgate.lineage.wire.codec import encode

ENGINES = Engines(PolicyRef("default", "7", "ab" * 32), "cd" * 32, {"maskgate": "0.1.0", "spacy": "3.8.7"})
USE = FieldUse("/user/email", "EMAIL_ADDRESS", "pseudonym", "email", 1.0, 1, "5e" * 16)
T0 = 1_795_300_000_000  # 2026-11-21T22:26:40Z


def record(offset: int, topic: str = "orders", partition: int = 0, value: bytes | None = b'{"a": 1}') -> Record:
    """A source record."""
    return Record(topic, partition, offset, value, b"k", (), T0)


def event_bytes(offset: int, topic: str = "orders", partition: int = 0, fields: tuple[FieldUse, ...] = (USE,)) -> bytes:
    """The encoded event of a masked record."""
    outcome = Masked(b'{"a": "x"}', b"k", (), fields, True)
    return encode(record_event(record(offset, topic, partition), outcome, ENGINES, Route(f"{topic}.masked", partition)))


class Message:
    """What the sink sees of a Kafka message."""

    def __init__(self, partition: int, offset: int, value: bytes | None, append_ms: int = T0) -> None:
        self._fields = ("maskgate.lineage", partition, offset, value, append_ms)

    def topic(self) -> str:
        return self._fields[0]

    def partition(self) -> int:
        return self._fields[1]

    def offset(self) -> int:
        return self._fields[2]

    def value(self) -> bytes | None:
        return self._fields[3]

    def timestamp(self) -> tuple[int, int]:
        return (2, self._fields[4])


class LineageTopic:
    """An in-memory lineage topic with the session that a sink reads it through."""

    def __init__(self, partitions: int = 1) -> None:
        self.messages: dict[int, list[Message]] = {p: [] for p in range(partitions)}
        self.committed: dict[tuple[str, int], int] = {}

    def append(self, partition: int, value: bytes | None, append_ms: int = T0, gap: int = 0) -> int:
        """Add a message; ``gap`` offsets before it belong to aborted records and markers."""
        there = self.messages[partition]
        offset = (there[-1].offset() + 1 if there else 0) + gap
        there.append(Message(partition, offset, value, append_ms))
        return offset

    def reader(self, positions: dict[tuple[str, int], int]) -> Reader:
        """A session that starts at these positions."""
        return Reader(self, {partition: offset for (_, partition), offset in positions.items()})


class Reader:
    """The fake session: polls what lies behind its positions."""

    def __init__(self, topic: LineageTopic, positions: dict[int, int]) -> None:
        self._topic, self._positions = topic, positions

    def poll(self, max_records: int, max_wait_s: float) -> list[Message]:
        out = []
        for partition, at in self._positions.items():
            found = [m for m in self._topic.messages[partition] if m.offset() >= at][:max_records]
            if found:
                self._positions[partition] = found[-1].offset() + 1
            out += found
        return out

    def commit(self, outs: object, offsets: dict[tuple[str, int], int]) -> None:
        self._topic.committed |= offsets


class Few:
    """A session that gives a few messages at a time."""

    def __init__(self, reader: object) -> None:
        self._reader = reader

    def poll(self, _: int, wait: float) -> list[object]:
        """Five at the most."""
        return self._reader.poll(5, wait)  # type: ignore[attr-defined, no-any-return]

    def commit(self, outs: object, offsets: object) -> None:
        """As the session does."""
        self._reader.commit(outs, offsets)  # type: ignore[attr-defined]


def topic_of(count: int, partitions: int = 1) -> LineageTopic:
    """So many events, one partition after the other."""
    topic = LineageTopic(partitions)
    for number in range(count):
        at = number % partitions
        topic.append(at, event_bytes(number, partition=at))
    return topic


def fetch_of(topic: LineageTopic) -> Callable[[tuple[str, int], int, int], Iterator[Message]]:
    """Reads a range of offsets of the topic again."""
    return lambda at, start, end: iter([m for m in topic.messages[at[1]] if start <= m.offset() <= end])
