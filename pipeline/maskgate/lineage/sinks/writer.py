"""Rows of one partition of the lineage topic, gathered and written as claimed Parquet files."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from maskgate.base.errors import RecordError, WorldError
from maskgate.lineage.event import LineageEvent, event_id, to_dict
from maskgate.lineage.sinks import claims, columns
from maskgate.lineage.wire import codec


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


def write_file(path: Path, rows: pa.Table, footer: claims.Footer) -> None:
    """A synced Parquet file with page checksums and the footer; not visible to anyone yet.

    Raises:
        WorldError: the disk is full or gone.
    """
    table = rows.replace_schema_metadata(footer.metadata())
    try:
        with path.open("wb") as out:
            pq.write_table(table, out, compression="zstd", write_page_checksum=True, store_schema=True)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise WorldError(f"{path.parent}: cannot write lineage: {error.strerror or type(error).__name__}") from None


class PartitionWriter:
    """Gathers the rows after the newest claim of one partition and publishes them as one file at a time."""

    def __init__(self, folder: Path, topic: str, topic_id: str, partition: int, instance: str) -> None:
        self._folder, self._topic, self._topic_id, self.partition = folder, topic, topic_id, partition
        self._instance = instance
        self._rows: list[columns.Row] = []
        self._first_at = 0.0
        self._files = 0
        self.start = 0
        self.resume()

    def resume(self) -> int:
        """Forget what is gathered and take the place after the newest claim; returns the offset to read from."""
        self._rows.clear()
        claim = claims.newest(self._folder, self._topic_id, self.partition)
        if claim is not None:
            claims.show(self._folder, claim)
        self.start = claim.footer.end + 1 if claim else 0
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
        self._files += 1
        temp = self._folder / f"{claims.TEMP}{self._instance}-{os.getpid()}-{self.partition}-{self._files}"
        write_file(temp, columns.table(self._rows), footer)
        claims.publish(self._folder, temp, footer)
        self._rows.clear()
        self.start = footer.end + 1
        return footer

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
