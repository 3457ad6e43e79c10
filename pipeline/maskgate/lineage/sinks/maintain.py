"""Keeping the Parquet folder in order: merge small files, drop old rows.

Every step survives a kill: a merged file takes the place of its first source in one rename, the others lie inside its
range from then on and are passed over (see ``claims.live``) until they are marked. Two runs wait for each other;
queries go on but for the moment of a swap.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.claims import Claim, Footer
from maskgate.lineage.sinks.expected import Entry, troubles
from maskgate.lineage.sinks.manifest import Manifest
from maskgate.lineage.sinks.parquet import entry_of, write_file
from maskgate.lineage.sinks.place import LocalPlace

_GROUP_ROWS = 50_000
_DAY_MS = 86_400_000
_MARK_DAYS = 7


class Compacted(NamedTuple):
    """What a compaction did."""

    merged: int
    into: int
    dropped: int
    rows_dropped: int


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    if not (folder / claims.CLAIMS).is_dir():
        raise ConfigurationError(f"{folder}: no lineage there; is lineage.dir right?")
    with (folder / ".maintain.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _by_partition(found: Sequence[Claim]) -> Iterator[list[Claim]]:
    for _, group in itertools.groupby(found, key=lambda claim: claim.footer[1:3]):
        yield list(group)


def _mark(folder: Path, claim: Path) -> None:
    """Leave an empty file: the rows are elsewhere or gone, the name goes on to fence."""
    temp = folder / f"{claims.TEMP}mark-{os.getpid()}"
    temp.touch()
    temp.replace(claim)


def groups(found: list[Claim], target_rows: int, before_ms: int) -> Iterator[list[Claim]]:
    """Runs of neighbours of one day that are worth merging; never the newest claim, where a sink goes on."""
    run: list[Claim] = []
    for claim in found[:-1]:
        footer = claim.footer
        joins = (
            run
            and claims.day(run[0].footer.first_append_ms) == claims.day(footer.first_append_ms)
            and run[-1].footer.end + 1 == footer.start
            and sum(c.footer.rows for c in run) + footer.rows <= target_rows
        )
        if not joins:
            yield run
            run = []
        if footer.last_append_ms < before_ms:
            run.append(claim)
        else:
            break
    yield run


def _merge(folder: Path, run: list[Claim], manifest: Manifest) -> None:
    """One file in the place of the first; the others are inside its range then."""
    footer = merged_footer(run)
    temp = folder / f"{claims.TEMP}compact-{os.getpid()}"
    write_file(temp, row_groups(run, unified(run)), footer)
    manifest.append("add", [entry_of(temp, footer)], reason="compaction")
    with claims.swapping(folder):
        temp.replace(run[0].path)
        claims.sync(folder / claims.CLAIMS)
        for claim in run[1:]:
            _mark(folder, claim.path)


def merged_footer(run: list[Claim]) -> Footer:
    """What the file says of itself that holds the rows of a run."""
    first, last = run[0].footer, run[-1].footer
    rows = sum(claim.footer.rows for claim in run)
    return first._replace(end=last.end, rows=rows, last_append_ms=last.last_append_ms, schema=last.schema)


def unified(run: list[Claim]) -> pa.Schema:
    """The columns of a run: files of several versions may lie side by side."""
    return pa.unify_schemas([pq.read_schema(claim.path).remove_metadata() for claim in run])


def row_groups(run: list[Claim], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of a run, in tables worth a row group."""
    waiting: list[pa.Table] = []
    for claim in run:
        table = pq.ParquetFile(claim.path, page_checksum_verification=True).read()
        waiting.append(table.replace_schema_metadata(None))
        if sum(t.num_rows for t in waiting) >= _GROUP_ROWS:
            yield pa.concat_tables(waiting, promote_options="default").select(schema.names)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting, promote_options="default").select(schema.names)


def _finish(folder: Path) -> int:
    """Bring the marks and the folders by day in line with the live claims; says how many links it changed."""
    shown = list(folder.glob("dt=*/*.parquet"))  # before the claims: a sink may publish in between
    live = claims.live(folder)
    paths = {claim.path for claim in live}
    changed = 0
    for name, full in list(claims.names(folder)):
        path = folder / claims.CLAIMS / str(name)
        if full and path not in paths and path.exists() and _covered(live, name):
            _mark(folder, path)
            changed += 1
    wanted = {claims.shown_at(folder, claim.footer): claim for claim in live}
    for path in shown:
        claim = wanted.get(path)
        if claim is None or not path.samefile(claim.path):
            path.unlink(missing_ok=True)
            changed += 1
    changed += sum(claims.show(folder, claim) for claim in live)
    for day in folder.glob("dt=*"):
        if day.is_dir() and not any(day.iterdir()):
            day.rmdir()
    claims.sync(folder / claims.CLAIMS)
    claims.sync(folder)
    return changed


def _covered(live: Sequence[Claim], name: claims.Name) -> bool:
    return any(c.footer[1:3] == name[:2] and c.footer.start < name.start <= c.footer.end for c in live)


def relink(folder: Path) -> None:
    """Bring marks and links by day in line with the claims."""
    with _alone(folder), claims.swapping(folder):
        _finish(folder)


def compact(
    folder: Path,
    manifest: Manifest,
    *,
    target_rows: int = 500_000,
    min_age_s: float = 3600.0,
    keep_days: float | None = None,
    now: float | None = None,
) -> Compacted:
    """Merge neighbours of one day older than ``min_age_s``; drop files whose last row is older than ``keep_days``.

    The newest claim of every partition stays as it is: it says where the sink goes on.
    """
    now_ms = int((time.time() if now is None else now) * 1000)
    manifest.refresh()
    place = LocalPlace(folder)
    wrong = next(iter(troubles(manifest.expected, place.names(), place.same_bytes)), None)
    if wrong is not None:  # merging would give what is wrong a new and good digest
        raise WorldError(f"{wrong.name}: {wrong.text}; run 'maskgate lineage repair --from-topic' first")
    merged = into = dropped = rows = 0
    with _alone(folder):
        with claims.swapping(folder):
            _finish(folder)
            old = list(_old(claims.live(folder), now_ms, keep_days))
            if old:
                gone = [Entry(str(claim.footer.name), "", 0, claim.footer.rows, claim.footer.end) for claim in old]
                manifest.append("drop", gone, reason="retention")
            for claim in old:
                _mark(folder, claim.path)
                dropped += 1
                rows += claim.footer.rows
        for found in _by_partition(claims.live(folder)):
            for run in groups(found, target_rows, now_ms - int(min_age_s * 1000)):
                if len(run) > 1:
                    _merge(folder, run, manifest)
                    merged += len(run)
                    into += 1
        with claims.swapping(folder):
            _finish(folder)
            _forget_marks(folder)
        manifest.restart("compaction")
    return Compacted(merged, into, dropped, rows)


def _old(live: Sequence[Claim], now_ms: int, keep_days: float | None) -> Iterator[Claim]:
    """The files that retention drops: all rows too old, and not the newest of their partition."""
    if keep_days is None:
        return
    for found in _by_partition(live):
        yield from (claim for claim in found[:-1] if claim.footer.last_append_ms < now_ms - keep_days * _DAY_MS)


def _forget_marks(folder: Path) -> None:
    """Marks that fenced for a week go: no paused twin holds its rows for so long, and a late one would be covered."""
    live, before = claims.live(folder), time.time() - _MARK_DAYS * 86400
    for name, full in list(claims.names(folder)):
        path = folder / claims.CLAIMS / str(name)
        if not full and path.stat().st_mtime < before and _covered(live, name):
            path.unlink()
