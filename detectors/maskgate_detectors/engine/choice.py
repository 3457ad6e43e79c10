"""Which rows of a batch have to be looked at; most never become objects.

A key decides a row, or raw bytes do not show all of it (escapes, look-alike characters, prose), or its key asks for
rules, or the prefilter hits it. The prefilter scans the spellings of all rows that are left at once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from maskgate_detectors.engine.entry import KEY
from maskgate_detectors.engine.memory import Memory
from maskgate_detectors.engine.plain import holds_nothing
from maskgate_detectors.engine.plans import ASKS, DECIDES, VETO, Plans, code_of
from maskgate_detectors.engine.search import Search, Work, new
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import LITERAL, NUMBER
from maskgate_detectors.reader.names import Ints
from maskgate_detectors.text import attachments
from maskgate_detectors.text.prefilter import Prefilter

_BACKSLASH, _SPACE, _LAST_ASCII, _NEWLINE = 0x5C, 0x20, 0x7F, 0x0A
_start: Callable[[Work], int] = operator.itemgetter(0)


class _Spans(NamedTuple):
    """Values, and keys that are looked at as if they were values, in the order of the bytes."""

    start: Ints
    end: Ints
    row: Ints
    kind: Ints
    digest: Ints

    def at(self, places: Ints) -> _Spans:
        """Those at these places."""
        return _Spans(*(column[places] for column in self))


class Choice:
    """How one engine chooses."""

    def __init__(self, plans: Plans, prefilter: Prefilter, search: Search, memory: Memory) -> None:
        self._plans = plans
        self._prefilter = prefilter
        self._search = search
        self._memory = memory

    def works(self, columns: Columns, told: Mapping[int, KeyInfo]) -> list[Work]:
        """The rows to look at, given what siblings tell some of them."""
        rows = np.flatnonzero((columns.kind < LITERAL) & (columns.end > columns.start))
        codes = np.zeros(len(columns.kind), np.uint8)
        codes[rows] = self._plans.codes(columns.path[rows])
        for row, info in told.items():
            codes[row] = code_of(info)
        rows = rows[(columns.kind[rows] != NUMBER) | (codes[rows] & VETO == 0)]
        silent = codes[rows] & (DECIDES | ASKS) == 0
        silent[silent] = holds_nothing(columns.bytes, columns.start[rows[silent]], columns.end[rows[silent]])
        rows = rows[~silent]
        digests = self._digests(columns, rows, told)
        unknown = ~self._memory.nothing(digests) | (digests == 0)
        rows, digests = rows[unknown], digests[unknown]
        decides = (codes[rows] & DECIDES) != 0
        works = self._scanned(columns, self._spans(columns, rows[~decides], digests[~decides]), codes, told)
        decided = self._values(columns, rows[decides], digests[decides])
        works += self._works(columns, decided, [None] * len(decided.row), True, told)
        works.sort(key=_start)
        return works

    def _digests(self, columns: Columns, rows: Ints, told: Mapping[int, KeyInfo]) -> Ints:
        data = columns.data
        raws = [data[a:b] for a, b in zip(columns.start[rows].tolist(), columns.end[rows].tolist(), strict=True)]
        numbers = self._plans.numbers(columns.path[rows])
        for at, row in enumerate(rows.tolist()) if told else ():
            if row in told:
                numbers[at] = told[row].number
        return self._memory.keys(raws, numbers, columns.kind[rows])

    def _infos(self, columns: Columns, spans: _Spans, told: Mapping[int, KeyInfo]) -> list[KeyInfo]:
        plans, keys = self._plans, columns.key
        paths = columns.path[spans.row].tolist()
        return [
            plans.key_info(int(keys[row])) if kind == KEY else told.get(row) or plans.infos[path]
            for row, kind, path in zip(spans.row.tolist(), spans.kind.tolist(), paths, strict=True)
        ]

    def _works(
        self, columns: Columns, spans: _Spans, found: Sequence[set[int] | None], decides: bool,
        told: Mapping[int, KeyInfo],
    ) -> list[Work]:  # fmt: skip
        bases = columns.base[columns.record[spans.row]].tolist()
        start, end, row, kind, digest = (column.tolist() for column in spans)
        infos = self._infos(columns, spans, told)
        fields = zip(start, end, row, kind, infos, bases, [decides] * len(row), found, digest, strict=True)
        return [new(Work, work) for work in fields]

    @staticmethod
    def _values(columns: Columns, rows: Ints, digests: Ints) -> _Spans:
        return _Spans(columns.start[rows], columns.end[rows], rows, columns.kind[rows], digests)

    def _spans(self, columns: Columns, rows: Ints, digests: Ints) -> _Spans:
        keyed = np.flatnonzero(columns.key_start >= 0)
        keys = keyed[self._plans.unclean(columns.key[keyed])]
        as_values = _Spans(
            columns.key_start[keys], columns.key_end[keys], keys, np.full(len(keys), KEY, np.uint8),
            np.zeros(len(keys), np.uint64),
        )  # fmt: skip
        spans = [np.concatenate(pair) for pair in zip(self._values(columns, rows, digests), as_values, strict=True)]
        return _Spans(*spans).at(np.argsort(spans[0], kind="stable"))

    def _scanned(self, columns: Columns, spans: _Spans, codes: Ints, told: Mapping[int, KeyInfo]) -> list[Work]:
        odd = self._odd(columns, spans, told)
        asks = (codes[spans.row] & ASKS != 0) & (spans.kind != KEY) & ~odd
        found: dict[int, set[int] | None] = dict.fromkeys(np.flatnonzero(odd).tolist())
        found |= {at: set() for at in np.flatnonzero(asks).tolist()}
        rest = np.flatnonzero(~odd)
        if len(rest):
            self._ask_prefilter(columns, spans.start[rest], spans.end[rest], rest, found)
            self._note_rest(spans, rest, found)
        chosen = np.array(list(found), np.int64)
        return self._works(columns, spans.at(chosen), list(found.values()), False, told)

    def _note_rest(self, spans: _Spans, rest: Ints, found: Mapping[int, set[int] | None]) -> None:
        """Remember the values that nothing is asked of."""
        quiet = np.ones(len(spans.start), bool)
        quiet[list(found)] = False
        self._memory.put_nothing(spans.digest[rest[quiet[rest]]])

    def _odd(self, columns: Columns, spans: _Spans, told: Mapping[int, KeyInfo]) -> Ints:
        """Which values have to be looked at in full, see :meth:`Search.is_odd`."""
        data, codes, search = columns.data, columns.bytes, self._search
        odd = _holds(codes == _BACKSLASH, spans) if b"\\" in data else np.zeros(len(spans.start), bool)
        perhaps = odd.copy()
        if not data.isascii():
            perhaps |= _holds(codes > _LAST_ASCII, spans)
        if search.reads_prose:
            perhaps |= _holds(codes == _SPACE, spans)
        perhaps |= spans.end - spans.start >= attachments.LEAST
        asked = np.flatnonzero(perhaps & ~odd)
        some = spans.at(asked)
        for at, start, end, info in zip(
            asked.tolist(), some.start.tolist(), some.end.tolist(), self._infos(columns, some, told), strict=True
        ):
            odd[at] = search.is_odd(data[start:end], info)
        return odd

    def _ask_prefilter(
        self, columns: Columns, start: Ints, end: Ints, numbers: Ints, found: dict[int, set[int] | None]
    ) -> None:
        """Add to ``found`` what the prefilter says of the values between ``start`` and ``end``."""
        if not self._prefilter.joins:
            data = columns.data
            for a, b, at in zip(start.tolist(), end.tolist(), numbers.tolist(), strict=True):
                if rules := self._prefilter.rules(data[a:b]):
                    found[at] = rules | (found.get(at) or set())
            return
        hits = self._prefilter.hits(_joined(columns.bytes, start, end))
        ends = np.cumsum(end - start + 1)  # no value holds a newline: JSON spells it \n
        places = np.searchsorted(ends, np.array([place for _, place in hits], np.int64))
        for (targets, _), at in zip(hits, numbers[places].tolist(), strict=True):
            known = found.get(at)
            if known is None:
                found[at] = set(targets)
            else:
                known.update(targets)


def _holds(marked: Ints, spans: _Spans) -> Ints:
    """Which spans hold a marked byte."""
    at = np.flatnonzero(marked)
    return np.not_equal(np.searchsorted(at, spans.start), np.searchsorted(at, spans.end))


def _joined(codes: Ints, start: Ints, end: Ints) -> bytes:
    """The bytes of the spans, a newline after each."""
    step = np.zeros(len(codes) + 1, np.int8)
    step[start] = 1
    step[end + 1] -= 1
    taken = np.cumsum(step[:-1], dtype=np.int8).view(bool)
    text = codes.copy()
    text[end] = _NEWLINE  # in place of a quote, a comma or a bracket: no value ends a document
    return bytes(text[taken])
