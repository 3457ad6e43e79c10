"""The broker as the gate sees it, in memory: append times of a clock that moves, atomic commits, crashes on demand."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from maskgate.base.errors import WorldError
from maskgate.gate.port import INPUTS, Input
from maskgate.gate.view import TICK_KEY
from maskgate.kafka import topics
from maskgate.kafka.session import Out, Partition


class Crash(Exception):
    """The process dies here."""


class FakeBroker:
    """Topics of one partition each for control, and whatever the gate writes."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.records: dict[str, list[tuple[int, Out]]] = {}
        self.group: dict[str, int] = {}
        self.epoch = 0
        self.uncommitted: list[Out] = []

    def append(self, topic: str, value: bytes | None, key: bytes | None = None) -> int:
        """A record of somebody else; its offset."""
        return self._append(Out(topic, value, key))

    def _append(self, out: Out) -> int:
        rows = self.records.setdefault(out.topic, [])
        rows.append((self.now, out))
        return len(rows) - 1

    def values(self, topic: str) -> list[bytes | None]:
        return [out.value for _, out in self.records.get(topic, [])]

    def views(self) -> list[bytes]:
        """What ``.state`` holds of requests."""
        return [out.value for _, out in self.records.get(topics.STATE, []) if out.value and out.key != TICK_KEY]

    def outs(self, topic: str) -> list[Out]:
        return [out for _, out in self.records.get(topic, [])]


class FakePort:
    """A gate's connection; ``die`` may raise at the points ``before`` and ``after`` a commit."""

    exactly_once = True

    def __init__(self, broker: FakeBroker, die: Callable[[str], None] = lambda point: None) -> None:
        self.broker, self.die = broker, die
        broker.epoch += 1
        self.epoch = broker.epoch
        self.position = {t: broker.group.get(t, 0) for t in INPUTS}
        self.hidden: dict[str, int] = {}
        self.destinations = {"events.released": 3, "partner.in": 1}
        self.known_readers: list[str] = []
        self.limits: dict[str, int] = {}

    def poll(self, max_records: int, max_wait_s: float) -> list[Input]:
        out = []
        for topic in INPUTS:
            rows = self.broker.records.get(topic, [])
            end = min(len(rows), self.hidden.get(topic, len(rows)))
            while self.position[topic] < end and len(out) < max_records:
                at, row = rows[self.position[topic]]
                out.append(Input(topic, self.position[topic], at, row.value, row.key))
                self.position[topic] += 1
        return out

    def commit(self, outs: Sequence[Out], offsets: Mapping[Partition, int]) -> None:
        self.die("before")
        if self.epoch != self.broker.epoch:
            raise WorldError("fenced: another gate took over")
        for out in outs:
            self.broker._append(out)
        for (topic, _), offset in offsets.items():
            self.broker.group[topic] = offset
        self.die("after")

    def reached(self, topic: str) -> int:
        return self.position[topic]

    def end(self, topic: str) -> int:
        return len(self.broker.records.get(topic, []))

    def tick(self) -> int:
        return self.broker.now

    def items(self, offsets: Iterable[int]) -> dict[int, bytes]:
        rows = self.broker.records.get(topics.REQUESTS, [])
        return {o: rows[o][1].value or b"" for o in offsets if o < len(rows)}

    def log(self, start: int) -> Iterator[Input]:
        for offset, (at, out) in list(enumerate(self.broker.records.get(topics.LOG, [])))[start:]:
            yield Input(topics.LOG, offset, at, out.value, out.key)

    def heads(self) -> Iterator[tuple[str, bytes]]:
        yield from ((topics.CHECKPOINTS, raw) for raw in self.broker.values(topics.CHECKPOINTS) if raw)

    def past(self) -> str:
        return next((f"{t} was read up to offset {at}" for t, at in self.broker.group.items() if at > 0), "")

    def partitions(self, topic: str) -> int:
        return self.destinations.get(topic, 0)

    def limit(self, topic: str) -> int:
        return self.limits.get(topic, topics.MAX_MESSAGE_BYTES)

    def readers(self, topic: str, partition: int, since_ms: int) -> list[str]:
        return self.known_readers


def envelope_text(raw: bytes) -> str:
    """How the log keeps an envelope."""
    return base64.b64encode(raw).decode()
