"""How far a reader is behind, in records and seconds, from what its client knows anyway."""

from __future__ import annotations

import time
from collections.abc import Mapping

from maskgate.base.meters import Meters

Place = tuple[str, int]
_SETTLED = 2  # polls without a record after which everything there was has been read: the rest are markers


class Lag:
    """Follows what was read; ``show`` compares it with where the partitions end."""

    def __init__(self) -> None:
        self._next: dict[Place, tuple[int, int]] = {}  # next offset, time of the last record in ms
        self._empty = 0

    def polled(self, some: bool) -> None:
        """A poll ended, with or without records."""
        self._empty = 0 if some else self._empty + 1

    def read(self, topic: str, partition: int, offset: int, at_ms: int) -> None:
        """A record was read."""
        self._next[topic, partition] = (offset + 1, at_ms)

    def show(self, meters: Meters, ends: Mapping[Place, int]) -> None:
        """Set ``maskgate_lag_*`` of the partitions in ``ends``; of others there is nothing to say any more."""
        for name in ("maskgate_lag_records", "maskgate_lag_seconds"):
            meters.forget(name)
        for (topic, partition), end in ends.items():
            offset, at_ms = self._next.get((topic, partition), (end, 0))
            behind = 0 if self._empty >= _SETTLED else max(0, end - offset)
            age = max(0.0, time.time() - at_ms / 1000) if behind and at_ms > 0 else 0.0
            meters.set("maskgate_lag_records", behind, topic=topic, partition=str(partition))
            meters.set("maskgate_lag_seconds", round(age, 3), topic=topic, partition=str(partition))
