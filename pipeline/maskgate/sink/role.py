"""The lineage sink: reads ``maskgate.lineage`` and publishes claimed Parquet files.

The claims say where to go on; what the group commits is for the display of lag only. A sink that finds its offsets
published by another ends (crash-only) and, started again, goes on from the newest claim.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from confluent_kafka import TopicPartition

from maskgate.base.config import Kafka, Lineage, Settings
from maskgate.base.errors import WorldError
from maskgate.base.log import say
from maskgate.base.meters import Meters
from maskgate.kafka import topics
from maskgate.kafka.admin import read_range
from maskgate.kafka.session import Partition, Session
from maskgate.kafka.topic_id import Incarnations, topic_id
from maskgate.lineage.event import now_ms
from maskgate.lineage.sinks import keys
from maskgate.lineage.sinks.opened import open_store
from maskgate.lineage.sinks.store import Store
from maskgate.lineage.sinks.writer import PartitionWriter
from maskgate.lineage.wire import codec
from maskgate.sink.meter import Metered

_POLL_RECORDS = 5000
_POLL_WAIT_S = 0.2


class Source(Protocol):
    """What the sink needs of a session."""

    def poll(self, max_records: int, max_wait_s: float) -> list[Any]:
        """Messages of the assigned partitions."""

    def commit(self, outs: Any, offsets: Mapping[Partition, int]) -> None:
        """Show how far this sink is."""


Fetch = Callable[[Partition, int, int], Iterable[Any]]
"""Messages of a partition from one offset to another, both inclusive, as far as the topic still has them."""


class Sink:
    """Writers per assigned partition; knows no broker."""

    def __init__(
        self,
        store: Store,
        topic: str,
        topic_id: str,
        options: Lineage,
        fetch: Fetch | None = None,
        confirm: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._topic, self._topic_id = store, topic, topic_id
        self._options, self._fetch, self._confirm = options, fetch, confirm
        self._writers: dict[Partition, PartitionWriter] = {}
        self.rows = 0
        self.files = 0

    def assigned(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Start writers; where to read from, by the newest claims. What was damaged before is written anew first."""
        self._writers = {at: PartitionWriter(self._store, at[0], self._topic_id, at[1]) for at in partitions}
        for at, writer in self._writers.items():
            if writer.holes and self._fetch is not None:
                fill(writer, at, self._fetch)
        return {at: writer.start for at, writer in self._writers.items()}

    def revoked(self, partitions: Iterable[Partition]) -> None:
        """Drop what is gathered: whoever gets the partition reads it again from the newest claim."""
        for at in partitions:
            self._writers.pop(at, None)

    def take(self, messages: Iterable[Any]) -> None:
        """Gather messages; those of partitions that went away are nobody's concern here."""
        for message in messages:
            writer = self._writers.get((message.topic(), message.partition()))
            if writer is not None:
                writer.add(message.offset(), message.timestamp()[1], message.value())

    def write(self, everything: bool = False) -> dict[Partition, int]:
        """Publish what is due (or everything); the next offset of each partition that got a file.

        Raises:
            Fenced: another sink owns a partition by now. WorldError: what was gathered may be of another topic.
        """
        done = {}
        # one bound over all partitions: rows in memory are what a sink with a backlog would die of
        everything = everything or sum(map(len, self._writers.values())) >= self._options.max_rows
        due = [w for w in self._writers.values() if everything or w.due(self._options.max_rows, self._options.max_wait)]
        if any(map(len, due)):
            self._confirm()
        for at, writer in self._writers.items():
            if writer in due:
                footer = writer.flush()
                if footer is not None:
                    done[at] = footer.end + 1
                    self.rows += footer.rows
                    self.files += 1
        return done


def fill(writer: PartitionWriter, at: Partition, fetch: Fetch) -> tuple[int, int]:
    """Write the holes of a partition anew; how many files that were, and how many rows the topic had no more."""
    lost = 0
    for hole in writer.holes:
        missing = writer.fill(hole, fetch(at, hole.name.start, hole.end), now_ms())
        lost += missing
        say("lineage", "rebuilt", file=str(hole.name), rows_lost=missing)
    files, writer.holes = len(writer.holes), []
    return files, lost


def run(source: Source, sink: Sink, stop: Callable[[], bool]) -> None:
    """Read, gather, publish, until ``stop``; then publish the rest."""
    while not stop():
        sink.take(source.poll(_POLL_RECORDS, _POLL_WAIT_S))
        if done := sink.write():
            source.commit((), done)
    if done := sink.write(everything=True):
        source.commit((), done)


def _check_range(session: Session, starts: Mapping[Partition, int]) -> dict[Partition, int]:
    """Where to read from; says loudly when the broker deleted rows before they were written.

    Raises:
        WorldError: the topic ends before what is written already (the broker lost data).
    """
    out = {}
    for (topic, partition), start in starts.items():
        low, high = session.consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=15)
        if start > high >= 0:
            raise WorldError(
                f"{topic}/{partition} ends at {high}, but offsets up to {start - 1} are written: the broker lost data; "
                "move the lineage folder away to start anew"
            )
        if low > start:
            say("lineage", "lineage_gap", partition=partition, missing_from=start, missing_to=low - 1)
        out[(topic, partition)] = max(start, low)
    return out


def _reader(kafka: Kafka) -> Kafka:
    """Settings with which the session's idle producer asks for no id: the sink's user may write nothing."""
    return kafka.model_copy(update={"options": kafka.options | {"enable.idempotence": "false"}})


def fetcher(kafka: Kafka) -> Fetch:
    """How the sink reads offsets a second time."""
    return lambda at, start, end: read_range(_reader(kafka), at, start, end)


def open_place(settings: Settings, instance: str) -> Store:
    """The place that the configuration names."""
    state = settings.pipeline.state_dir
    return open_store(settings.lineage.where, instance, keys.own(state), keys.known(state))


def main(settings: Settings) -> None:
    """Run the sink until SIGTERM or Ctrl-C."""
    serve(settings, topics.LINEAGE)


def serve(settings: Settings, topic: str) -> None:
    """Run the sink of one lineage topic until SIGTERM or Ctrl-C."""
    codec.use_registry(settings.lineage.registry_url)
    stopping: list[int] = []
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda number, _: stopping.append(number))
    group = topics.group(settings.pipeline.name, "lineage")
    instance = topics.worker_id(group, settings.pipeline.instance, 0)
    known = topic_id(settings, topic)
    same = Incarnations(settings.kafka, {topic: known})

    def confirm() -> None:
        same.ask([topic])
        same.confirm()

    sink = Sink(open_place(settings, instance), topic, known, settings.lineage, fetcher(settings.kafka), confirm)
    box: list[Session] = []
    session = Session(
        _reader(settings.kafka),
        group=group,
        transactional_id=None,
        topics=[topic],
        on_assign=lambda parts: _check_range(box[0], sink.assigned(parts)),
        on_revoke=sink.revoked,
        consumer_options={"group.instance.id": instance, "auto.offset.reset": "error"},
    )
    box.append(session)
    say("lineage", "started", dir=str(settings.lineage.where), instance=instance)
    try:
        meters = Meters(settings.pipeline.state_dir, "lineage")
        run(Metered(session, sink, meters), sink, lambda: bool(stopping))
    finally:
        session.close()
    say("lineage", "stopped", rows=sink.rows, files=sink.files)
