"""Questions and orders to the broker outside the data path: reachable, topics, plain readers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.kafka.client import failure, quiet, tell
from maskgate.kafka.errors import Unrecoverable, no_such_topic
from maskgate.kafka.session import Partition, place
from maskgate.kafka.topics import TopicSpec

Marks = tuple[int, int]
"""Low and high watermark."""

_NO_LEADER_YET = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}


def _admin(kafka: Kafka, problem: dict[str, KafkaError] | None = None) -> AdminClient:
    return AdminClient(quiet({"error_cb": tell(problem if problem is not None else {})} | kafka.client()))


def reachable(kafka: Kafka, timeout_s: float = 5.0) -> Mapping[str, int]:
    """The topics that the broker shows us and their numbers of partitions.

    Raises:
        WorldError: no answer in time. Unrecoverable: the credentials were refused.
    """
    problem: dict[str, KafkaError] = {}
    admin = _admin(kafka, problem)
    until = time.monotonic() + timeout_s
    while True:
        try:
            found = admin.list_topics(timeout=max(0.1, min(1.0, until - time.monotonic()))).topics
            return {name: len(topic.partitions) for name, topic in found.items() if topic.error is None}
        except KafkaException as error:
            admin.poll(0)
            if "last" in problem:
                raise failure(problem["last"], f"reach {kafka.bootstrap_servers}") from None
            if time.monotonic() > until:
                raise WorldError(
                    f"no broker answers at {kafka.bootstrap_servers} ({error.args[0].name()}); "
                    "check kafka.bootstrap_servers and that the broker runs"
                ) from None


def ensure_topics(kafka: Kafka, specs: Iterable[TopicSpec], timeout_s: float = 30.0) -> list[str]:
    """Create the topics that are missing and wait until they have a leader; the names that were created."""
    specs = list(specs)
    have = reachable(kafka, timeout_s)
    new = [s for s in specs if s.name not in have]
    if kafka.embedded:
        _touch(kafka, new, timeout_s)
        return [s.name for s in new]
    if new:
        wanted = [
            NewTopic(
                s.name, num_partitions=s.partitions, replication_factor=kafka.replication_factor, config=dict(s.config)
            )
            for s in new
        ]
        admin = _admin(kafka)  # named: a client that is collected takes its answers with it
        for name, future in admin.create_topics(wanted, operation_timeout=timeout_s).items():
            try:
                future.result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise failure(error, f"create topic {name}") from None
    _await_leaders(kafka, [s.name for s in specs], timeout_s)
    return [s.name for s in new]


def _touch(kafka: Kafka, specs: Sequence[TopicSpec], timeout_s: float) -> None:
    """The embedded broker creates a topic (of 4 partitions) when a producer asks about it."""
    producer = Producer(quiet(kafka.client()))
    for spec in specs:
        until = time.monotonic() + timeout_s
        while not producer.list_topics(spec.name, timeout=timeout_s).topics[spec.name].partitions:
            if time.monotonic() > until:
                raise WorldError(f"{spec.name}: the embedded broker did not create the topic")
            time.sleep(0.05)


def _await_leaders(kafka: Kafka, names: Sequence[str], timeout_s: float) -> None:
    admin = _admin(kafka)
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        found = admin.list_topics(timeout=timeout_s).topics
        if all(n in found and found[n].partitions and _led(found[n]) for n in names):
            return
        time.sleep(0.05)
    raise WorldError("the broker did not elect leaders for the topics in time")


def _led(topic: Any) -> bool:
    return topic.error is None and all(p.leader >= 0 and p.error is None for p in topic.partitions.values())


def topic_configs(kafka: Kafka, names: Sequence[str], timeout_s: float = 15.0) -> dict[str, dict[str, str]]:
    """Settings in force of topics that exist."""
    admin = _admin(kafka)
    futures = admin.describe_configs([ConfigResource(ResourceType.TOPIC, n) for n in names], request_timeout=timeout_s)
    out = {}
    for resource, future in futures.items():
        try:
            out[resource.name] = {k: str(entry.value) for k, entry in future.result().items()}
        except KafkaException as error:
            raise failure(error, f"read the settings of {resource.name}") from None
    return out


def is_compacted(kafka: Kafka, topic: str) -> bool:
    """Whether the topic keeps only the newest record of each key; the embedded broker compacts none."""
    if kafka.embedded:
        return False
    return "compact" in topic_configs(kafka, [topic])[topic].get("cleanup.policy", "")


def check_topics(kafka: Kafka, specs: Iterable[TopicSpec]) -> list[str]:
    """One line per topic that is missing or differs in what matters, with what to do; empty when all is well.

    The embedded broker knows no settings: only names are looked at there.
    """
    specs = list(specs)
    have = reachable(kafka)
    lines = [f"{s.name}: missing; run `maskgate topics create`" for s in specs if s.name not in have]
    there = [s for s in specs if s.name in have]
    if kafka.embedded or not there:
        return lines
    configs = topic_configs(kafka, [s.name for s in there])
    for spec in there:
        if spec.required and spec.partitions == 1 and have[spec.name] != 1:
            lines.append(f"{spec.name}: {have[spec.name]} partitions, must be 1; it has to be created anew")
        for key in spec.required:
            value = configs[spec.name].get(key)
            if value != spec.config[key]:
                lines.append(
                    f"{spec.name}: {key}={value}, must be {spec.config[key]}; run `maskgate topics create --alter`"
                )
    return lines


def alter_topics(kafka: Kafka, specs: Iterable[TopicSpec]) -> None:
    """Set the settings of topics that exist to those of their specs; others stay."""
    resources = [
        ConfigResource(
            ResourceType.TOPIC,
            s.name,
            incremental_configs=[
                ConfigEntry(k, v, incremental_operation=AlterConfigOpType.SET) for k, v in s.config.items()
            ],
        )
        for s in specs
        if s.config
    ]
    admin = _admin(kafka)
    for resource, future in admin.incremental_alter_configs(resources).items():
        try:
            future.result()
        except KafkaException as error:
            raise failure(error, f"change the settings of {resource.name}") from None


def topic_ids(kafka: Kafka, names: Sequence[str]) -> dict[str, str]:
    """The broker's id of each topic: one that was created anew has another. The embedded broker knows none."""
    if kafka.embedded:
        return {}
    admin = _admin(kafka)
    out = {}
    for name, future in admin.describe_topics(TopicCollection(list(names)), request_timeout=15).items():
        try:
            out[name] = str(future.result().topic_id)
        except KafkaException as error:
            raise failure(error, f"describe {name}") from None
    return out


