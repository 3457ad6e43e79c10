"""What the gate needs of the broker, and how real Kafka and the embedded broker give it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from maskgate.base.config import Settings
from maskgate.base.errors import WorldError
from maskgate.base.log import say
from maskgate.gate.view import TICK_KEY
from maskgate.gate.wire import ItemReader
from maskgate.kafka import admin, topics
from maskgate.kafka.client import failure, quiet
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.session import Out, Partition, Session, place

GROUP = "maskgate.gate"
INPUTS = (topics.REQUESTS, topics.VOTES, topics.PEOPLE, topics.POLICY)


_CONSUMER = {
    "partition.assignment.strategy": "range",  # every topic has one partition: all go to the same gate
    "fetch.wait.max.ms": 10,
    "queued.max.messages.kbytes": 4096,
}


class Input(NamedTuple):
    """One record for the gate; ``at`` is the broker's append time in milliseconds."""

    topic: str
    offset: int
    at: int
    value: bytes | None
    key: bytes | None = None


class Port(Protocol):
    """The broker as the gate sees it."""

    exactly_once: bool

    def poll(self, max_records: int, max_wait_s: float) -> list[Input]:
        """What arrived."""

    def commit(self, outs: Sequence[Out], offsets: Mapping[Partition, int]) -> None:
        """One atomic unit."""

    def reached(self, topic: str) -> int:
        """The offset up to which an input has been handed over, markers included."""

    def end(self, topic: str) -> int:
        """The end of a topic now, seen read_uncommitted."""

    def tick(self) -> int:
        """Write a tick record and return its append time: broker time."""

    def items(self, offsets: Iterable[int]) -> dict[int, bytes]:
        """Held items read again from the topic."""

    def log(self, start: int) -> Iterator[Input]:
        """The log from ``start`` to its end at the time of the call, committed records only."""

    def heads(self) -> Iterator[tuple[str, bytes]]:
        """The last signed heads on the checkpoints topic."""

    def past(self) -> str:
        """What says that a gate has worked here before; "" where nothing does."""

    def partitions(self, topic: str) -> int:
        """How many partitions a destination has; 0 where there is none."""

    def limit(self, topic: str) -> int:
        """The largest record that a destination takes."""

    def readers(self, topic: str, partition: int, since_ms: int) -> list[str]:
        """Groups that have read past what was appended at ``since_ms``."""


_HEADS = 500  # of the checkpoints topic: the last ones say the most


