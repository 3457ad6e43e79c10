"""How often one caller may write: what the gate refuses is logged for ever, so a flood of it must end before it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from maskgate.base.errors import RefusedError

_MAX_CALLERS = 10_000


class Pace:
    """A bucket for each caller: it holds what a minute allows and fills again evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float], what: str = "writing") -> None:
        self._size, self._clock, self._what = float(per_minute), clock, what
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """Count one call.

        Raises:
            RefusedError: code ``too_many``.
        """
        if not self._size:
            return
        now = self._clock()
        with self._lock:
            left, at = self._left.pop(caller, (self._size, now))
            left = min(self._size, left + max(0.0, now - at) * self._size / 60)
            self._left[caller] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _MAX_CALLERS:
                self._left.popitem(last=False)
        if left < 1:
            raise RefusedError("too_many", f"More than {self._size:.0f} {self._what} calls a minute; slow down.")
