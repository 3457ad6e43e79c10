"""A batch of records as columns: every string, number and literal of all of them found at once.

The records are joined, and a handful of passes over bytes do what a lexer does leaf by leaf::

    {"a": "x,y", "b": [1, {"c": null}]}        the bytes
    {"":"",":[,{":}]}                          marks: quotes that are not escaped, and {}[]:, outside strings
    0        1  2                              containers: by a stack over the brackets alone
    /a  /b  /b/*  /b/*/c                       paths: a container's path and the key before it, both by number

A value is a string that no colon follows, or what lies between two marks with no string there. It needs no layout and
no record like it before. That a record is JSON has been proven before: the marks of anything else mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from maskgate_detectors.reader.lexer import CONTAINER, LITERAL, NUMBER, STRING, Leaf
from maskgate_detectors.reader.names import ROOT, Ints, Names

_QUOTE, _COLON, _COMMA, _BRACKET, _BRACE, _BACKSLASH = 0x22, 0x3A, 0x2C, 0x5B, 0x7B, 0x5C
_MARKS = bytes(code in b'"{}[]:,' for code in range(256))
_STEP = np.zeros(256, np.int8)  # how a mark changes the depth
_STEP[[_BRACE, _BRACKET]] = 1
_STEP[[0x7D, 0x5D]] = -1
_BEFORE = np.zeros(256, bool)  # what stands before a number or a literal, and after it
_BEFORE[[_COLON, _COMMA, _BRACKET]] = True
_AFTER = np.zeros(256, bool)
_AFTER[[_COMMA, 0x7D, 0x5D]] = True
_LITERAL = np.zeros(256, bool)
_LITERAL[list(b"tfn")] = True
_NONE = 255
_SPACE = re.compile(rb"[ \t\n\r]*+")
_FEW = 4  # bytes of whitespace that are skipped for all values at once


class Columns:
    """What stands in the records, a row for each value and for each member that holds a container, in order.

    ``record``, ``kind``, ``start``, ``end``, ``container``, ``key``, ``key_start``, ``key_end`` and ``path`` are
    columns of rows (``key_start`` is -1 where there is no key); the rows of record r are ``bounds[r]:bounds[r + 1]``.
    Offsets are those in ``data``; record r begins there at ``base[r]``.
    """

    def __init__(self, records: Sequence[bytes], names: Names) -> None:
        self.names = names
        bare = [record.lstrip(b" \t\n\r")[:1] not in (b"{", b"[") for record in records]
        self.bare = [at for at, alone in enumerate(bare) if alone]  # values without a container get one
        texts = [b"[" + record + b"]" if alone else record for record, alone in zip(records, bare, strict=True)]
        self.data = b"\n".join(texts)
        self.bytes = np.frombuffer(self.data, np.uint8)
        sizes = np.array([len(text) + 1 for text in texts], np.int64)
        self.ends = np.cumsum(sizes)
        self.base = self.ends - sizes
        self.base[self.bare] += 1
        self._elements: Ints | None = None
        self._texts: dict[int, bytes] = {}
        self._pointers: dict[int, str] = {-1: ""}
        self._read()

    def _read(self) -> None:
        at, self._mark, close = _marks(self.data, self.bytes)
        self._at, mark = at, self._mark
        step = _STEP[mark]
        self._bracket = np.cumsum(step != 0) - 1  # the last bracket at or before each mark
        self.outer, self._inside = _containers(step)
        kind = np.full(len(at), _NONE, np.uint8)
        start, end = at + 1, at + 1
        quoted = np.flatnonzero(mark == _QUOTE)
        end[quoted] = close
        kind[quoted[mark[quoted + 1] != _COLON]] = STRING
        kind[step > 0] = CONTAINER
        self._bare_values(at, kind, start, end)

        row = np.flatnonzero(kind != _NONE)
        kind, opens = kind[row], step[row] > 0
        before = row - 1  # the colon, comma or bracket before the value
        container = self._inside[self._bracket[before]]
        container[before < 0] = -1
        keyed = (mark[before] == _COLON) & (container >= 0)
        key_start, key_end = np.full(len(row), -1), np.full(len(row), -1)
        key_start[keyed], key_end[keyed] = start[before[keyed] - 1], end[before[keyed] - 1]
        key = np.zeros(len(row), np.int64)
        key[keyed] = self._keys(key_start[keyed], key_end[keyed])
        in_path = self.names.in_paths(key)

        self.container_depth = np.cumsum(step, dtype=np.int64)[row[opens]]
        self.container_start = start[row[opens]]
        self.container_path = np.array(self.names.containers(self.outer, in_path[opens].tolist()), np.int64)
        self.container_key = np.where(keyed[opens], key[opens], -1)
        self._container_before = before[opens]
        self.is_array = mark[row[opens]] == _BRACKET
        self.nodes = np.diff(np.searchsorted(start[row], self.ends), prepend=0)  # what the limit counts

        keep = ~opens | keyed  # an element that is a container is no row
        row = row[keep]
        self.kind, self.start, self.end = kind[keep], start[row], end[row]
        self.key, self.key_start, self.key_end = key[keep], key_start[keep], key_end[keep]
        self.container, self._before = container[keep], before[keep]
        self.path = self.names.paths(self.container_path[self.container], in_path[keep])
        self.bounds = np.concatenate(([0], np.searchsorted(self.start, self.ends)))
        self.record = np.repeat(np.arange(len(self.ends)), np.diff(self.bounds))
        for alone in self.bare:
            self.path[self.bounds[alone] : self.bounds[alone + 1]] = ROOT

    def _keys(self, starts: Ints, ends: Ints) -> Ints:
        data = self.data
        return self.names.keys([data[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])

    def _bare_values(self, at: Ints, kind: Ints, start: Ints, end: Ints) -> None:
        """Numbers and literals: what lies between two marks, without the whitespace around it, by the mark behind."""
        mark = self._mark
        gap = np.flatnonzero(_BEFORE[mark[:-1]] & _AFTER[mark[1:]])
        first, last = at[gap] + 1, at[gap + 1]
        _skip(self.data, self.bytes, first)
        there = first < last  # nothing stands in an empty array
        gap, first, last = gap[there], first[there], last[there]
        _skip_back(self.bytes, first, last)
        kind[gap + 1] = np.where(_LITERAL[self.bytes[first]], LITERAL, NUMBER)
        start[gap + 1], end[gap + 1] = first, last

    # one row

    def pointer(self, row: int) -> str:
        """The JSON Pointer of a row, with the numbers of elements."""
        container = int(self.container[row])
        outer = self._pointers.get(container)
        if outer is None:
            outer = self.pointer_of(container)
        if self.key_start[row] >= 0:
            return f"{outer}{self.names.segments[self.key[row]]}"
        if self.bare and int(self.record[row]) in self.bare:
            return ""
        return f"{outer}/{self._element(self._before[row])}"

    def pointers(self, rows: Sequence[int]) -> list[str]:
        """:meth:`pointer` of many rows."""
        at = np.array(rows, np.int64)
        containers, keys = self.container[at].tolist(), self.key[at].tolist()
        keyed = (self.key_start[at] >= 0).tolist()
        segments, known = self.names.segments, self._pointers
        return [
            f"{known[container]}{segments[key]}" if named and container in known else self.pointer(row)
            for row, container, key, named in zip(rows, containers, keys, keyed, strict=True)
        ]

    def pointer_of(self, container: int) -> str:
        """The JSON Pointer of a container."""
        way = []
        while container not in self._pointers:
            way.append(container)
            container = self.outer[container]
        text = self._pointers[container]
        for inner in reversed(way):
            key = self.container_key[inner]
            if key >= 0:
                text += self.names.segments[key]
            elif self.outer[inner] >= 0:
                text += f"/{self._element(self._container_before[inner])}"
            self._pointers[inner] = text
        return text

    def _element(self, mark: int) -> int:
        """The number of the element behind a mark: of the commas before it in its array."""
        if self._elements is None:
            commas = np.flatnonzero(self._mark == _COMMA)
            order = np.argsort(self._inside[self._bracket[commas]], kind="stable")
            of = self._inside[self._bracket[commas]][order]
            first = np.flatnonzero(np.concatenate(([True], of[1:] != of[:-1])))
            self._elements = np.zeros(len(self._mark), np.int64)
            sizes = np.diff(np.append(first, len(of)))
            self._elements[commas[order]] = np.arange(1, len(of) + 1) - np.repeat(first, sizes)
        return int(self._elements[mark])

    def record_of(self, container: int) -> int:
        """The record that a container stands in."""
        return int(np.searchsorted(self.ends, self.container_start[container], side="right"))

    def marks_of(self, record: int) -> bytes:
        """All punctuation and opening quotes of a record: what it is, but for its keys and values."""
        first, last = np.searchsorted(self._at, (self.ends[record - 1] if record else 0, self.ends[record]))
        return self._mark[first:last].tobytes()

    def record_text(self, record: int) -> bytes:
        """The text of a record as it was given."""
        text = self._texts.get(record)
        if text is None:
            bare = record in self.bare
            start, end = int(self.base[record]), int(self.ends[record]) - 1 - bare
            text = self._texts[record] = self.data[start:end]
        return text

    def leaf(self, row: int) -> Leaf:
        """A row as :func:`lexer.lex` gives it, with offsets in its record."""
        base = int(self.base[self.record[row]])
        keyed = self.key_start[row] >= 0
        return Leaf(
            int(self.kind[row]), int(self.start[row]) - base, int(self.end[row]) - base, self.pointer(row),
            int(self.key_start[row]) - base if keyed else -1, int(self.key_end[row]) - base if keyed else -1,
        )  # fmt: skip


def _marks(data: bytes, codes: Ints) -> tuple[Ints, Ints, Ints]:
    """(place, byte) of every opening quote and of all punctuation outside strings, and the places of closing quotes."""
    at = np.flatnonzero(np.frombuffer(data.translate(_MARKS), bool))
    mark = codes[at]
    quote = mark == _QUOTE
    if b"\\" in data:
        quotes = np.flatnonzero(quote)
        escaped = quotes[_escaped(codes, at[quotes])]
        quote[escaped] = False
        mark = mark.copy()
        mark[escaped] = 0
    inside = np.cumsum(quote, dtype=np.int32) & 1
    outside = (inside == 0) & (mark != 0)
    close = at[outside & quote]
    keep = (outside & ~quote) | (quote & (inside == 1))
    return at[keep], mark[keep], close


def _escaped(codes: Ints, quotes: Ints) -> Ints:
    """Which quotes an odd number of backslashes stands before."""
    slashes = np.flatnonzero(codes == _BACKSLASH)
    first = slashes[np.concatenate(([True], slashes[1:] != slashes[:-1] + 1))]
    behind = codes[quotes - 1] == _BACKSLASH
    escaped = np.zeros(len(quotes), bool)
    after = quotes[behind]
    escaped[behind] = (after - first[np.searchsorted(first, after) - 1]) & 1
    return escaped


def _containers(step: Ints) -> tuple[list[int], Ints]:
    """The container around each container (-1: none), and the one that is open after each bracket."""
    outer: list[int] = []
    inside: list[int] = []
    stack: list[int] = []
    here, count = -1, 0
    for opens in (step[step != 0] > 0).tolist():
        if opens:
            outer.append(here)
            stack.append(here)
            here = count
            count += 1
        else:
            here = stack.pop()
        inside.append(here)
    return outer, np.array(inside, np.int64)


def _skip(data: bytes, codes: Ints, at: Ints) -> None:
    """Move each place on over whitespace."""
    for _ in range(_FEW):
        white = codes[at] <= 0x20
        if not white.any():
            return
        at += white
    for which in np.flatnonzero(codes[at] <= 0x20).tolist():
        match = _SPACE.match(data, int(at[which]))
        at[which] = match.end() if match else at[which]


def _skip_back(codes: Ints, first: Ints, last: Ints) -> None:
    """Move each end back over whitespace; the value itself is never longer than what is looked at once."""
    for _ in range(_FEW):
        white = codes[last - 1] <= 0x20
        if not white.any():
            return
        last -= white
    for which in np.flatnonzero(codes[last - 1] <= 0x20).tolist():
        part = codes[first[which] : last[which]]
        last[which] = first[which] + len(part.tobytes().rstrip(b" \t\n\r"))
