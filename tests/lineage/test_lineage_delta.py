"""Lineage in a Delta table: one commit for each range of offsets, whoever writes and however often."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable, write_deltalake

from fakes import s3
from fakes.lineage_rows import T0, Few, LineageTopic, event_bytes, fetch_of, topic_of
from fakes.lineage_store import KEYS, SINK
from maskgate.base.address import Address
from maskgate.base.config import Lineage
from maskgate.base.errors import WorldError
from maskgate.lineage.ask import query
from maskgate.lineage.sinks import check, claims, compaction, delta, opened
from maskgate.lineage.sinks.writer import PartitionWriter
from maskgate.sink import repair
from maskgate.sink.role import Sink, run

TOPIC = "maskgate.lineage"
LATER = T0 / 1000 + 30 * 86400


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


@pytest.fixture
def place(tmp_path: Path) -> Address:
    return Address(f"delta+file://{tmp_path / 'table'}", tmp_path / "copies")


def table(at: Address) -> DeltaTable:
    return DeltaTable(at.bare.removeprefix("file://"))


def files(at: Address) -> list[Path]:
    return sorted(Path(uri) for uri in table(at).file_uris())


def writer(at: Address) -> PartitionWriter:
    return PartitionWriter(opened.open_remote(at, SINK), TOPIC, "tid", 0)


def write(one: PartitionWriter, *offsets: int) -> None:
    for offset in offsets:
        one.add(offset, T0 + offset, event_bytes(offset))
    one.flush()


def kept(at: Address) -> list[int]:
    return [row[0] for row in query.select(at, "SELECT kafka_offset FROM lineage ORDER BY ALL").rows]


def in_delta(at: Address) -> list[int]:
    """What a reader of Delta sees: DuckDB through Arrow, without an extension of it."""
    rows = duckdb.from_arrow(table(at).to_pyarrow_dataset()).project("kafka_offset").order("kafka_offset").fetchall()
    return [row[0] for row in rows]


def verify(at: Address) -> list[str]:
    return check.verify(at, KEYS)


def compact(at: Address, keep_days: float | None = None) -> compaction.Compacted:
    return compaction.compact(at, SINK, {}, now=LATER, keep_days=keep_days)


def fill(at: Address, topic: LineageTopic) -> None:
    """A sink that writes what the topic has, ten rows a file, and ends."""
    sink = Sink(opened.open_remote(at, SINK), TOPIC, "tid", Lineage(max_rows=6, max_wait=100), fetch_of(topic))
    reader = topic.reader(sink.assigned([(TOPIC, 0)]))
    done = iter(range(20))
    run(Few(reader), sink, lambda: next(done, None) is None)


def test_rows_are_read_by_any_reader_of_delta(place: Address) -> None:
    """Nested columns and times, too; the version of the transaction is the last offset of the partition."""
    one = writer(place)
    write(one, 0, 1, 2)
    write(one, 5)
    assert writer(place).start == 6
    assert kept(place) == in_delta(place) == [0, 1, 2, 5]
    assert verify(place) == []
    assert table(place).transaction_version("maskgate.lineage/tid/0") == 5
    sql = "SELECT kind, time, fields[1].path, detector_versions FROM lineage ORDER BY kafka_offset"
    rows = duckdb.from_arrow(table(place).to_pyarrow_dataset())
    assert rows.query("lineage", sql).fetchall() == query.select(place, sql).rows


def test_a_replay_one_after_the_other_is_skipped(place: Address) -> None:
    """The library takes the same version twice; this sink does not."""
    first = writer(place)
    write(first, 0, 1)
    replay = writer(place)
    replay.start = 0
    for offset in (0, 1, 2):
        replay.add(offset, T0, event_bytes(offset))
    with pytest.raises(claims.Fenced):
        replay.flush()
    assert in_delta(place) == [0, 1]


def test_a_paused_twin_is_fenced(place: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was stopped between the snapshot it decided on and its commit."""
    paused, other = writer(place), writer(place)
    paused.add(0, T0, event_bytes(0))
    whole = delta.DeltaStore._is_taken

    def stopped(self: delta.DeltaStore, *args: object) -> bool:
        monkeypatch.setattr(delta.DeltaStore, "_is_taken", whole)
        found = whole(self, *args)  # type: ignore[arg-type]
        write(other, 0, 1, 2)
        return found

    monkeypatch.setattr(delta.DeltaStore, "_is_taken", stopped)
    with pytest.raises(claims.Fenced):
        paused.flush()
    assert paused.resume() == 3
    assert kept(place) == in_delta(place) == [0, 1, 2]
    assert verify(place) == []


