"""Which rows of a batch have to be looked at; most never become objects.

A key decides a row, or raw bytes do not show all of it (escapes, look-alike characters, prose), or its key asks for
rules, or the prefilter hits it. The prefilter scans the spellings of all rows that are left at once.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from maskgate_detectors.engine.entry import KEY
from maskgate_detectors.engine.plans import ASKS, DECIDES, VETO, Plans, code_of
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.freetext.prose import is_prose
from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import LITERAL, NUMBER
from maskgate_detectors.reader.names import Ints
from maskgate_detectors.text import layers
from maskgate_detectors.text.prefilter import Prefilter

_BACKSLASH, _SPACE, _LAST_ASCII, _NEWLINE = 0x5C, 0x20, 0x7F, 0x0A


class Work(NamedTuple):
    """A row that has to be looked at, in the order of the bytes."""

    start: int
    end: int
    row: int
    kind: int
    path: int
    base: int  # where its record begins
    decides: bool
    found: set[int] | None  # what the prefilter and the key ask for; None: the prefilter was not asked


_Chosen = tuple[int, int, int, int, bool, set[int] | None]  # start, end, row, kind, decides, found
_first: Callable[[_Chosen], int] = operator.itemgetter(0)
_new: Callable[..., Work] = tuple.__new__  # one is made for every row that is chosen


class _Spans(NamedTuple):
    """Values, and keys that are looked at as if they were values, in the order of the bytes."""

    start: Ints
    end: Ints
    row: Ints
    kind: Ints


class Choice:
    """How one engine chooses."""

    def __init__(self, plans: Plans, prefilter: Prefilter, reads_prose: bool) -> None:
        self._plans = plans
        self._prefilter = prefilter
        self._reads_prose = reads_prose

    def works(self, columns: Columns, told: dict[int, KeyInfo]) -> list[Work]:
        """The rows to look at, given what siblings tell some of them."""
        values = np.flatnonzero((columns.kind < LITERAL) & (columns.end > columns.start))
        codes = np.zeros(len(columns.kind), np.uint8)
        codes[values] = self._plans.codes(columns.path[values])
        for row, info in told.items():
            codes[row] = code_of(info)
        own = codes[values]
        decides = (own & DECIDES) != 0
        vetoed = (columns.kind[values] == NUMBER) & ((own & VETO) != 0)
        decided, rest = values[decides], values[~decides & ~vetoed]
        chosen = self._scanned(columns, self._spans(columns, rest), codes, told)
        chosen += zip(
            columns.start[decided].tolist(), columns.end[decided].tolist(), decided.tolist(),
            columns.kind[decided].tolist(), itertools.repeat(True), itertools.repeat(None),
        )  # fmt: skip
        chosen.sort(key=_first)
        rows = np.array([row for _, _, row, *_ in chosen], np.int64)
        paths, bases = columns.path[rows].tolist(), columns.base[columns.record[rows]].tolist()
        return [
            _new(Work, (start, end, row, kind, path, base, decides, found))
            for (start, end, row, kind, decides, found), path, base in zip(chosen, paths, bases, strict=True)
        ]

    def info(self, columns: Columns, row: int, kind: int, told: dict[int, KeyInfo]) -> KeyInfo:
        """What is known of a row from its keys and siblings."""
        if kind == KEY:
            return self._plans.key_info(int(columns.key[row]))
        return told.get(row) or self._plans.infos[int(columns.path[row])]

    def _spans(self, columns: Columns, rest: Ints) -> _Spans:
        keyed = np.flatnonzero(columns.key_start >= 0)
        keys = keyed[self._plans.unclean(columns.key[keyed])]
        start = np.concatenate((columns.start[rest], columns.key_start[keys]))
        order = np.argsort(start, kind="stable")
        end = np.concatenate((columns.end[rest], columns.key_end[keys]))
        kind = np.concatenate((columns.kind[rest], np.full(len(keys), KEY, np.uint8)))
        return _Spans(start[order], end[order], np.concatenate((rest, keys))[order], kind[order])

    def _scanned(self, columns: Columns, spans: _Spans, codes: Ints, told: dict[int, KeyInfo]) -> list[_Chosen]:
        full = self._unusual(columns, spans, told)
        asks = (codes[spans.row] & ASKS != 0) & (spans.kind != KEY) & ~full
        found: dict[int, set[int] | None] = dict.fromkeys(np.flatnonzero(full).tolist())
        found |= {at: set() for at in np.flatnonzero(asks).tolist()}
        rest = np.flatnonzero(~full)
        if len(rest):
            self._ask_prefilter(columns, spans.start[rest], spans.end[rest], rest, found)
        chosen = np.array(list(found), np.int64)
        return list(
            zip(*(column[chosen].tolist() for column in spans), itertools.repeat(False), found.values(), strict=False)
        )

    def _unusual(self, columns: Columns, spans: _Spans, told: dict[int, KeyInfo]) -> Ints:
        """Which values have to be looked at in full: those with escapes, look-alike characters, prose."""
        data, codes = columns.data, columns.bytes
        none = np.zeros(len(spans.start), bool)
        full = _holds(codes == _BACKSLASH, spans) if b"\\" in data else none.copy()
        foreign = none if data.isascii() else _holds(codes > _LAST_ASCII, spans) & ~full
        prose = _holds(codes == _SPACE, spans) & ~full if self._reads_prose else none
        for at in np.flatnonzero(foreign | prose).tolist():
            text = data[spans.start[at] : spans.end[at]].decode("utf-8")
            if foreign[at] and (prose[at] or layers.fold(text) is not None):
                full[at] = True
            elif self._reads_prose:  # a script may have no blanks
                full[at] = is_prose(text, self.info(columns, int(spans.row[at]), int(spans.kind[at]), told))
        return full

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