def max_message_bytes(kafka: Kafka, names: Sequence[str]) -> dict[str, int]:
    """The largest record that each topic takes; where the broker does not say, librdkafka's default of 1 MB."""
    default = 1_000_000
    if kafka.embedded:
        return dict.fromkeys(names, default)
    try:
        configs = topic_configs(kafka, names)
    except Unrecoverable:  # no right to describe: assume the default
        return dict.fromkeys(names, default)
    return {n: int(c.get("max.message.bytes", default)) for n, c in configs.items()}


def plain_reader(
    kafka: Kafka,
    topics: Sequence[str],
    *,
    committed: bool = True,
    start: Mapping[Partition, int] | None = None,
    tell_ends: bool = False,
) -> Consumer:
    """A consumer with every partition of ``topics`` assigned, from the first record or ``start``; it never commits.

    With ``tell_ends`` it also gives the ``_PARTITION_EOF`` events that :func:`until` needs.
    """
    consumer = Consumer(
        quiet(
            {
                "group.id": f"maskgate.reader.{uuid.uuid4()}",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed" if committed else "read_uncommitted",
                "enable.partition.eof": tell_ends,
                "fetch.wait.max.ms": 50,
                "queued.max.messages.kbytes": 8192,  # the library's own 64 MiB a topic is memory that nobody asked for
                "allow.auto.create.topics": kafka.embedded,
            }
            | kafka.client()
        )
    )
    every = [(topic, p) for topic in topics for p in sorted(_partitions(consumer, topic))]
    consumer.assign([TopicPartition(t, p, (start or {}).get((t, p), OFFSET_BEGINNING)) for t, p in every])
    return consumer


def _partitions(consumer: Consumer, topic: str, timeout_s: float = 10.0) -> list[int]:
    until = time.monotonic() + timeout_s
    while True:
        try:
            found = consumer.list_topics(topic, timeout=timeout_s).topics[topic]
        except KafkaException as error:
            raise failure(error, f"read {topic}") from None
        if found.error is None and found.partitions:
            return list(found.partitions)
        if time.monotonic() > until or (found.error is not None and not found.error.retriable()):
            raise no_such_topic(topic, consumer.list_topics(timeout=timeout_s).topics)
        time.sleep(0.05)