@pytest.mark.parametrize("scheme", ["delta+file", "delta+s3"])
def test_of_racing_sinks_one_commits(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk and on S3, and sinks of other partitions get through."""
    for name, value in s3.KEYS.items():
        monkeypatch.setenv(name, value)
    with s3.served() as url, s3.wire(url, lambda *_: "") as wire:
        at = s3.address(wire, uuid.uuid4().hex, tmp_path / "copies", scheme)
        if scheme == "delta+file":
            at = Address(f"delta+file://{tmp_path / 'table'}", tmp_path / "copies")
        ready = [writer(at) for _ in range(4)]
        ready += [PartitionWriter(opened.open_remote(at, SINK), TOPIC, "tid", 1)]
        for number, one in enumerate(ready):
            for offset in range(number + 1):
                one.add(offset, T0, event_bytes(offset))

        def publish(one: PartitionWriter) -> bool:
            try:
                one.flush()
            except claims.Fenced:
                return False
            return True

        with ThreadPoolExecutor(5) as pool:
            found = list(pool.map(publish, ready))
        assert (sum(found[:4]), found[4]) == (1, True)
        assert len(kept(at)) == found.index(True) + 1 + 5
        assert verify(at) == []


def test_a_lost_answer_to_a_commit_is_no_fence(place: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit was done; the next try finds its own file in the table."""
    one, whole = writer(place), delta.DeltaTable.create_write_transaction

    def lost(self: DeltaTable, *args: object, **options: object) -> None:
        monkeypatch.setattr(delta.DeltaTable, "create_write_transaction", whole)
        whole(self, *args, **options)  # type: ignore[arg-type]
        raise delta.CommitFailedError("no answer")

    monkeypatch.setattr(delta.DeltaTable, "create_write_transaction", lost)
    write(one, 0, 1)
    assert in_delta(place) == [0, 1]
    assert verify(place) == []


@pytest.mark.parametrize("step", ["before", "after"])
def test_a_kill_around_the_commit_loses_and_doubles_nothing(
    step: str, place: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sink that comes after it has every row once."""
    one, whole = writer(place), delta.DeltaTable.create_write_transaction

    def killed(self: DeltaTable, *args: object, **options: object) -> None:
        if step == "after":
            whole(self, *args, **options)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delta.DeltaTable, "create_write_transaction", killed)
        with pytest.raises(Killed):
            write(one, 0, 1)
    fill(place, topic_of(6))
    assert kept(place) == in_delta(place) == list(range(6))
    assert verify(place) == []


def test_compaction_is_one_commit(place: Address) -> None:
    """Readers of Delta see the same rows before and after; retention takes rows away; late twins are fenced."""
    topic = topic_of(40)
    fill(place, topic)
    before, ancient = kept(place), writer(place)
    assert compact(place).into == 1
    assert kept(place) == in_delta(place) == before
    assert len(files(place)) == 2
    assert compact(place, keep_days=1.0).rows_dropped == len(before) - len(kept(place)) > 0
    assert kept(place) == in_delta(place)
    assert verify(place) == []
    for start in (0, 7):
        ancient.start = start
        ancient.add(start, T0, event_bytes(start))
        with pytest.raises(claims.Fenced):
            ancient.flush()
        ancient.resume()
    left = kept(place)
    fill(place, topic)
    assert (kept(place), verify(place)) == (left, [])


def test_a_second_compaction_ends(place: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two merges of the same files would double their rows; the library would take both."""
    fill(place, topic_of(40))
    before, whole = kept(place), delta.DeltaStore.swap

    def raced(self: delta.DeltaStore, *args: object) -> None:
        monkeypatch.setattr(delta.DeltaStore, "swap", whole)
        compact(place)
        whole(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(delta.DeltaStore, "swap", raced)
    with pytest.raises(WorldError, match="second compaction"):
        compact(place)
    assert kept(place) == in_delta(place) == before
    assert verify(place) == []


@pytest.mark.parametrize("harm", ["flip", "delete", "removed from the table", "foreign rows"])
def test_no_harm_stays_unseen(harm: str, place: Address) -> None:
    """And it is mended from the topic."""
    topic = topic_of(30)
    fill(place, topic)
    path = files(place)[0]
    match harm:
        case "flip":
            data = path.read_bytes()
            path.write_bytes(data[:50] + bytes([data[50] ^ 1]) + data[51:])
        case "delete":
            path.unlink()
        case "removed from the table":
            table(place).delete("kafka_offset < 10")
        case "foreign rows":
            write_deltalake(table(place), table(place).to_pyarrow_table().slice(0, 3), mode="append")
    assert verify(place)
    repair.mend(opened.open_remote(place, SINK), "tid", fetch_of(topic), TOPIC)
    fill(place, topic)
    assert verify(place) == []
    assert kept(place) == in_delta(place) == list(range(30))


def test_a_table_that_is_not_there_yet_is_empty(place: Address) -> None:
    """A question before the first sink has an answer."""
    assert kept(place) == []
