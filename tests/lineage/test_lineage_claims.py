"""Claims: exactly one sink publishes an offset, and a kill at any step loses and doubles nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.lineage_rows import T0, LineageTopic, event_bytes
from fakes.lineage_store import store, verify
from fakes.lineage_store import writer as writer_of
from maskgate.base.config import Lineage
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.lineage.ask import query
from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.writer import PartitionWriter
from maskgate.sink.role import Sink, run

TOPIC = "maskgate.lineage"
DAY_MS = 86_400_000


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


def writer(folder: Path, instance: str = "a", partition: int = 0) -> PartitionWriter:
    return writer_of(folder, partition=partition, instance=instance)


def offsets(folder: Path) -> list[int]:
    return [row[0] for row in query.select(folder, "SELECT kafka_offset FROM lineage ORDER BY ALL").rows]


def test_files_chain_and_the_next_start_is_end_plus_one(tmp_path: Path) -> None:
    """The name of a file is the end of the one before plus one, not its first record's offset."""
    one = writer(tmp_path)
    one.add(3, T0, event_bytes(1))
    one.add(5, T0, event_bytes(2))
    first = one.flush()
    one.add(9, T0, event_bytes(3))
    second = one.flush()
    assert first and second
    assert (first.start, first.end, second.start, second.end, second.rows) == (0, 5, 6, 9, 1)
    assert writer(tmp_path).start == 10
    assert verify(tmp_path) == []


def test_of_two_writers_one_publishes(tmp_path: Path) -> None:
    """A paused twin that wakes with the same offsets in hand is fenced and goes on behind the winner."""
    paused, other = writer(tmp_path, "a"), writer(tmp_path, "b")
    paused.add(0, T0, event_bytes(0))
    for offset in range(3):
        other.add(offset, T0, event_bytes(offset))
    other.flush()
    with pytest.raises(claims.Fenced):
        paused.flush()
    assert paused.resume() == 3
    assert offsets(tmp_path) == [0, 1, 2]
    assert not list(tmp_path.glob(f"{claims.TEMP}*"))


def test_the_fence_holds_across_midnight(tmp_path: Path) -> None:
    """Twins whose first rows fall on different days still meet on one name."""
    paused, other = writer(tmp_path, "a"), writer(tmp_path, "b")
    other.add(0, T0, event_bytes(0))
    other.flush()
    paused.add(1, T0 + DAY_MS, event_bytes(1))
    with pytest.raises(claims.Fenced):
        paused.flush()
    assert len(list(tmp_path.glob("dt=*/*.parquet"))) == 1


def test_day_is_that_of_the_first_row_in_utc(tmp_path: Path) -> None:
    """A file that spans midnight lies under the day of its first row."""
    one = writer(tmp_path)
    one.add(0, T0, event_bytes(0))
    one.add(1, T0 + DAY_MS, event_bytes(1))
    one.flush()
    assert [p.parent.name for p in tmp_path.glob("dt=*/*.parquet")] == ["dt=2026-11-21"]


STEPS: dict[str, tuple[object, str]] = {
    "before the claim": (os, "link"),
    "between claim and day": (claims, "show"),
    "before the temp name goes": (Path, "unlink"),
}


