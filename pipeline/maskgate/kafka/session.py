"""One atomic step over Kafka: read a batch, then write results and offsets together.

On a real broker that is a transaction. On the embedded one it is produce, flush, commit: a crash between the two
repeats a batch, and ``exactly_once`` says so. Crash-only: after any error behind ``begin`` the process must end,
because retrying in the same producer is the unsafe branch; the supervisor starts it again and the broker aborts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.base.records import Header, Record
from maskgate.kafka import topics as names
from maskgate.kafka.client import UNKNOWN, failure, produce, quiet, tell
from maskgate.kafka.errors import Unrecoverable

Partition = tuple[str, int]
OnAssign = Callable[[list[Partition]], Mapping[Partition, int] | None]

EMBEDDED_PARTITION_BYTES = 4 << 20
"""The embedded broker silently drops what lies further back than about 5 MB in a partition."""

_BAD_DATA = {
    KafkaError._BAD_COMPRESSION,
    KafkaError._BAD_MSG,
    KafkaError._UNDERFLOW,
    KafkaError.INVALID_MSG,
    KafkaError.INVALID_MSG_SIZE,
}
BEGINNING: int = OFFSET_BEGINNING
"""The first offset that a partition has."""
_STUCK_AFTER = 5
_BY_KEY = -1  # RD_KAFKA_PARTITION_UA


class Out(NamedTuple):
    """A record to write; ``partition`` None lets the key decide."""

    topic: str
    value: bytes | None
    key: bytes | None = None
    headers: tuple[Header, ...] = ()
    partition: int | None = None
    timestamp_ms: int = 0  # 0: the time of writing


def place(message: Message) -> tuple[Partition, int]:
    """(topic, partition) and offset of a message that came from a broker."""
    m: Any = message  # typed as optional, because a message of our own making has none of them
    return (m.topic(), m.partition()), m.offset()


def to_record(message: Message) -> Record:
    """The message as a record."""
    m: Any = message
    headers = m.headers()
    return Record(
        m.topic(), m.partition(), m.offset(), m.value(), m.key(), tuple(headers) if headers else (), m.timestamp()[1]
    )


class Stuck(NamedTuple):
    """A place that cannot be read: the broker gives the same broken batch again and again."""

    topic: str
    partition: int
    offset: int
    code: str


class Session:
    """A consumer and a producer bound to one stable id.

    ``on_assign`` runs when partitions arrive; it may return the offset at which to start per partition. With
    ``fence_later`` the caller fences the producer in (:meth:`fence`) when it takes over, else it is fenced now.
    ``transactional_id`` None, or an embedded broker, means plain commits. ``partitions`` assigns them without a group
    rebalance.
    """

    def __init__(
        self,
        kafka: Kafka,
        *,
        group: str,
        transactional_id: str | None,
        topics: Sequence[str],
        partitions: Mapping[Partition, int] | None = None,
        on_assign: OnAssign | None = None,
        on_revoke: Callable[[list[Partition]], None] | None = None,
        fence_later: bool = False,
        consumer_options: Mapping[str, Any] | None = None,
        init_timeout_s: float = 30.0,
    ) -> None:
        self.kafka = kafka
        self.exactly_once = transactional_id is not None and not kafka.embedded
        self._init_timeout_s = init_timeout_s
        self._problem: dict[str, KafkaError] = {}
        self._on_assign = on_assign
        self._on_revoke = on_revoke
        self._in_callback: BaseException | None = None
        self._assigned: set[Partition] = set()
        self._next: dict[Partition, int] = {}
        self._sent: dict[Partition, int] = {}
        self._errors: dict[Stuck, int] = {}
        self._transactional_id = transactional_id
        self._producer: Producer | None = None
        self._fenced = False
        self._closing = False
        self.marks: Mapping[str, str] = {}
        """Topic → what is kept beside its offsets: the id of the topic that they belong to."""
        if self.exactly_once and not fence_later:
            self.fence()
        self.consumer = Consumer(self._consumer_conf(group, transactional_id, dict(consumer_options or {})))
        if partitions is not None:
            self.consumer.assign([TopicPartition(t, p, o) for (t, p), o in partitions.items()])
            self._assigned = set(partitions)
        else:
            self.consumer.subscribe(list(topics), on_assign=self._assign, on_revoke=self._revoke)

    @property
    def producer(self) -> Producer:
        """The producer, made when it is needed: a principal that only reads has no right to be one."""
        if self._producer is None:
            self._producer = Producer(self._producer_conf())
        return self._producer

    def _producer_conf(self) -> dict[str, Any]:
        conf = {
            "error_cb": tell(self._problem),
            "message.max.bytes": names.MAX_MESSAGE_BYTES,
            "linger.ms": 5,
            "retry.backoff.ms": 10,
            "enable.idempotence": not self.kafka.embedded,
        }
        if self.exactly_once:
            conf |= {"transactional.id": self._transactional_id, "transaction.timeout.ms": 10_000}
        return quiet(conf | self.kafka.client())

    def _consumer_conf(self, group: str, instance: str | None, options: dict[str, Any]) -> dict[str, Any]:
        conf: dict[str, Any] = {
            "error_cb": tell(self._problem),
            "group.id": group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 1500,
            "retry.backoff.ms": 10,
            "fetch.wait.max.ms": 50,
            "queued.max.messages.kbytes": 32 << 10,
            "allow.auto.create.topics": self.kafka.embedded,
        }
        if instance and not self.kafka.embedded:  # a static member there waits out its session's time at every start
            conf["group.instance.id"] = instance
        return quiet(conf | options | self.kafka.client())

    def fence(self) -> None:
        """Take over the transactional id: a twin's open transaction is aborted and the twin can write no more.

        A producer is good for one take-over; asked again (after a reassignment), a new one takes its place.
        """
        if not self.exactly_once:
            return
        if self._fenced:
            self._producer = None
        self._fenced = True
        try:
            self.producer.init_transactions(self._init_timeout_s)
        except KafkaException as error:
            self._raise_problem("start a transactional producer")
            raise failure(error, "start a transactional producer") from None

    @property
    def assignment(self) -> frozenset[Partition]:
        """The partitions that this session reads now."""
        return frozenset(self._assigned)

    def _assign(self, consumer: Consumer, parts: list[TopicPartition]) -> None:
        if self._closing:  # an assignment that arrives now would never be read, and taking it can hang
            consumer.unassign()
            return
        try:
            mine = [(p.topic, p.partition) for p in parts]
            start = (self._on_assign(mine) if self._on_assign else None) or {}
        except BaseException as error:  # librdkafka would swallow it: poll raises it instead
            self._in_callback = error
            return
        for part in parts:
            part.offset = start.get((part.topic, part.partition), part.offset)
        consumer.assign(parts)
        self._assigned = set(mine)
        self._next.clear()

    def _revoke(self, consumer: Consumer, parts: list[TopicPartition]) -> None:
        gone = [(p.topic, p.partition) for p in parts]
        self._assigned -= set(gone)
        if self._on_revoke:
            try:
                self._on_revoke(gone)
            except BaseException as error:
                self._in_callback = error

    def strangers(self, parts: Sequence[Partition]) -> list[Partition]:
        """Those whose committed offset belongs to another topic of the same name, by what is kept beside it.

        Raises:
            WorldError: the broker does not say.
        """
        if not self.marks or not parts:
            return []
        try:
            found = self.consumer.committed([TopicPartition(t, p) for t, p in parts], timeout=self._init_timeout_s)
        except KafkaException as error:
            raise failure(error, "read what is committed") from None
        return [(at.topic, at.partition) for at in found if at.metadata and at.metadata != self.marks.get(at.topic)]

    def rewind(self) -> None:
        """Read the assigned partitions from what is committed now; what was fetched before is dropped."""
        self.consumer.assign([TopicPartition(topic, partition) for topic, partition in self._assigned])
        self._next.clear()

    def _raise_problem(self, doing: str) -> None:
        if "last" in self._problem:
            raise failure(self._problem["last"], doing)

    def poll(self, max_records: int, max_wait_s: float) -> list[Message]:
        """Messages without an error, waiting ``max_wait_s`` at most; empty when there is nothing.

        Raises:
            Unrecoverable: rights, credentials, unknown topic. WorldError: any other error of the consumer.
        """
        try:
            got = self.consumer.consume(max_records, max_wait_s)
            if self._producer is not None:
                self._producer.poll(0)
        except KafkaException as error:
            raise failure(error, "read") from None
        if self._in_callback is not None:
            raised, self._in_callback = self._in_callback, None
            raise raised
        self._raise_problem("read")
        good = [m for m in got if self._sound(m)]
        if self.kafka.embedded:
            self._refuse_gap(good)
        return good

    def _sound(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        if error.code() in _BAD_DATA and message.topic() is not None:
            (topic, partition), offset = place(message)
            at = Stuck(topic, partition, offset, error.name())
            self._errors[at] = self._errors.get(at, 0) + 1
            return False
        if error.code() in (KafkaError._PARTITION_EOF, KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT):
            return False
        if error.code() in UNKNOWN and not self._gone(message.topic()):
            return False
        if error.code() == KafkaError._MAX_POLL_EXCEEDED or error.fatal() or not error.retriable():
            raise failure(error, f"read {message.topic() or 'from the broker'}")
        return False

    def _gone(self, topic: str | None, patience_s: float = 5.0) -> bool:
        """Whether a topic is really not there: a broker that just came back may not know its topics yet."""
        until = time.monotonic() + patience_s
        while topic and time.monotonic() < until:
            try:
                found = self.consumer.list_topics(topic, timeout=2).topics.get(topic)
            except KafkaException:
                return False  # no answer is no proof
            if found is not None and found.error is None and found.partitions:
                return False
            time.sleep(0.2)
        return True

    def stuck(self) -> list[Stuck]:
        """Places where reading failed in the same way several times in a row; each is told once."""
        if not self._errors:
            return []
        found = [at for at, n in self._errors.items() if n >= _STUCK_AFTER and at.offset >= 0]
        for at in found:
            del self._errors[at]
        return found

    def skip(self, at: Stuck) -> None:
        """Go on behind a place that cannot be read."""
        try:
            self.consumer.seek(TopicPartition(at.topic, at.partition, at.offset + 1))
        except KafkaException as error:
            raise failure(error, f"skip offset {at.offset} of {at.topic}") from None

    def ends(self) -> dict[Partition, int]:
        """Where the assigned partitions end, as far as the client heard with what it fetched; asks nobody."""
        out = {}
        for topic, partition in self._assigned:
            try:
                found = self.consumer.get_watermark_offsets(TopicPartition(topic, partition), cached=True)
            except KafkaException:
                continue
            if found is not None and found[1] >= 0:
                out[topic, partition] = int(found[1])
        return out

    def _refuse_gap(self, messages: Sequence[Message]) -> None:
        """The embedded broker drops old records without a word; its offsets are dense, so a gap shows it."""
        for m in messages:
            at, offset = place(m)
            if offset > self._next.get(at, offset):
                raise Unrecoverable(
                    f"the embedded broker dropped records of {m.topic()}; use BROKER=kafka for loads of this size"
                )
            self._next[at] = offset + 1

    def commit(self, outs: Sequence[Out], offsets: Mapping[Partition, int]) -> None:
        """Write ``outs`` and set the group to ``offsets`` (the next to read per partition) as one unit.

        Raises:
            WorldError: nothing of this batch counts on a real broker; the process must end.
        """
        positions = [TopicPartition(t, p, o, self.marks.get(t, "")) for (t, p), o in offsets.items()]
        try:
            if self.exactly_once:
                self.producer.begin_transaction()
                self._produce(outs)
                if positions:
                    self.producer.send_offsets_to_transaction(
                        positions, self.consumer.consumer_group_metadata(), self._init_timeout_s
                    )
                self.producer.commit_transaction(-1)
            else:
                self._plain(outs, positions)
        except KafkaException as error:
            self._raise_problem("write results")
            raise failure(error, "write results") from None

    def _plain(self, outs: Sequence[Out], positions: list[TopicPartition]) -> None:
        failed: list[KafkaError] = []
        self._produce(outs, lambda error, _: failed.append(error) if error else None)
        if self.producer.flush(30.0) or failed:
            raise failure(failed[0], "write results") if failed else WorldError("the broker took too long to answer")
        if positions:
            self.consumer.commit(offsets=positions, asynchronous=False)

    def _produce(self, outs: Sequence[Out], done: Callable[[Any, Any], None] | None = None) -> None:
        send = self.producer.produce
        for out in outs:
            if self.kafka.embedded:
                self._refuse_load(out)
            partition = _BY_KEY if out.partition is None else out.partition
            headers = list(out.headers) if out.headers else None
            args: Any = (out.topic, out.value, out.key, partition, done, None, max(out.timestamp_ms, 0), headers)
            try:
                send(*args)
            except BufferError:
                produce(self.producer, *args)
            except KafkaException as error:
                if error.args[0].code() not in UNKNOWN:
                    raise
                produce(self.producer, *args)

    def _refuse_load(self, out: Out) -> None:
        at = (out.topic, out.partition if out.partition is not None else -1)
        self._sent[at] = self._sent.get(at, 0) + len(out.value or b"") + len(out.key or b"") + 128
        if self._sent[at] > EMBEDDED_PARTITION_BYTES:
            raise Unrecoverable(
                f"{out.topic}: the embedded broker keeps about 5 MB a partition and would drop records; "
                "use BROKER=kafka for loads of this size"
            )

    def close(self) -> None:
        """Leave without committing anything more; a static member keeps its partitions until its time runs out."""
        self._closing = True
        self.consumer.close()
