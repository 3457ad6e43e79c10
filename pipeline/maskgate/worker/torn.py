"""Before a worker writes: nothing of an earlier transaction of its id may wait for a marker that never comes.

A broker can call a transaction ended though a partition without a leader at that moment never got its marker
(KAFKA-20734). The records there stay open, and the next commit of the same id would make them valid beside parts that
were aborted: a torn batch. So what stays open longer than a transaction may is aborted here, first. Where the offsets
of the group say that it was committed, it stays: the next commit of this id there makes it valid, as it ought to be.
What only the offsets wait for comes twice at worst, never not at all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.base.log import say
from maskgate.kafka import admin, topics
from maskgate.kafka.client import failure, quiet
from maskgate.kafka.session import Partition, Session, place
from maskgate.lineage.wire import codec
from maskgate.worker.source import Source, source_of

PATIENCE_S = 15.0
"""Longer than a transaction may take (10 s) and its coordinator needs to end it."""
_ASK_EVERY_S = 0.5
_ANSWER_S = 10.0
_WORKER = frozenset(("masked", "passed", "held", "quarantined"))


class Found(NamedTuple):
    """What waits, and what became of it."""

    aborted: tuple[Partition, ...] = ()
    kept: tuple[Partition, ...] = ()
    offsets: bool = False


def settle(
    session: Session, kafka: Kafka, group: str, inputs: Mapping[str, int], outputs: Sequence[str],
    patience_s: float = PATIENCE_S,
) -> Found:  # fmt: skip
    """Abort what an ended transaction of the session's id left open; the session is fenced already.

    Raises:
        WorldError: the broker does not answer; then nothing may be written either.
    """
    if not session.exactly_once:
        return Found()
    asked = [TopicPartition(topic, p) for topic, count in sorted(inputs.items()) for p in range(count)]
    waiting = _waiting(kafka, outputs, patience_s)
    unstable = not _stable(kafka, group, asked, patience_s)
    if not waiting and not unstable:
        return Found()
    reader = _reader(kafka, group, "read_uncommitted")
    try:
        offsets = {(at.topic, at.partition): at.offset for at in reader.committed(asked, timeout=_ANSWER_S)}
        kept = tuple(at for at, span in sorted(waiting.items()) if _counted(kafka, at, span, offsets))
        found = Found(tuple(sorted(set(waiting) - set(kept))), kept, unstable)
        _tell(found)
        _abort(session, found.aborted, asked[:1], reader)
    except KafkaException as error:
        raise failure(error, "abort what an earlier transaction left open") from None
    finally:
        reader.close()
    return found


def _waiting(kafka: Kafka, outputs: Sequence[str], patience_s: float) -> dict[Partition, tuple[int, int]]:
    """Partition → where its open transaction begins and where it ended at the first look."""
    ends = {at: high for at, (_, high) in admin.marks(kafka, outputs).items()}
    until = time.monotonic() + patience_s
    while True:
        stable = admin.marks(kafka, outputs, "read_committed")
        open_ones = {at: (stable[at][1], end) for at, end in ends.items() if stable[at][1] < end}
        if not open_ones or time.monotonic() > until:
            return open_ones
        time.sleep(_ASK_EVERY_S)


def _stable(kafka: Kafka, group: str, asked: list[TopicPartition], patience_s: float) -> bool:
    """Whether no offset of the group waits for the end of a transaction; the library asks again meanwhile."""
    reader = _reader(kafka, group, "read_committed")
    try:
        return all(at.error is None for at in reader.committed(asked, timeout=patience_s))
    except KafkaException:
        return False
    finally:
        reader.close()


def _reader(kafka: Kafka, group: str, isolation: str) -> Consumer:
    """Asks for the group's offsets without joining it."""
    own = {"group.id": group, "enable.auto.commit": False, "isolation.level": isolation}
    return Consumer(quiet(own | kafka.client()))


def _counted(kafka: Kafka, at: Partition, span: tuple[int, int], offsets: Mapping[Partition, int]) -> bool:
    """Whether the group went past a record of which a result waits here: then its transaction was committed."""
    for message in admin.read_range(kafka, at, span[0], span[1] - 1, committed=False):
        for topic, partition, offset in _sources(message):
            if offset < offsets.get((topic, partition), -1):
                return True
    return False


def _sources(message: Message) -> Iterator[Source]:
    (topic, _), _ = place(message)
    if topic != topics.LINEAGE:
        if found := source_of(message.headers()):
            yield found
        return
    row = codec.decode(message.value() or b"")
    if row["kind"] in _WORKER:
        yield row["source_topic"], row["source_partition"], row["source_offset"]


def _abort(session: Session, aborted: Sequence[Partition], some: list[TopicPartition], reader: Consumer) -> None:
    """A transaction that touches what waits, and the group's offsets, and is aborted: its marker ends the old one."""
    producer = session.producer
    producer.begin_transaction()
    for topic, partition in aborted:
        producer.produce(topic, b"", partition=partition)
    at = [TopicPartition(part.topic, part.partition, 0) for part in some]
    producer.send_offsets_to_transaction(at, reader.consumer_group_metadata(), _ANSWER_S)
    if producer.flush(_ANSWER_S):
        raise WorldError("abort what an earlier transaction left open: the broker took too long to answer")
    producer.abort_transaction(_ANSWER_S)


def _tell(found: Found) -> None:
    names = {"aborted": found.aborted, "kept": found.kept}
    shown = {name: [f"{t}/{p}" for t, p in parts] for name, parts in names.items()}
    say(
        "mask",
        "open_transaction",
        level="error" if found.kept else "warning",
        offsets=found.offsets,
        do="run `maskgate lineage verify --against-topics` when the stream is quiet",
        **shown,
    )
