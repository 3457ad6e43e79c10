"""How far the gate has decided, as its heartbeat says, and since when it is silent."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from maskgate.gate import beat

SILENT_S = 15.0
"""How long something of ours may lie unread before the gate is said to be silent."""
DEAD_S = 3 * beat.EVERY_S
"""How long there may be no heartbeat at all."""
_REMEMBERED = 1000


class Heart:
    """What was heard of the gate; one writer (the feed), many readers."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._last = beat.Beat()
        self._heard = clock()
        self._sent: OrderedDict[tuple[str, int], float] = OrderedDict()

    def start(self) -> None:
        """From now on a heartbeat is waited for: what came before is read."""
        self._heard = self._clock()

    def hear(self, raw: bytes | None) -> None:
        """Take a record of the gate's; one of its clock alone says only that it lives."""
        self._heard = self._clock()
        if told := beat.decode(raw):
            known = self._last.decided
            decided = {t: max(at, known.get(t, 0)) for t, at in told.decided.items()}
            self._last = beat.Beat({**known, **decided}, told.log_index)

    def sent(self, topic: str, offset: int) -> None:
        """Something for the gate lies there."""
        self._sent[(topic, offset)] = self._clock()
        while len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)

    def is_read(self, topic: str, offset: int) -> bool:
        """Whether the gate has decided the record that lies there."""
        return offset < self._last.decided.get(topic, 0)

    @property
    def log_index(self) -> int:
        """How many events the log held at the last heartbeat."""
        return self._last.log_index

    def silent_since(self) -> float:
        """Since when the gate has left something of ours unread, or has had no heartbeat; 0: it is not silent."""
        now, found = self._clock(), [self._heard] if self._clock() - self._heard > DEAD_S else []
        for (topic, offset), at in list(self._sent.items()):
            if self.is_read(topic, offset):
                self._sent.pop((topic, offset), None)
            elif now - at > SILENT_S:
                found.append(at)
        return min(found, default=0.0)
