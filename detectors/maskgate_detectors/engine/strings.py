"""The strings of one record that are values, from leaves or from columns: where a value may stand again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np

from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import STRING, Leaf, decode


class Strings(Protocol):
    """The strings of one record that are values."""

    def holding(self, places: Sequence[int]) -> Iterable[tuple[int, int, int, int]]:
        """(place, row, start, end) of each place (byte of the record) that is inside of such a string."""

    def path(self, row: int) -> str:
        """The pointer of a row."""

    def paths(self, rows: Sequence[int]) -> list[str]:
        """The pointers of rows."""

    def all(self) -> Iterable[tuple[int, int, int]]:
        """(row, start, end) of all of them."""

    def keys(self) -> frozenset[str]:
        """The keys of the record, in small letters."""


class LeafStrings:
    """:class:`Strings` of a record that was read leaf by leaf."""

    def __init__(self, record: bytes, leaves: Sequence[Leaf]) -> None:
        self._record = record
        self._leaves = leaves
        self._starts: list[int] | None = None

    def holding(self, places: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
        if self._starts is None:
            self._starts = [leaf.start for leaf in self._leaves]
        for place in places:
            at = bisect_right(self._starts, place) - 1
            if at >= 0:
                kind, start, end, *_ = self._leaves[at]
                if kind == STRING and place < end:
                    yield place, at, start, end

    def path(self, row: int) -> str:
        return self._leaves[row].path

    def paths(self, rows: Sequence[int]) -> list[str]:
        return [self._leaves[row].path for row in rows]

    def all(self) -> Iterator[tuple[int, int, int]]:
        return ((at, leaf.start, leaf.end) for at, leaf in enumerate(self._leaves) if leaf.kind == STRING)

    def keys(self) -> frozenset[str]:
        raw = {self._record[leaf.key_start : leaf.key_end] for leaf in self._leaves if leaf.key_start >= 0}
        return frozenset(map(_low, raw))


class RowStrings:
    """:class:`Strings` of a record of a batch that was read as columns."""

    def __init__(self, columns: Columns, record: int) -> None:
        self._columns = columns
        self._first, self._last = int(columns.bounds[record]), int(columns.bounds[record + 1])
        self._base = int(columns.base[record])

    def holding(self, places: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
        columns, base = self._columns, self._base
        wanted = np.array(places, np.int64) + base
        rows = np.searchsorted(columns.start[self._first : self._last], wanted, side="right") + self._first - 1
        good = (rows >= self._first) & (columns.kind[rows] == STRING) & (wanted < columns.end[rows])
        rows = rows[good]
        starts, ends = columns.start[rows] - base, columns.end[rows] - base
        return zip((wanted[good] - base).tolist(), rows.tolist(), starts.tolist(), ends.tolist(), strict=True)

    def path(self, row: int) -> str:
        return self._columns.pointer(row)

    def paths(self, rows: Sequence[int]) -> list[str]:
        return self._columns.pointers(rows)

    def all(self) -> Iterator[tuple[int, int, int]]:
        columns, base = self._columns, self._base
        rows = np.flatnonzero(columns.kind[self._first : self._last] == STRING) + self._first
        starts, ends = columns.start[rows] - base, columns.end[rows] - base
        return zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)

    def keys(self) -> frozenset[str]:
        columns = self._columns
        keys = columns.key[self._first : self._last][columns.key_start[self._first : self._last] >= 0]
        raw = columns.names.raw
        return frozenset([_low(raw[key]) for key in set(keys.tolist())])


@lru_cache(maxsize=20_000)
def _low(key: bytes) -> str:
    return decode(key).lower()
