"""Compaction, retention, verification."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fakes.lineage_rows import T0, event_bytes
from fakes.lineage_store import compact, verify
from fakes.lineage_store import writer as writer_of
from maskgate.base.errors import ConfigurationError
from maskgate.lineage.ask import query
from maskgate.lineage.sinks import claims

DAY_MS = 86_400_000
LATER = T0 / 1000 + 30 * 86400


class Killed(BaseException):
    """Stands for SIGKILL."""


def fill(folder: Path, files: int, rows: int = 5, partition: int = 0, days: int = 1) -> None:
    """So many files of so many rows, spread over so many days."""
    claims.prepare(folder)
    for number in range(files):
        writer = writer_of(folder, partition=partition)
        for i in range(rows):
            offset = number * rows + i
            day = T0 + number * days // files * DAY_MS
            writer.add(offset, day, event_bytes(offset, partition=partition))
        writer.flush()


def rows(folder: Path) -> list[tuple[int, int]]:
    answer = query.select(folder, "SELECT kafka_partition, kafka_offset FROM lineage ORDER BY ALL")
    return [(p, o) for p, o in answer.rows]


def full(folder: Path) -> list[str]:
    return sorted(str(name) for name, holds in claims.names(folder) if holds)


def test_small_files_become_one_per_partition_and_day(tmp_path: Path) -> None:
    """The rows stay the same; the newest claim of every partition stays a file of its own."""
    fill(tmp_path, 10)
    fill(tmp_path, 4, partition=1)
    before = rows(tmp_path)
    done = compact(tmp_path, now=LATER)
    assert (done.merged, done.into, done.dropped) == (12, 2, 0)
    assert rows(tmp_path) == before
    assert full(tmp_path) == [
        f"tid+{p}+{start:020d}" for p, start in [(0, 0), (0, 45), (1, 0), (1, 15)]
    ]  # fmt: skip
    assert verify(tmp_path) == []
    assert len(list(tmp_path.glob("dt=*/*.parquet"))) == 4


def test_the_sink_goes_on_after_a_compaction(tmp_path: Path) -> None:
    """The place where the sink resumes does not move."""
    fill(tmp_path, 6)
    compact(tmp_path, now=LATER)
    writer = writer_of(tmp_path)
    assert writer.start == 30
    writer.add(30, T0, event_bytes(30))
    writer.flush()
    compact(tmp_path, now=LATER)
    assert rows(tmp_path) == [(0, i) for i in range(31)]


def test_a_compacted_claim_still_fences(tmp_path: Path) -> None:
    """A twin that slept through the compaction finds its offsets taken."""
    claims.prepare(tmp_path)
    fill(tmp_path, 2)
    paused = writer_of(tmp_path, instance="b")
    paused.add(10, T0, event_bytes(10))
    for number in range(2, 8):
        writer = writer_of(tmp_path)
        for i in range(5):
            writer.add(number * 5 + i, T0, event_bytes(number * 5 + i))
        writer.flush()
    compact(tmp_path, now=LATER)
    with pytest.raises(claims.Fenced):
        paused.flush()
    assert rows(tmp_path) == [(0, i) for i in range(40)]


def test_days_are_not_mixed(tmp_path: Path) -> None:
    """A merged file holds the files of one day."""
    fill(tmp_path, 9, days=3)
    compact(tmp_path, now=LATER)
    assert sorted(p.parent.name for p in tmp_path.glob("dt=*/*.parquet")) == [
        "dt=2026-11-21", "dt=2026-11-22", "dt=2026-11-23", "dt=2026-11-23"
    ]  # fmt: skip
    assert rows(tmp_path) == [(0, i) for i in range(45)]


def test_young_files_are_left_alone(tmp_path: Path) -> None:
    """Files with rows younger than the age are not merged."""
    fill(tmp_path, 5)
    assert compact(tmp_path, now=T0 / 1000 + 60).merged == 0


def test_target_size_is_kept(tmp_path: Path) -> None:
    """No merged file gets more rows than asked for."""
    fill(tmp_path, 10)
    compact(tmp_path, target_rows=15, now=LATER)
    assert max(claim.footer.rows for claim in claims.live(tmp_path)) == 15
    assert rows(tmp_path) == [(0, i) for i in range(50)]


def test_retention_keeps_the_newest_claim(tmp_path: Path) -> None:
    """When everything is too old, one file per partition stays, and with it the place to go on."""
    fill(tmp_path, 9, days=3)
    done = compact(tmp_path, keep_days=1, now=LATER)
    assert (done.dropped, done.rows_dropped) == (8, 40)
    assert rows(tmp_path) == [(0, i) for i in range(40, 45)]
    assert writer_of(tmp_path).start == 45
    assert verify(tmp_path) == []


def test_retention_drops_only_what_is_old(tmp_path: Path) -> None:
    """Files with a row inside the period stay."""
    fill(tmp_path, 9, days=3)
    compact(tmp_path, keep_days=1.5, now=(T0 + 3 * DAY_MS) / 1000)
    assert rows(tmp_path) == [(0, i) for i in range(30, 45)]


@pytest.mark.parametrize("nth", range(1, 12))
def test_a_kill_in_a_compaction_changes_no_answer(nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at the nth change of the folder, the rows are the same before and after the next run."""
    fill(tmp_path, 6)
    before = rows(tmp_path)
    count = iter(range(1, 10_000))
    replace, unlink = Path.replace, Path.unlink

    def dying(function):  # type: ignore[no-untyped-def]
        def call(*args: object, **kwargs: object) -> object:
            if next(count) == nth:
                raise Killed
            return function(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying(replace))
        patch.setattr(Path, "unlink", dying(unlink))
        patch.setattr(os, "link", dying(os.link))
        try:
            compact(tmp_path, now=LATER)
        except Killed:
            pass
        else:
            assert nth > 10, "the run was over before the kill"
    assert rows(tmp_path) == before
    compact(tmp_path, now=LATER)
    assert rows(tmp_path) == before
    assert verify(tmp_path) == []


