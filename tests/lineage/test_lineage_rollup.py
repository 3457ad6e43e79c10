"""Counts of lineage by step of time: each row once, whatever was killed, merged or written in between."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fakes.lineage_rows import ENGINES, T0, USE, event_bytes, record
from fakes.lineage_store import compact, writer
from maskgate.base.records import Masked, Quarantined
from maskgate.lineage.ask.query import select
from maskgate.lineage.ask.rollup import Rollup
from maskgate.lineage.ask.tally import tally
from maskgate.lineage.event import Route, batch_event, record_event
from maskgate.lineage.sinks import claims
from maskgate.lineage.wire.codec import encode


def write(folder: Path, first: int, n: int, topic: str = "orders") -> None:
    one = writer(folder)
    for offset in range(first, first + n):
        one.add(offset, T0, event_bytes(offset, topic))
    one.flush()


def of(rollup: Rollup) -> dict[str, int]:
    out: dict[str, int] = {}
    for row in rollup.moved(3600, 0):
        out[row.kind] = out.get(row.kind, 0) + row.n
    return out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lineage"


def test_counts_are_those_of_the_rows(folder: Path, tmp_path: Path) -> None:
    """Records by outcome, topic and destination; values by kind and what was done; as a query counts them."""
    one = writer(folder)
    one.add(0, T0, event_bytes(0, fields=(USE, USE)))
    one.add(1, T0, encode(record_event(record(1), Quarantined("not_json", ""), ENGINES, Route("orders.dlq"))))
    one.add(2, T0 + 5, encode(batch_event([record(2), record(3), record(4)], ENGINES, Route("orders.masked"))))
    one.flush()
    rollup = Rollup(tmp_path / "rollup.sqlite", folder)
    assert rollup.advance() == 1
    rows = {(r.kind, r.topic, r.dest, r.n) for r in rollup.moved(60, 0)}
    assert rows == {
        ("masked", "orders", "orders.masked", 1),
        ("quarantined", "orders", "orders.dlq", 1),
        ("passed", "orders", "orders.masked", 3),
    }
    assert [tuple(f) for f in rollup.found(60, 0)] == [("orders", "EMAIL_ADDRESS", "pseudonym", "orders.masked", 2)]
    asked = select(folder, "SELECT kind, sum(records)::BIGINT FROM lineage GROUP BY ALL")
    assert dict(asked.rows) == of(rollup)
    assert (rollup.reach().rows, rollup.reach().appended_ms) == (3, T0 + 5)


def test_a_row_counts_once_over_restarts_and_compaction(folder: Path, tmp_path: Path) -> None:
    """What was counted is not counted again where files were merged with newer ones before the next look."""
    path = tmp_path / "rollup.sqlite"
    write(folder, 0, 5)
    first = Rollup(path, folder)
    assert (first.advance(), first.advance()) == (1, 0)
    first.close()
    write(folder, 5, 7)
    write(folder, 12, 2)
    assert compact(folder, min_age_s=-1).merged
    assert len(claims.live(folder)) < 3
    second = Rollup(path, folder)
    second.advance()
    assert of(second) == {"masked": 14}
    assert second.advance() == 0
    assert of(Rollup(":memory:", folder)) == {}


def test_files_that_are_merged_while_it_counts_count_once(folder: Path) -> None:
    """The lock is held for a file, so a compaction can fall between two of them."""
    for first in (0, 4, 8):
        write(folder, first, 4)
    rollup = Rollup(":memory:", folder)
    new = rollup._new()
    name, after = next(new)
    rollup._count(name, after)
    assert compact(folder, min_age_s=-1).merged == 2
    for name, after in new:
        rollup._count(name, after)
    rollup.advance()
    assert not rollup.trouble
    assert of(rollup) == {"masked": 12}


def test_a_damaged_file_waits_and_is_named(folder: Path) -> None:
    """Nothing behind it is skipped for good: once it is there again the counts go on."""
    write(folder, 0, 3)
    claim = claims.live(folder)[0].path
    whole = claim.read_bytes()
    claim.write_bytes(whole[:100])
    rollup = Rollup(":memory:", folder)
    assert rollup.advance() == 0 and "lineage verify" in rollup.trouble
    claim.write_bytes(whole)
    assert rollup.advance() == 1 and not rollup.trouble
    assert of(rollup) == {"masked": 3}


def test_a_count_that_fails_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts and how far they go are one transaction."""
    write(folder, 0, 3)
    rollup = Rollup(":memory:", folder)
    whole = rollup._store

    def half(told: object) -> None:
        whole(told)  # type: ignore[arg-type]
        raise OSError("disk full")

    monkeypatch.setattr(rollup, "_store", half)
    assert rollup.advance() == 0 and rollup.trouble
    monkeypatch.undo()
    assert rollup.advance() == 1
    assert of(rollup) == {"masked": 3}


def test_minutes_are_kept_for_hours_and_hours_for_good(folder: Path) -> None:
    """What is more than a day before the newest is dropped by minute and quarter; its hour stays."""
    masked, later = Masked(b"{}", b"k", (), (USE,), True), T0 + 30 * 3_600_000
    rollup = Rollup(":memory:", folder)
    for offset, at in enumerate((T0, later)):
        one = writer(folder)
        one.add(offset, at, encode(record_event(record(offset), masked, ENGINES, Route("orders.masked"), time_ms=at)))
        one.flush()
        rollup.advance()
        assert rollup.by_time(60, 0, 60) == [(at // 60_000 * 60, "masked", 1)]
        assert rollup.by_time(900, 0, 900) == [(at // 900_000 * 900, "masked", 1)]
    assert [at for at, _, _ in rollup.by_time(3600, 0, 3600)] == [t // 3_600_000 * 3600 for t in (T0, later)]
    assert sum(n for _, _, n in rollup.values_by_time(3600, 0, 10_800)) == 2


def test_files_of_many_row_groups_are_read_in_parts(folder: Path) -> None:
    """Each part is counted; a null list of fields counts as none."""
    write(folder, 0, 50)
    path = claims.live(folder)[0].path
    rows = pq.read_table(path)
    again = folder / "again.parquet"
    pq.write_table(pa.concat_tables([rows] * 3), again, row_group_size=7)
    told = tally(again, 24)
    assert (told.rows, sum(told.moved.values()), sum(told.found.values())) == (75, 75, 75)