class GateSession(Session):
    """A session that also knows how far a partition has been read when its last records are markers."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.eof: dict[Partition, int] = {}
        super().__init__(*args, **named)

    def _sound(self, message: Any) -> bool:
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            self.eof[(message.topic(), message.partition())] = message.offset()
        return super()._sound(message)


class StandingBy(Exception):
    """The topics went away while this gate was active; nothing was decided since its last commit."""


class KafkaPort:
    """The port on a broker. ``on_assign`` runs after the twin is fenced, before the first record is handed over."""

    def __init__(self, settings: Settings, on_assign: Any) -> None:
        self._kafka = settings.kafka
        self._restore = on_assign
        self._partitions: dict[str, tuple[float, int]] = {}
        self._limits: dict[str, tuple[float, int]] = {}
        self._position: dict[Partition, int] = {}
        self._ticked: list[int] = []
        self._ticker: Producer | None = None
        self._items: ItemReader | None = None
        self._ends: Consumer | None = None
        self._wanted = self._lost = False
        self.active = False
        options: dict[str, Any] = {
            "enable.partition.eof": True,
            "group.instance.id": f"{GROUP}.{settings.pipeline.instance}",
        }
        self.session = GateSession(
            settings.kafka,
            group=GROUP,
            transactional_id=GROUP,
            topics=INPUTS,
            on_assign=self._assigned,
            on_revoke=self._revoked,
            fence_later=True,
            consumer_options=options | _CONSUMER,
        )
        self.exactly_once = self.session.exactly_once

    def _assigned(self, partitions: list[Partition]) -> Mapping[Partition, int] | None:
        mine = {topic for topic, partition in partitions if partition == 0}
        if mine and not mine >= set(INPUTS):
            raise WorldError("only some of the gate's topics were assigned; another gate runs with another strategy")
        self._wanted = bool(mine)
        return None

    def _revoked(self, partitions: list[Partition]) -> None:
        """Any member that joins or leaves takes the topics from all for a moment: that is no reason to end.

        A gate that ended and started anew joined again later, which took the topics from the next one: on a loaded
        machine, where a start lasts longer than a session, two of them ended each other for minutes.
        """
        self._wanted = False
        self._lost, self.active = self._lost or self.active, False

    # ── reading ──
    def stand_by(self, wait_s: float) -> None:
        """Wait for the assignment, then take over: fence the twin, restore, read from what is committed."""
        self._poll(1, wait_s)
        if not self._wanted:
            return
        self._wanted = False
        self.session.fence()
        self._restore(self)
        self._position.clear()
        self.session.eof.clear()
        self.session.rewind()
        self.active = True

    def poll(self, max_records: int, max_wait_s: float) -> list[Input]:
        found = self._poll(max_records, max_wait_s)
        if self._lost:
            raise StandingBy
        return found

    def _poll(self, max_records: int, max_wait_s: float) -> list[Input]:
        out = []
        self._lost = False
        for m in self.session.poll(max_records, max_wait_s):
            at, offset = place(m)
            self._position[at] = offset + 1
            when = int(time.time() * 1000) if self._kafka.embedded else m.timestamp()[1]
            out.append(Input(at[0], offset, when, m.value(), m.key()))
        return out

    def reached(self, topic: str) -> int:
        at = (topic, 0)
        return max(self._position.get(at, 0), self.session.eof.get(at, 0))

    def end(self, topic: str) -> int:
        if self._ends is None:
            conf = {"group.id": "maskgate.gate.ends", "isolation.level": "read_uncommitted"}
            self._ends = Consumer(quiet(conf | self._kafka.client()))
        try:
            return int(self._ends.get_watermark_offsets(TopicPartition(topic, 0), timeout=15)[1])
        except KafkaException as error:
            raise failure(error, f"read the end of {topic}") from None

    def items(self, offsets: Iterable[int]) -> dict[int, bytes]:
        if self._items is None:
            self._items = ItemReader(self._kafka)
        return self._items.read(offsets)

    def log(self, start: int) -> Iterator[Input]:
        return self._read(topics.LOG, start, self.end(topics.LOG))

    def heads(self) -> Iterator[tuple[str, bytes]]:
        end = self.end(topics.CHECKPOINTS)
        for record in self._read(topics.CHECKPOINTS, max(0, end - _HEADS), end):
            yield f"{topics.CHECKPOINTS}, offset {record.offset}", record.value or b""

    def past(self) -> str:
        reader = Consumer(quiet({"group.id": GROUP, "enable.auto.commit": False} | self._kafka.client()))
        try:
            found = reader.committed([TopicPartition(topic, 0) for topic in INPUTS], timeout=30.0)
        except KafkaException as error:
            raise failure(error.args[0], "read the gate's offsets") from None
        finally:
            reader.close()
        read = [f"{at.topic} was read up to offset {at.offset}" for at in found if at.offset > 0]
        return read[0] if read else ""

    def _read(self, topic: str, start: int, end: int) -> Iterator[Input]:
        if end <= start:
            return
        consumer = admin.plain_reader(self._kafka, [topic], start={(topic, 0): start})
        until = time.monotonic() + 60.0
        try:
            while True:
                for m in consumer.consume(5000, 0.1):
                    if m.error() is None and m.partition() == 0:
                        yield Input(topic, place(m)[1], m.timestamp()[1], m.value(), m.key())
                        until = time.monotonic() + 60.0
                position = consumer.position([TopicPartition(topic, 0)])[0].offset
                if position >= end or self._only_markers(topic, position, end):
                    return
                if time.monotonic() > until:
                    raise WorldError("the log's end was not reached; a transaction is still open, starting anew")
        finally:
            consumer.close()

    def _only_markers(self, topic: str, position: int, end: int) -> bool:
        """Whether nothing but transaction markers lies between: a read_committed reader at the end says so."""
        conf = {"group.id": "maskgate.gate.log", "enable.partition.eof": True, "isolation.level": "read_committed"}
        probe = Consumer(quiet(conf | {"fetch.wait.max.ms": 10} | self._kafka.client()))
        try:
            probe.assign([TopicPartition(topic, 0, max(position, 0))])
            for m in probe.consume(1, 5.0):
                error = m.error()
                return bool(error and error.code() == KafkaError._PARTITION_EOF and place(m)[1] >= end)
            return False
        finally:
            probe.close()

    # ── writing ──
    def commit(self, outs: Sequence[Out], offsets: Mapping[Partition, int]) -> None:
        self.session.commit(outs, offsets)

    def tick(self) -> int:
        if self._kafka.embedded:
            return int(time.time() * 1000)
        if self._ticker is None:
            conf = {"linger.ms": 0, "retry.backoff.ms": 10, "enable.idempotence": True}
            self._ticker = Producer(quiet(conf | self._kafka.client()))
        self._ticked.clear()
        self._ticker.produce(topics.STATE, key=TICK_KEY, value=b"{}", partition=0, on_delivery=self._note_tick)
        until = time.monotonic() + 10.0
        while not self._ticked and time.monotonic() < until:
            self._ticker.poll(0.01)
        if not self._ticked or self._ticked[0] < 0:
            raise WorldError("the broker did not take the gate's tick; nothing expires without broker time")
        return self._ticked[0]

    def _note_tick(self, error: Any, message: Any) -> None:
        self._ticked.append(-1 if error else message.timestamp()[1])

    # ── around ──
    def partitions(self, topic: str) -> int:
        known = self._partitions.get(topic)
        if known is None or (known[1] == 0 and time.monotonic() - known[0] > 5):
            try:
                found = self.session.producer.list_topics(topic, timeout=15).topics[topic]
            except KafkaException as error:
                raise failure(error, f"look at {topic}") from None
            known = (time.monotonic(), 0 if found.error is not None else len(found.partitions))
            self._partitions[topic] = known
        return known[1]

    def limit(self, topic: str) -> int:
        if self._kafka.embedded:
            return topics.MAX_MESSAGE_BYTES
        known = self._limits.get(topic)
        if known is None or time.monotonic() - known[0] > 60:
            try:
                found = admin.topic_configs(self._kafka, [topic])[topic].get("max.message.bytes", "")
            except Unrecoverable:  # no right to describe it
                found = ""
            known = self._limits[topic] = (time.monotonic(), int(found or topics.MAX_MESSAGE_BYTES))
        return known[1]

    def readers(self, topic: str, partition: int, since_ms: int) -> list[str]:
        try:
            return self._readers(TopicPartition(topic, partition), since_ms)
        except KafkaException:
            return ["(unknown: the broker did not list the groups)"]

    def _readers(self, place: TopicPartition, since_ms: int) -> list[str]:
        client = AdminClient(quiet(self._kafka.client()))
        found = self.session.consumer.offsets_for_times(
            [TopicPartition(place.topic, place.partition, since_ms)], timeout=10
        )
        first = found[0].offset
        out = []
        for group in client.list_consumer_groups(request_timeout=10).result().valid:
            asked = ConsumerGroupTopicPartitions(group.group_id, [place])
            for future in client.list_consumer_group_offsets([asked]).values():
                read = future.result().topic_partitions[0].offset
                if read >= 0 and (first < 0 or read > first):
                    out.append(group.group_id)
        return sorted(out)

    def close(self) -> None:
        self.session.close()
        if self._items is not None:
            self._items.close()


class Heart:
    """A thread that notices a main loop that hangs; crash-only, so it ends the process."""

    def __init__(self, patience_s: float) -> None:
        self._last = time.monotonic()
        self._patience = patience_s
        threading.Thread(target=self._watch, daemon=True, name="heart").start()

    def beat(self) -> None:
        self._last = time.monotonic()

    def _watch(self) -> None:
        while True:
            time.sleep(1.0)
            if time.monotonic() - self._last > self._patience:
                say("gate", "hangs", seconds=round(time.monotonic() - self._last))
                os._exit(75)
