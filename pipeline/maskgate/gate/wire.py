"""Kafka for everybody around the gate: send a signed vote or request, read items back, follow state and log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.kafka import topics as names
from maskgate.kafka.admin import end_offsets, plain_reader
from maskgate.kafka.client import failure, quiet
from maskgate.kafka.session import place

_NEAR = 256
_NOWHERE = -(1 << 40)


class Wire:
    """A plain, idempotent producer and a reader of single records; safe for several threads."""

    def __init__(self, kafka: Kafka) -> None:
        self.kafka = kafka
        self._lock = threading.Lock()
        self._producer: Producer | None = None
        self._reader: ItemReader | None = None

    def send(self, topic: str, value: bytes, key: bytes | None = None, timeout_s: float = 15.0) -> int:
        """Store one record and return its offset; it is on the broker when this returns.

        Raises:
            WorldError: the broker did not confirm it.
        """
        return self.send_all(topic, [(key, value)], timeout_s)[0]

    def send_all(self, topic: str, records: Sequence[tuple[bytes | None, bytes]], timeout_s: float = 15.0) -> list[int]:
        """Store records in their order; their offsets."""
        done: dict[int, Any] = {}
        producer = self._made()

        def settle(index: int) -> Callable[[Any, Any], None]:
            return lambda error, message: done.__setitem__(index, error or int(message.offset()))

        for index, (key, value) in enumerate(records):
            producer.produce(topic, value=value, key=key, partition=0, on_delivery=settle(index))
        until = time.monotonic() + timeout_s
        while len(done) < len(records) and time.monotonic() < until:
            producer.poll(0.01)
        if len(done) < len(records):
            raise WorldError(
                f"{topic}: the broker did not confirm in {timeout_s:.0f} s; whether it counts shows in the log"
            )
        for result in done.values():
            if not isinstance(result, int):
                raise failure(result, f"write {topic}")
        return [done[i] for i in range(len(records))]

    def _made(self) -> Producer:
        with self._lock:
            if self._producer is None:
                conf: dict[str, Any] = {
                    "linger.ms": 0,
                    "retry.backoff.ms": 10,
                    "message.max.bytes": names.MAX_MESSAGE_BYTES,
                }
                conf |= {"enable.idempotence": not self.kafka.embedded, "acks": "all"}
                self._producer = Producer(quiet(conf | self.kafka.client()))
            return self._producer

    def items(self, offsets: Iterable[int]) -> dict[int, bytes]:
        """The values of ``maskgate.approvals.requests`` at these offsets; what is not there is missing."""
        with self._lock:
            if self._reader is None:
                self._reader = ItemReader(self.kafka)
            return self._reader.read(offsets)

    def close(self) -> None:
        with self._lock:
            if self._producer is not None:
                self._producer.flush(5)
            if self._reader is not None:
                self._reader.close()


class ItemReader:
    """Reads single records of ``maskgate.approvals.requests`` by their offset, committed ones only."""

    def __init__(self, kafka: Kafka) -> None:
        conf = {
            "group.id": "maskgate.gate.items",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 10,
            "queued.max.messages.kbytes": 16 << 10,
        }
        self._consumer = Consumer(quiet(conf | kafka.client()))
        self._at = _NOWHERE

    def read(self, offsets: Iterable[int], timeout_s: float = 10.0) -> dict[int, bytes]:
        """offset → value; an offset without a committed record is missing from the answer.

        Raises:
            WorldError: the broker does not answer in time.
        """
        wanted = sorted(set(offsets))
        found: dict[int, bytes] = {}
        until = time.monotonic() + timeout_s
        index = 0
        while index < len(wanted):
            if not self._at <= wanted[index] <= self._at + _NEAR:
                self._seek(wanted[index])
            index = self._advance(wanted, index, found)
            if time.monotonic() > until:
                raise WorldError("the items could not be read again in time; nothing was released")
        return found

    def _seek(self, offset: int) -> None:
        try:
            self._consumer.assign([TopicPartition(names.REQUESTS, 0, offset)])
        except KafkaException as error:
            raise failure(error, "read the held items") from None
        self._at = offset

    def _advance(self, wanted: list[int], index: int, found: dict[int, bytes]) -> int:
        """Take the next messages; the index of the first offset that is still wanted."""
        span = 1 + sum(1 for o in wanted[index : index + 500] if o <= wanted[index] + 500)
        for message in self._consumer.consume(span, 0.2):
            error = message.error()
            _, offset = place(message)
            if error is not None:
                if error.name() == "_PARTITION_EOF":
                    while index < len(wanted) and wanted[index] < offset:
                        index += 1
                    if index < len(wanted) and wanted[index] >= self._end():
                        return len(
                            wanted
                        )  # beyond the end; a lower one comes: this end was reached before it was written
                    continue
                if error.name() in ("_AUTO_OFFSET_RESET", "OFFSET_OUT_OF_RANGE"):
                    self._at = _NOWHERE
                    return index + 1
                if not error.retriable():
                    raise failure(error, "read the held items")
                continue
            while index < len(wanted) and wanted[index] < offset:
                index += 1
            if index < len(wanted) and wanted[index] == offset:
                found[offset] = message.value() or b""
                index += 1
            self._at = offset + 1
        return index

    def _end(self) -> int:
        try:
            return int(self._consumer.get_watermark_offsets(TopicPartition(names.REQUESTS, 0), timeout=10)[1])
        except KafkaException as error:
            raise failure(error, "read the held items") from None

    def close(self) -> None:
        self._consumer.close()


class Follower:
    """Follows topics from given offsets and hands over what arrives, in batches; for views, never for decisions."""

    def __init__(self, kafka: Kafka, topics: Sequence[str], start: Mapping[str, int] | None = None) -> None:
        self._kafka, self._topics = kafka, tuple(topics)
        ends = {topic: end for (topic, p), end in end_offsets(kafka, topics).items() if p == 0}
        self.was_cut = any(offset > ends.get(topic, 0) for topic, offset in (start or {}).items())
        begin = {} if self.was_cut else {(t, 0): o for t, o in (start or {}).items()}
        self.ends = ends
        self._consumer = plain_reader(kafka, topics, start=begin)

    def poll(self, max_records: int = 2000, max_wait_s: float = 0.25) -> list[Message]:
        """The next records without an error."""
        try:
            got = self._consumer.consume(max_records, max_wait_s)
        except KafkaException as error:
            raise failure(error, "follow the gate") from None
        for problem in (m.error() for m in got):
            if problem is not None and not problem.retriable() and problem.name() != "_PARTITION_EOF":
                raise failure(problem, "follow the gate")
        return [m for m in got if m.error() is None]

    def close(self) -> None:
        self._consumer.close()
