"""What the doctor asks a broker: its clock, who is in our groups, how topics are replicated."""

from __future__ import annotations

import contextlib
import socket
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from maskgate.base.config import Settings
from maskgate.kafka import topics
from maskgate.kafka.admin import plain_reader
from maskgate.kafka.client import failure, quiet


class Member(NamedTuple):
    """One process in a consumer group."""

    group: str
    instance: str
    host: str


class Replicas(NamedTuple):
    """How often a topic is kept, and how many of its partitions miss a replica now."""

    topic: str
    replicas: int
    behind: int


def replicas(settings: Settings, names: Sequence[str]) -> Iterator[Replicas]:
    """Replication of these topics, of those that are there."""
    try:
        found = AdminClient(quiet(settings.kafka.client())).list_topics(timeout=15).topics
    except KafkaException as error:
        raise failure(error, "look at the topics") from None
    for name in names:
        if name in found and found[name].error is None:
            parts = list(found[name].partitions.values())
            behind = sum(len(p.isrs) < len(p.replicas) for p in parts)
            yield Replicas(name, min((len(p.replicas) for p in parts), default=0), behind)


def clock_offset(settings: Settings) -> float | None:
    """Seconds that the broker's clock is ahead of ours, to half of the round trip; None where we may not ask.

    Appends one record to the lineage topic in a transaction that is aborted: the broker stamps it, and no reader of
    committed data ever sees it.
    """
    if settings.kafka.embedded:
        return None
    own = f"{topics.group(settings.pipeline.name, 'mask')}.doctor-{uuid.uuid4().hex}"
    conf = {"transactional.id": own, "transaction.timeout.ms": 10_000, "linger.ms": 0, "message.timeout.ms": 8000}
    producer = Producer(quiet(settings.kafka.client() | conf))
    stamps: list[float] = []
    sent = time.time()

    def delivered(error: KafkaError | None, message: Any) -> None:
        if error is None and message.timestamp()[0] == 2:  # LogAppendTime
            now = time.time()
            stamps.append(message.timestamp()[1] / 1000 - (sent + now) / 2)

    try:
        producer.init_transactions(10)
        producer.begin_transaction()
        sent = time.time()
        producer.produce(topics.LINEAGE, b"", on_delivery=delivered)
        producer.flush(8)
        producer.abort_transaction(10)
    except KafkaException as error:
        if error.args[0].code() in _REFUSED:
            return None
        raise failure(error, "ask for the broker's time") from None
    return stamps[0] if stamps else None


_REFUSED = {
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError._PURGE_QUEUE,
    KafkaError._STATE,
}


def members(settings: Settings, groups: Sequence[str]) -> dict[str, list[Member]]:
    """Who is in these groups; a group that we may not see is left out."""
    admin = AdminClient(quiet(settings.kafka.client()))
    out: dict[str, list[Member]] = {}
    for group, future in admin.describe_consumer_groups(list(groups), request_timeout=15).items():
        try:
            found = future.result()
        except KafkaException as error:
            if error.args[0].code() not in _REFUSED:  # a group that nobody has joined yet
                out[group] = []
            continue
        out[group] = [
            Member(group, m.group_instance_id or m.client_id or "", str(m.host).lstrip("/")) for m in found.members
        ]
    return out


def watermarks(settings: Settings, topic: str = topics.LINEAGE) -> dict[int, tuple[int, int]]:
    """Low and high watermark of every partition of a topic.

    Raises:
        WorldError: it cannot be looked at.
    """
    reader = plain_reader(settings.kafka, [topic], committed=False)
    try:
        return {part.partition: reader.get_watermark_offsets(part, timeout=15) for part in reader.assignment()}
    except KafkaException as error:
        raise failure(error, f"look at {topic}") from None
    finally:
        reader.close()


def own_addresses() -> set[str]:
    """Addresses under which a broker may see this host."""
    found = {"127.0.0.1", "::1", "0:0:0:0:0:0:0:1"}
    with contextlib.suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent: it only picks the address we would send from
        found.add(probe.getsockname()[0])
    return found
