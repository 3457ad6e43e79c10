"""Learnt record shapes: one possessive regular expression that checks, splits and places a whole record.

Producers write the same keys in the same order millions of times. After ``SIGHTINGS`` records of one layout (keys,
whitespace, types of the values) a :class:`Shape` is made: gaps and keys stand literally, each scalar is the strict
JSON grammar in a group of its own. A ``fullmatch`` then proves that the record is valid JSON and gives the span of
every scalar for about the price of one ``orjson.loads``. Possessive parts never step back, so time is linear.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Protocol

from maskgate_detectors.fields.context import KeyHints, KeyInfo
from maskgate_detectors.model.finding import LeafKind
from maskgate_detectors.reader.lexer import CONTAINER, LITERAL, NUMBER, STRING, Leaf
from maskgate_detectors.text.detect import NOTHING

SIGHTINGS = 5  # compiling costs as much as fifty records without a shape
RECORDS_PER_SHAPE = 40  # at least so many records are read for each shape that is made, after the first ones
_FREE_SHAPES = 256
MAX_SHAPES = 1024
MAX_LEAVES = 120
MAX_GAPS = 8192  # bytes of keys and punctuation
_MAX_CANDIDATES = 8192
_CHARS = rb'[^"\\\x00-\x1f]*+'
_BODY = _CHARS + rb'(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})' + _CHARS + rb")*+"
_STRING = rb'"(' + _BODY + rb')"'
_NUMBER = rb"(-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+)"
_GRAMMAR = {STRING: _STRING, NUMBER: _NUMBER, LITERAL: rb"(?:true|false|null)"}


# A rule that a key lets decide over its whole value: RE2's Match of the key pattern (None: every value fits), the same
# as classes for ASCII values where it is that simple, the check, entity, score, rule id. A bare tuple, and classes as
# one, too: they are taken apart for every value of every record.
Decider = tuple[Any, tuple[frozenset[int], bytes, int] | None, Callable[[str], bool] | None, str, float, str]


_NOTHING = tuple((re.compile(pattern.encode()), b"(?>" + pattern.encode() + b')(?=")') for pattern in NOTHING)


class Planner(Protocol):
    """What makes the rules of a key ready."""

    def deciders(self, info: KeyInfo) -> tuple[Decider, ...]:
        """The rules that the key lets decide."""

    def asked(self, info: KeyInfo) -> tuple[int, ...]:
        """The rules that the key asks for."""


class Shape:
    """A layout with its plan: which groups the key decides, which are looked at.

    Where a value was a UUID, a digest, a time, a version or a plain word when the shape was learnt, the expression
    has an alternative for that without a group: such a value costs nothing more.
    """

    __slots__ = ("asked", "decided", "fullmatch", "infos", "kinds", "paths", "pick", "scanned", "single", "texts")

    def __init__(self, pattern: bytes, leaves: Sequence[Leaf], infos: Sequence[KeyInfo], planner: Planner) -> None:
        self.fullmatch: Callable[[bytes], re.Match[bytes] | None] = re.compile(pattern, re.DOTALL).fullmatch
        self.kinds = tuple(leaf.kind for leaf in leaves)
        self.paths = tuple(leaf.path for leaf in leaves)
        self.infos: tuple[KeyInfo, ...] = tuple(infos)
        self.decided: list[tuple[int, tuple[Decider, ...], str, LeafKind]] = []  # groups whose key may decide
        self.scanned: list[int] = []  # groups that go through the prefilter
        self.asked: list[tuple[int, tuple[int, ...]]] = []  # which of these have rules that the key asks for
        self.texts: list[int] = []  # which of these may be prose
        for at, (kind, info) in enumerate(zip(self.kinds, self.infos, strict=True)):
            if info.deciders:
                self.decided.append(
                    (at, planner.deciders(info), self.paths[at], "number" if kind == NUMBER else "string")
                )
            elif not (kind == NUMBER and info.veto):
                if info.asked:
                    self.asked.append((len(self.scanned), planner.asked(info)))
                if kind == STRING and not info.veto and not info.no_prose:
                    self.texts.append(len(self.scanned))
                self.scanned.append(at)
        self.single = len(self.scanned) == 1
        self.pick: Callable[[Any], Any] = itemgetter(*self.scanned) if self.scanned else (lambda groups: ())


class ShapeStore:
    """The shapes of one engine, found by the first and the last key of a record."""

    def __init__(self, hints: KeyHints, limit: int = MAX_SHAPES) -> None:
        self._hints = hints
        self._limit = limit
        self._by_mark: dict[bytes, list[Shape]] = {}
        self._order: OrderedDict[bytes, None] = OrderedDict()  # marks, the least recently learnt first
        self._count = 0
        self._seen: dict[bytes, int] = {}
        self._read = 0  # records that no shape fitted
        self._made = 0

    def __len__(self) -> int:
        return self._count

    def match(self, record: bytes) -> tuple[Shape, re.Match[bytes]] | None:
        """The shape that fits and its match, or None."""
        shapes = self._by_mark.get(_mark(record))
        if shapes is None:
            return None
        for at, shape in enumerate(shapes):
            match = shape.fullmatch(record)
            if match is not None:
                if at:
                    shapes.insert(0, shapes.pop(at))
                return shape, match
        return None

    def learn(self, record: bytes, leaves: Sequence[Leaf], told: Mapping[int, KeyInfo], planner: Planner) -> None:
        """Count the layout of a record that the lexer has read; after ``SIGHTINGS`` it becomes a shape.

        ``told`` holds what siblings say of a leaf, by its index, where that depends on keys alone.
        """
        if len(leaves) > MAX_LEAVES or not leaves:
            return
        scalars = [leaf for leaf in leaves if leaf.kind != CONTAINER]
        gaps: list[bytes] = []
        at = size = 0
        for leaf in scalars:
            quote = leaf.kind == STRING
            gap = record[at : leaf.start - quote]
            gaps.append(gap)
            size += len(gap)
            at = leaf.end + quote
        gaps.append(record[at:])
        if size + len(gaps[-1]) > MAX_GAPS or not scalars:
            return
        kinds = bytes(leaf.kind for leaf in scalars)
        layout = blake2b(b"\x00".join(gaps) + b"\x00" + kinds, digest_size=16).digest()
        seen = self._seen.get(layout, 0) + 1
        self._read += 1
        if seen < SIGHTINGS or self._made > _FREE_SHAPES + self._read // RECORDS_PER_SHAPE:
            if len(self._seen) >= _MAX_CANDIDATES:
                self._seen.clear()
            self._seen[layout] = seen
            return
        self._seen.pop(layout, None)
        infos = [
            told[index] if index in told else self._hints.for_pointer(leaf.path)
            for index, leaf in enumerate(leaves)
            if leaf.kind != CONTAINER
        ]
        self._add(record, scalars, infos, gaps, planner)

    def _add(
        self,
        record: bytes,
        scalars: Sequence[Leaf],
        infos: Sequence[KeyInfo],
        gaps: Sequence[bytes],
        planner: Planner,
    ) -> None:
        parts: list[bytes] = []
        for leaf, info, gap in zip(scalars, infos, gaps, strict=False):
            parts += (re.escape(gap), _grammar(leaf, info, record[leaf.start : leaf.end]))
        parts.append(re.escape(gaps[-1]))
        grouped = [(leaf, info) for leaf, info in zip(scalars, infos, strict=True) if leaf.kind != LITERAL]
        shape = Shape(b"".join(parts), [leaf for leaf, _ in grouped], [info for _, info in grouped], planner)
        mark = _mark(record)
        if self._count >= self._limit:
            oldest, _ = self._order.popitem(last=False)
            self._count -= len(self._by_mark.pop(oldest))
        self._by_mark.setdefault(mark, []).insert(0, shape)
        self._order[mark] = None
        self._order.move_to_end(mark)
        self._count += 1
        self._made += 1


def _grammar(leaf: Leaf, info: KeyInfo, raw: bytes) -> bytes:
    """The expression for a leaf like this one."""
    if leaf.kind == STRING and raw and not info.asked:
        for seen, pattern in _NOTHING:
            if seen.fullmatch(raw):
                return b'"(?:' + pattern + b"|(" + _BODY + b'))"'
    return _GRAMMAR[leaf.kind]


def _mark(record: bytes) -> bytes:
    """What tells shapes apart at first sight: the first key and the last."""
    last = record.rfind(b'":')
    return record[: record.find(b":")] + record[record.rfind(b'"', 0, max(last, 0)) : last]
