"""Rows of one partition of the lineage topic, gathered and written as claimed Parquet files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from maskgate.base.errors import RecordError
from maskgate.lineage.event import LineageEvent, event_id, to_dict
from maskgate.lineage.sinks import claims, columns
from maskgate.lineage.sinks.store import Hole, Store
from maskgate.lineage.wire import codec

_GROUP_ROWS = 50_000


class Message(Protocol):
    """What a row needs of a Kafka message."""

    def offset(self) -> int: ...

    def timestamp(self) -> tuple[int, int]: ...

    def value(self) -> bytes | None: ...


def decode_row(partition: int, offset: int, append_ms: int, value: bytes | None) -> columns.Row:
    """The message as a row; one that cannot be read becomes a row that says so, for every offset is accounted for."""
    try:
        if value is None:
            raise RecordError("bad_lineage_event", "a tombstone")
        event = codec.current().decode(value)
    except RecordError as error:
        bad = LineageEvent(event_id("other", partition, offset, append_ms), "other", append_ms, reason=error.code)
        bad.bytes_in = len(value or b"")
        event = to_dict(bad) | {"fields": []}
    return columns.Row(partition, offset, append_ms, event)


class PartitionWriter:
    """Gathers the rows after the newest claim of one partition and publishes them as one file at a time."""

    def __init__(self, store: Store, topic: str, topic_id: str, partition: int) -> None:
        self._store, self._topic, self._topic_id, self.partition = store, topic, topic_id, partition
        self._rows: list[columns.Row] = []
        self._first_at = 0.0
        self.start = 0
        self.holes: list[Hole] = []
        self.resume()

    def resume(self) -> int:
        """Forget what is gathered and take the place after the newest claim; returns the offset to read from."""
        self._rows.clear()
        self.start, holes = self._store.resume(self._topic_id, self.partition)
        self.holes = list(holes)
        return self.start

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, offset: int, append_ms: int, value: bytes | None, now: float | None = None) -> None:
        """Take one message; offsets before the start are of no concern any more."""
        if offset < self.start or (self._rows and offset <= self._rows[-1].offset):
            return
        if not self._rows:
            self._first_at = time.monotonic() if now is None else now
        self._rows.append(decode_row(self.partition, offset, append_ms, value))

    def due(self, max_rows: int, max_wait_s: float, now: float | None = None) -> bool:
        """Whether it is time to write."""
        waited = (time.monotonic() if now is None else now) - self._first_at
        return bool(self._rows) and (len(self._rows) >= max_rows or waited >= max_wait_s)

    def flush(self) -> claims.Footer | None:
        """Publish what is gathered; None where there is nothing.

        Raises:
            Fenced: another sink was faster; call :meth:`resume` and read on from there.
        """
        if not self._rows:
            return None
        footer = self._footer(self._rows)
        self._store.publish([columns.table(self._rows)], footer)
        self._rows.clear()
        self.start = footer.end + 1
        return footer

    def fill(self, hole: Hole, messages: Iterable[Message], now_ms: int) -> int:
        """Write a hole anew from the messages of its offsets; how many rows could not be had any more."""
        rows = [
            decode_row(self.partition, m.offset(), m.timestamp()[1], m.value())
            for m in messages
            if hole.name.start <= m.offset() <= hole.end
        ]
        first, last = (rows[0].append_ms, rows[-1].append_ms) if rows else (now_ms, now_ms)
        footer = claims.Footer(
            self._topic, *hole.name, hole.end, len(rows), first, last, codec.schema_version()
        )  # fmt: skip
        missing = max(0, hole.rows - len(rows))
        parts = [rows[at : at + _GROUP_ROWS] for at in range(0, max(1, len(rows)), _GROUP_ROWS)]
        self._store.publish(map(columns.table, parts), footer, missing)
        return missing

    def _footer(self, rows: Sequence[columns.Row]) -> claims.Footer:
        return claims.Footer(
            topic=self._topic,
            topic_id=self._topic_id,
            partition=self.partition,
            start=self.start,
            end=rows[-1].offset,
            rows=len(rows),
            first_append_ms=rows[0].append_ms,
            last_append_ms=rows[-1].append_ms,
            schema=codec.schema_version(),
        )