@pytest.mark.parametrize("step", STEPS, ids=list(STEPS))
def test_a_kill_at_any_step_loses_and_doubles_nothing(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes after a kill has every row once, and the day folders in line."""
    one = writer(tmp_path)
    for offset in range(4):
        one.add(offset, T0, event_bytes(offset))
    holder, name = STEPS[step]
    with monkeypatch.context() as patch:
        patch.setattr(holder, name, _kill)
        with pytest.raises(Killed):
            one.flush()
    claims.sweep(tmp_path, "a")
    after = writer(tmp_path)
    for offset in range(after.start, 6):
        after.add(offset, T0, event_bytes(offset))
    after.flush()
    assert offsets(tmp_path) == [0, 1, 2, 3, 4, 5]
    assert verify(tmp_path) == []
    assert not list(tmp_path.glob(f"{claims.TEMP}*"))


def _kill(*_: object, **__: object) -> None:
    raise Killed


def test_a_torn_temp_file_is_no_row(tmp_path: Path) -> None:
    """What a kill left of an unfinished file is swept away when its writer comes back, and read by nobody."""
    writer(tmp_path)
    (tmp_path / f"{claims.TEMP}a-1-0-1").write_bytes(b"PAR1torn")
    assert claims.sweep(tmp_path, "a") == 1
    assert query.select(tmp_path, "SELECT count(*) FROM lineage").rows == [(0,)]


def test_another_instance_keeps_its_temp_file(tmp_path: Path) -> None:
    """A sweep leaves the young temp files of others alone."""
    writer(tmp_path)
    (tmp_path / f"{claims.TEMP}b-1-0-1").write_bytes(b"")
    assert claims.sweep(tmp_path, "a") == 0


def test_a_topic_created_anew_starts_at_zero(tmp_path: Path) -> None:
    """Claims belong to the topic's id, so that a new topic of the same name does not skip its first rows."""
    one = writer(tmp_path)
    one.add(0, T0, event_bytes(0))
    one.flush()
    assert writer_of(tmp_path, "another").start == 0


def test_unreadable_events_are_rows_too(tmp_path: Path) -> None:
    """Every offset is accounted for, also one that is no lineage event; its bytes are not kept."""
    one = writer(tmp_path)
    one.add(0, T0, b"marked-raw-bytes")
    one.add(1, T0, None)
    one.flush()
    rows = query.select(tmp_path, "SELECT kind, reason, kafka_offset FROM lineage ORDER BY kafka_offset").rows
    assert rows == [("other", "bad_lineage_event", 0), ("other", "bad_lineage_event", 1)]
    assert all(b"marked-raw-bytes" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_no_hard_links_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that cannot fence stops the sink with what to do."""

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    one = writer(tmp_path)
    one.add(0, T0, event_bytes(0))
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(ConfigurationError, match="hard links"):
        one.flush()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("abc_-x+3+00000000000000000017", claims.Name("abc_-x", 3, 17)),
        ("a+b+1+2", claims.Name("a+b", 1, 2)),
        (".tmp-a", None),
        ("abc+x+1", None),
        ("+1+2", None),
    ],
)
def test_names_are_read_back(text: str, name: claims.Name | None) -> None:
    """Only names of ours are claims."""
    assert claims.Name.parse(text) == name


def serve(folder: Path, topic: LineageTopic, instance: str, polls: int, options: Lineage | None = None) -> Sink:
    """A sink that reads what is there in so many polls and ends."""
    sink = Sink(store(folder, instance), TOPIC, "tid", options or Lineage(max_rows=3, max_wait=100))
    reader = topic.reader(sink.assigned([(TOPIC, p) for p in topic.messages]))
    left = iter(range(polls))
    run(reader, sink, lambda: next(left, None) is None)
    return sink


def test_a_sink_goes_on_where_the_claims_end_not_where_the_group_is(tmp_path: Path) -> None:
    """The committed offsets are for display: a sink started with none of them still writes every row once."""
    topic = LineageTopic(2)
    for i in range(10):
        topic.append(i % 2, event_bytes(i, partition=i % 2), gap=i % 3)
    serve(tmp_path, topic, "a", 1)
    topic.committed.clear()
    for i in range(10, 14):
        topic.append(i % 2, event_bytes(i, partition=i % 2))
    serve(tmp_path, topic, "b", 2)
    assert sorted(row[0] for row in query.select(tmp_path, "SELECT source_offset FROM lineage").rows) == list(range(14))
    assert topic.committed == {(TOPIC, p): m[-1].offset() + 1 for p, m in topic.messages.items()}


@pytest.mark.parametrize("nth", range(1, 9))
def test_a_sink_killed_anywhere_is_replaced_without_loss(
    nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kill at the nth call that touches the disk or the broker; the next sink completes the work."""
    topic = LineageTopic(2)
    for i in range(12):
        topic.append(i % 2, event_bytes(i, partition=i % 2))
    count = iter(range(1, 1000))

    def wrap(function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            if next(count) == nth:
                raise Killed
            return function(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", wrap(os.link))
        patch.setattr(os, "fsync", wrap(os.fsync))
        with pytest.raises(Killed):
            serve(tmp_path, topic, "a", 3)
    serve(tmp_path, topic, "a", 3)
    assert sorted(row[0] for row in query.select(tmp_path, "SELECT source_offset FROM lineage").rows) == list(range(12))
    assert verify(tmp_path, repair=True) == []


def test_rows_of_a_topic_that_may_have_been_created_anew_are_not_written(tmp_path: Path) -> None:
    """A position goes over to a new topic of the same name: before every file the sink asks whether it is the same."""
    topic, asked = LineageTopic(1), []

    def changed() -> None:
        asked.append(1)
        raise WorldError("created anew")

    sink = Sink(store(tmp_path), TOPIC, "tid", Lineage(max_rows=3, max_wait=100), confirm=changed)
    reader = topic.reader(sink.assigned([(TOPIC, 0)]))
    sink.write()
    assert asked == []
    for i in range(3):
        topic.append(0, event_bytes(i))
    sink.take(reader.poll(5, 0))
    with pytest.raises(WorldError):
        sink.write()
    assert list(tmp_path.rglob("*.parquet")) == []


def test_rows_in_memory_are_bounded_over_all_partitions(tmp_path: Path) -> None:
    """A backlog on many partitions does not gather a full file for each of them."""
    topic = LineageTopic(4)
    for i in range(40):
        topic.append(i % 4, event_bytes(i, partition=i % 4))
    sink = Sink(store(tmp_path), TOPIC, "tid", Lineage(max_rows=30, max_wait=100))
    reader = topic.reader(sink.assigned([(TOPIC, p) for p in topic.messages]))
    sink.take(reader.poll(5, 0))
    assert sink.write() == {}
    sink.take(reader.poll(5, 0))
    assert len(sink.write()) == 4
    assert sink.rows == 40


@pytest.mark.parametrize("place", ["s3://bucket/lineage", "gs://b", "abfs://c@d", "S3://b", "s3:/b", "file:///tmp/x"])
def test_a_scheme_that_is_not_known_is_refused(place: str) -> None:
    """It would become a local folder of that name."""
    with pytest.raises(ValueError, match="scheme"):
        Lineage(dir=place)  # type: ignore[arg-type]
