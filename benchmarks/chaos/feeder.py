"""Numbered events."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Mapping

from confluent_kafka import KafkaException, Producer

from maskgate.base.config import Kafka

RAW = b"raw-mail-of"
"""Stands in every value that has to be masked and in nothing else."""
EVENTS, ORDERS = "events", "orders"
KEYS = 97
HOLD_EVERY, BAD_EVERY, ORDER_EVERY, DENY_OF = 20, 500, 10, 7


def topic_of(n: int) -> str:
    """The input topic of event ``n``; what is held goes to the first."""
    return ORDERS if n % ORDER_EVERY == ORDER_EVERY - 1 else EVENTS


def event(n: int) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Event ``n`` and its headers: some are to be held, some are cut off."""
    if n % BAD_EVERY == 7:
        return b'{"n": %d, "cut off' % n, []
    headers = [("maskgate.export", b"default")] if n % HOLD_EVERY == 3 else []
    return b'{"n": %d, "mail": "%b-%d@example.org", "ratio": 1.10}' % (n, RAW, n), headers


class Feeder(threading.Thread):
    """Produces the events up to ``share`` of them; ``rest`` waits until nothing is under way."""

    def __init__(self, kafka: Kafka, count: int, partitions: Mapping[str, int]) -> None:
        super().__init__(daemon=True)
        self._kafka, self._count = kafka, count
        self.partitions = dict(partitions)
        self.share = 0.0
        self.sent = 0
        self.done = threading.Event()
        self._go, self._resting = threading.Event(), threading.Event()
        self._go.set()

    def run(self) -> None:
        producer = self._producer()
        while self.sent < self._count:
            if not self._go.is_set():
                left = producer.flush(600)
                assert left == 0, left
                self._resting.set()
                self._go.wait()
                producer = self._producer()  # a topic that was created anew counts from the beginning
            elif self.sent < self.share * self._count:
                self._send(producer, self.sent)
                self.sent += 1
            else:
                producer.poll(0.02)
        while producer.flush(60):
            pass
        self.done.set()

    def _producer(self) -> Producer:
        conf = {"enable.idempotence": True, "message.timeout.ms": 1_800_000, "linger.ms": 5, "log_level": 0}
        return Producer(conf | {"topic.metadata.refresh.interval.ms": 5000} | self._kafka.client())

    def _send(self, producer: Producer, n: int) -> None:
        topic, (value, headers), key = topic_of(n), event(n), b"k%d" % (n % KEYS)
        partition = zlib.crc32(key) % self.partitions[topic]
        while True:
            try:
                producer.produce(topic, value, key, partition, headers=headers)
                producer.poll(0)
                return
            except BufferError:
                producer.poll(0.1)
            except KafkaException:  # it does not know of a new partition yet
                producer.poll(0.5)

    def rest(self, patience_s: float) -> bool:
        """Send no more; whether all that was sent has arrived in time."""
        self._resting.clear()
        self._go.clear()
        return self.done.is_set() or self._resting.wait(patience_s)

    def go_on(self) -> None:
        """Send again."""
        self._go.set()
