"""What the lineage sink counts, seen from between it and its session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from maskgate.base.meters import Meters
from maskgate.kafka.lag import Lag, Place


class Counts(Protocol):
    """What the sink wrote."""

    rows: int
    files: int


class Reader(Protocol):
    """What is needed of a session."""

    def poll(self, max_records: int, max_wait_s: float) -> list[Any]:
        """Messages."""

    def commit(self, outs: Any, offsets: Mapping[Place, int]) -> None:
        """Show how far the sink is."""

    def ends(self) -> dict[Place, int]:
        """Where the partitions end."""


class Metered:
    """A session whose reader is counted; the monitor is told once a second."""

    def __init__(self, reader: Reader, sink: Counts, meters: Meters) -> None:
        self._reader, self._sink, self._meters = reader, sink, meters
        self._lag = Lag()

    def poll(self, max_records: int, max_wait_s: float) -> list[Any]:
        """Messages of the session."""
        found = self._reader.poll(max_records, max_wait_s)
        self._lag.polled(bool(found))
        for message in found:
            self._lag.read(message.topic(), message.partition(), message.offset(), message.timestamp()[1])
        if self._meters.due():
            self._show()
        return found

    def _show(self) -> None:
        self._meters.ready = True
        self._meters.set("maskgate_lineage_rows_total", self._sink.rows)
        self._meters.set("maskgate_lineage_files_total", self._sink.files)
        self._lag.show(self._meters, self._reader.ends())
        self._meters.flush()

    def commit(self, outs: Any, offsets: Mapping[Place, int]) -> None:
        """Show how far the sink is."""
        self._reader.commit(outs, offsets)