def test_old_marks_go_when_they_are_covered(tmp_path: Path) -> None:
    """The empty files do not pile up for ever."""
    fill(tmp_path, 6)
    compact(tmp_path, now=LATER)
    marks = [tmp_path / claims.CLAIMS / str(name) for name, holds in claims.names(tmp_path) if not holds]
    assert len(marks) == 4
    for mark in marks:
        os.utime(mark, (0, 0))
    compact(tmp_path, now=LATER)
    assert not any(mark.exists() for mark in marks)
    assert verify(tmp_path) == []


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[60] ^= 0xFF  # in the first data page
    path.write_bytes(bytes(raw))


def _drop(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _rename(path: Path) -> None:
    path.rename(path.with_name("tid+0+00000000000000000007"))


@pytest.mark.parametrize(
    ("harm", "word"),
    [(_flip, "damaged"), (_drop, "deleted"), (_cut, "not the bytes"), (_rename, "no sink wrote it")],
    ids=["a flipped byte", "a lost file", "a cut file", "a renamed file"],
)
def test_harm_is_found(harm: object, word: str, tmp_path: Path) -> None:
    """Verification says what is wrong with which file."""
    fill(tmp_path, 3)
    harm(tmp_path / claims.CLAIMS / "tid+0+00000000000000000005")  # type: ignore[operator]
    problems = verify(tmp_path)
    assert any(word in line for line in problems), problems


def test_lost_links_by_day_are_repaired(tmp_path: Path) -> None:
    """The folders by day are only a view of the claims."""
    fill(tmp_path, 3)
    for path in tmp_path.glob("dt=*/*.parquet"):
        path.unlink()
    assert len(verify(tmp_path)) == 3
    assert verify(tmp_path, repair=True) == []


def test_files_have_page_checksums(tmp_path: Path) -> None:
    """Sink and compaction both write them: a flipped byte in a merged file is found, too."""
    fill(tmp_path, 4)
    compact(tmp_path, now=LATER)
    merged = tmp_path / claims.CLAIMS / f"tid+0+{0:020d}"
    assert pq.read_metadata(merged).num_rows == 15
    _flip(merged)
    assert any("damaged" in line for line in verify(tmp_path))


def test_a_wrong_folder_is_said(tmp_path: Path) -> None:
    """A folder without claims is a mistake, not an empty answer."""
    for act in (compact, verify):
        with pytest.raises(ConfigurationError, match=r"lineage\.dir"):
            act(tmp_path / "nowhere")
