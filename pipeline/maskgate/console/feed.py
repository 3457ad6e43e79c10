"""Keeps the console's index up with the gate: follows `.state` and `.log`; whoever waits is woken."""

from __future__ import annotations

import threading
from typing import Any

from maskgate.base.config import Kafka
from maskgate.base.errors import MaskgateError
from maskgate.base.log import describe, say
from maskgate.console.heart import Heart
from maskgate.console.index import Index
from maskgate.console.notifier import Pulse
from maskgate.gate.view import TICK_KEY
from maskgate.gate.wire import Follower
from maskgate.kafka import topics

_BATCH = 500  # a write of more is no faster, and its records are in memory all at once


class Feed(threading.Thread):
    """One thread; it starts again where the index stopped."""

    def __init__(self, kafka: Kafka, index: Index, pulse: Pulse, heart: Heart | None = None) -> None:
        super().__init__(name="feed", daemon=True)
        self._kafka, self._index, self._pulse, self._heart = kafka, index, pulse, heart or Heart()
        self._ending = threading.Event()
        self.caught_up = threading.Event()
        self.last_error = ""

    def run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except Exception as error:  # a record that cannot be read must show: a feed that ended would look quiet
                self.last_error = str(error) if isinstance(error, MaskgateError) else type(error).__name__
                self.caught_up.clear()
                say("console", "feed_stopped", **describe(error))
                self._ending.wait(2.0)

    def _follow(self) -> None:
        start = {name: int(value) for name, value in self._index.meta().items()}
        follower = Follower(self._kafka, (topics.STATE, topics.LOG), start)
        if follower.was_cut:
            self._index.reset()
            start = {}
        position = {topics.STATE: start.get(topics.STATE, 0), topics.LOG: start.get(topics.LOG, 0)}
        self.last_error = ""
        quiet = 0
        try:
            while not self._ending.is_set():
                got = follower.poll(_BATCH, max_wait_s=0.05)
                quiet = 0 if got else quiet + 1
                if got:
                    self._take(got, position)
                at_end = quiet > 3 or all(position[t] >= follower.ends[(t)] for t in position)
                if at_end and not self.caught_up.is_set():
                    self._heart.start()
                    self.caught_up.set()
        finally:
            follower.close()

    def _take(self, got: list[Any], position: dict[str, int]) -> None:
        views: dict[str, bytes | None] = {}
        log, ticks = [], []
        for m in got:
            if m.partition() != 0:
                continue
            if m.topic() == topics.STATE and m.key() == TICK_KEY:
                ticks.append(m.value())
            elif m.topic() == topics.STATE and m.key():
                views[m.key().decode()] = m.value()
            elif m.topic() == topics.LOG and m.value() is not None:
                log.append((m.offset(), m.timestamp()[1], m.value()))
            position[m.topic()] = m.offset() + 1
        self._index.write(views.items(), log, {t: str(o) for t, o in position.items()})
        for raw in ticks:
            self._heart.hear(raw)
        self._pulse.beat()

    def stop(self) -> None:
        self._ending.set()
        self.join(5.0)
