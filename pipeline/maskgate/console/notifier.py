"""Waiting for a change without holding a thread: however many wait, others are answered."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

T = TypeVar("T")
_LOOK_AGAIN_S = 1.0
_SPREAD_S = 0.0005
"""Pause for each one that waits, so that a change does not make all of them look at once."""


class Pulse:
    """Beats when the index changed; whoever waits looks again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def beat(self) -> None:
        """Wake everybody; called from any thread."""
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for loop, event in waiting:
            with suppress(RuntimeError):  # that loop has ended
                loop.call_soon_threadsafe(event.set)

    async def until(self, deadline: float, done: Callable[[], T]) -> T:
        """The first true answer of ``done``, asked in a thread at every beat; after ``deadline`` whatever it says."""
        while True:
            one = (asyncio.get_running_loop(), asyncio.Event())
            with self._lock:  # before looking: no beat falls between
                self._waiting.add(one)
                many = len(self._waiting)
            try:
                answer = await run_in_threadpool(done)
                left = deadline - time.monotonic()
                if answer or left <= 0:
                    return answer
                with suppress(TimeoutError):
                    await asyncio.wait_for(one[1].wait(), min(left, _LOOK_AGAIN_S))
            finally:
                with self._lock:
                    self._waiting.discard(one)
            await asyncio.sleep(min(many * _SPREAD_S, max(0.0, deadline - time.monotonic())))