def end_offsets(kafka: Kafka, topics: Sequence[str]) -> dict[tuple[str, int], int]:
    """The high watermark per partition, seen read_uncommitted: a read_committed client under-reports it."""
    found = marks(kafka, topics)
    if kafka.embedded and (gone := sorted(at for at, (low, _) in found.items() if low > 0)):
        raise Unrecoverable(
            f"the embedded broker dropped records of {gone[0][0]}: it keeps about 5 MB a partition; use a real one"
        )
    return {at: high for at, (_, high) in found.items()}


def cut_off(kafka: Kafka, topics: Sequence[str]) -> set[str]:
    """Those that no longer have their first record, in whatever partition."""
    return {topic for (topic, _), (low, _) in marks(kafka, topics).items() if low > 0}


def marks(kafka: Kafka, topics: Sequence[str], isolation: str = "read_uncommitted") -> dict[Partition, Marks]:
    """Low and high watermark per partition; the high one of a ``read_committed`` reader is the last stable offset."""
    consumer = Consumer(
        quiet({"group.id": f"maskgate.reader.{uuid.uuid4()}", "isolation.level": isolation} | kafka.client())
    )
    try:
        return {(t, p): _marks(consumer, TopicPartition(t, p)) for t in topics for p in _partitions(consumer, t)}
    except KafkaException as error:
        raise failure(error, "read the end offsets") from None
    finally:
        consumer.close()


def _marks(consumer: Consumer, place: TopicPartition, timeout_s: float = 15.0) -> Marks:
    """Low and high watermark; a broker that just came back is given time to elect leaders."""
    until = time.monotonic() + timeout_s
    while True:
        try:
            low, high = consumer.get_watermark_offsets(place, timeout=timeout_s)
            return low, high
        except KafkaException as error:
            if error.args[0].code() not in _NO_LEADER_YET or time.monotonic() > until:
                raise
            time.sleep(0.2)


def read_to_end(
    kafka: Kafka, topics: Sequence[str], *, committed: bool = True, timeout_s: float = 30.0
) -> Iterator[Message]:
    """Every record up to the end offsets of this moment, then stops.

    Raises:
        WorldError: the end was not reached in ``timeout_s`` (an open transaction holds read_committed readers back).
    """
    ends = {at: end for at, end in end_offsets(kafka, topics).items() if end > 0}
    if not ends:
        return
    consumer = plain_reader(kafka, topics, committed=committed, tell_ends=True)
    try:
        yield from until(consumer, ends, timeout_s)
    finally:
        consumer.close()


def read_range(kafka: Kafka, at: Partition, start: int, end: int, *, committed: bool = True) -> Iterator[Message]:
    """The records of one partition between two offsets, both inclusive, as far as they are there.

    Raises:
        WorldError: the broker does not answer.
    """
    consumer = plain_reader(kafka, [], committed=committed, tell_ends=True)
    try:
        low, high = consumer.get_watermark_offsets(TopicPartition(*at), timeout=15)
        first, behind = max(start, low), min(end + 1, high)
        if first >= behind:
            return
        consumer.assign([TopicPartition(*at, first)])
        yield from until(consumer, {at: behind}, 120.0)
    finally:
        consumer.close()


def until(consumer: Consumer, ends: Mapping[Partition, int], timeout_s: float | None = None) -> Iterator[Message]:
    """What a ``tell_ends`` reader has below the given offsets; returns when it is behind each of them.

    The end is known by the end events: a position alone stops before trailing transaction markers.

    Raises:
        WorldError: not there in ``timeout_s`` (an open transaction holds read_committed readers back).
    """
    waiting = {at for at, end in ends.items() if end > 0}
    limit = time.monotonic() + timeout_s if timeout_s is not None else None
    while waiting:
        if limit is not None and time.monotonic() > limit:
            raise WorldError(
                f"the end of {', '.join(sorted({t for t, _ in waiting}))} was not reached in {timeout_s} s"
            )
        for m in consumer.consume(1000, 0.1):
            error = m.error()
            at, offset = place(m)
            if error is None:
                if offset < ends.get(at, 0):
                    yield m
            elif error.code() == KafkaError._PARTITION_EOF:
                if offset >= ends.get(at, 0):
                    waiting.discard(at)
            elif not error.retriable():
                raise failure(error, f"read {m.topic()}")
            if error is None and offset + 1 >= ends.get(at, 0):
                waiting.discard(at)
