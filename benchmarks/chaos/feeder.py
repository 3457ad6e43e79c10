"""Numbered events, and a reviewer who decides what is held."""

from __future__ import annotations

import secrets
import threading
import time
import zlib
from collections.abc import Mapping

from confluent_kafka import KafkaException, Producer

from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState, Request
from maskgate.base.config import Kafka
from maskgate.crypto import signing
from maskgate.gate import view as gate_view
from maskgate.kafka import topics
from maskgate.local import brokers
from maskgate.people.principal import Principal

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


class Voter(threading.Thread):
    """Approves every request that is pending and denies some, by signed votes."""

    def __init__(self, kafka: Kafka, signer: signing.Signer) -> None:
        super().__init__(daemon=True)
        self._kafka, self._signer = kafka, signer
        self.stopping = False
        self.denied: set[str] = set()
        self.decided: set[str] = set()
        self.settled: dict[str, ItemState] = {}

    def run(self) -> None:
        reader = brokers.plain_reader(self._kafka, [topics.STATE])
        conf = {"enable.idempotence": True, "message.timeout.ms": 1_800_000, "log_level": 0}
        producer = Producer(conf | self._kafka.client())
        while not self.stopping:
            for message in reader.consume(500, 0.1):
                if message.error() is None and message.value() and message.key() != gate_view.TICK_KEY:
                    entry = gate_view.decode_view(message.value()).entry
                    self.settled[entry.request.request_id] = entry.rest
                    if entry.rest == ItemState.PENDING and entry.request.request_id not in self.decided:
                        self.decided.add(entry.request.request_id)
                        producer.produce(topics.VOTES, self._vote(entry.request), partition=0)
            producer.poll(0)
        producer.flush(60)
        reader.close()

    def open(self) -> int:
        """How many requests are not settled yet."""
        return sum(1 for state in self.settled.values() if state in (ItemState.PENDING, ItemState.APPROVED))

    def _vote(self, request: Request) -> bytes:
        deny = zlib.crc32(request.request_id.encode()) % DENY_OF == 0
        if deny:
            self.denied.add(request.request_id)
        return votes.build_vote(
            request,
            "deny" if deny else "approve",
            signer=self._signer,
            reviewer=Principal("https://id.example.org", "ada"),
            person_id="ada",
            seen_digest=request.seen_digest,
            now_ms=time.time_ns() // 1_000_000,
            nonce=secrets.token_hex(8),
            reason="chaos",
        )
