"""Keeping an object store or a Delta table in order: merge small files, drop old rows.

No lock reaches over hosts. A compaction writes its line, then swaps: a reader that meets the place in between finds a
file that is not as its line says, reads the manifest again and sees the merged one. A second compaction meets a file
that changed under it, and ends.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maskgate.base.errors import WorldError
from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.claims import Claim, Footer
from maskgate.lineage.sinks.expected import Entry, troubles
from maskgate.lineage.sinks.maintain import Compacted, groups, merged_footer, row_groups, unified

if TYPE_CHECKING:
    from maskgate.lineage.sinks.remote import RemoteStore

_DAY_MS = 86_400_000


def compact(
    store: RemoteStore,
    *,
    target_rows: int = 500_000,
    min_age_s: float = 3600.0,
    keep_days: float | None = None,
    now: float | None = None,
) -> Compacted:
    """Merge neighbours of one day older than ``min_age_s``; drop files whose last row is older than ``keep_days``.

    Raises:
        WorldError: a file is not as it was written, or a second compaction runs.
    """
    now_ms = int((time.time() if now is None else now) * 1000)
    _check(store)
    store.tidy()
    store.place.names()
    live = store.live()
    old = [] if keep_days is None else list(_old(live, now_ms - keep_days * _DAY_MS))
    if old:
        gone = [Entry(entry.name, "", 0, entry.rows, entry.end) for entry in old]
        store.manifest.append("drop", gone, reason="retention")
        store.drop(old)
        store.place.names()
        live = store.live()
    runs = [run for run in _runs(live, target_rows, now_ms - int(min_age_s * 1000)) if len(run) > 1]
    for run in runs:
        _merge(store, run)
    store.tidy()
    store.place.names()
    store.manifest.restart("compaction")
    store.copies.forget(store.live())
    return Compacted(sum(map(len, runs)), len(runs), len(old), sum(entry.rows for entry in old))


def _check(store: RemoteStore) -> None:
    place, names = store.place, store.place.names()
    store.manifest.refresh()  # after the names: what lies there has its line by now
    wrong = next(iter(troubles(store.manifest.expected, names, place.same_bytes)), None)
    if wrong is not None:  # merging would give what is wrong a new and good digest
        raise WorldError(f"{wrong.name}: {wrong.text}; run 'maskgate lineage repair --from-topic' first")


def _of_partition(live: Sequence[Entry]) -> Iterator[list[Entry]]:
    for _, group in itertools.groupby(live, key=lambda entry: entry.at[:2]):
        yield list(group)


def _old(live: Sequence[Entry], before_ms: float) -> Iterator[Entry]:
    for entries in _of_partition(live):
        yield from (entry for entry in entries[:-1] if entry.last_ms < before_ms)


def _runs(live: Sequence[Entry], target_rows: int, before_ms: int) -> Iterator[list[Entry]]:
    for entries in _of_partition(live):
        by_name = {entry.name: entry for entry in entries}
        for run in groups([Claim(Path(entry.name), _footer(entry)) for entry in entries], target_rows, before_ms):
            yield [by_name[claim.path.name] for claim in run]


def _footer(entry: Entry) -> Footer:
    """What grouping needs to know of a file, from its line alone: no file is read for it."""
    return Footer("", *entry.at, entry.end, entry.rows, entry.first_ms, entry.last_ms, "")


def _merge(store: RemoteStore, run: list[Entry]) -> None:
    """One file in the place of the first; the others are inside its range then."""
    paths = [store.place.path(entry) for entry in run]
    found = [Claim(path, claims.read_footer(path)) for path in paths]
    schema = unified(found)
    merged, data = store.file(row_groups(found, schema), merged_footer(found), sum(entry.missing for entry in run))
    store.manifest.append("add", [merged], reason="compaction")
    store.swap(run, merged, data)


__all__ = ["compact"]
