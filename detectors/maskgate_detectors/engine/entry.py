"""One record on its way through a batch: its values, its places with hits, and what its keys decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from re import Match
from typing import Any

from maskgate_detectors.engine.shapes import Decider, Shape
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.model.finding import Finding, LeafKind, Scan, Where
from maskgate_detectors.model.registry import BOTH
from maskgate_detectors.reader.lexer import NUMBER, STRING, Leaf, LexError
from maskgate_detectors.text import layers
from maskgate_detectors.text.detect import (
    COMPANY_ENDS,
    LONGEST_MISSING,
    MAX_DECIDED,
    MISSING,
    Budget,
    DetectorFailed,
    Hit,
    TimeIsUp,
    is_marked,
)
from maskgate_detectors.text.leaf import Prose

KEY = 4  # a kind beside those of the lexer: a key as data
KINDS: dict[int, LeafKind] = {STRING: "string", NUMBER: "number", KEY: "key"}
_new: Callable[..., Any] = tuple.__new__


class Place:
    """A leaf that has hits or prose: where it is, and what was found so far."""

    __slots__ = ("end", "hits", "kind", "path", "prose", "start", "text", "where")

    def __init__(self, path: str, where: Where, kind: LeafKind, start: int, end: int, text: str) -> None:
        self.path = path
        self.where: Where = where
        self.kind: LeafKind = kind
        self.start = start
        self.end = end
        self.text = text
        self.hits: list[Hit] = []
        self.prose: list[Prose] = []


class Entry:
    """One record of the batch on its way to a scan."""

    # what most records never get stands here, on the class: one is made for every record
    budget: Budget | None = None
    error: Scan | None = None
    places: list[Place] | None = None
    duplicate = False
    values: Sequence[bytes] = ()  # raw texts for the prefilter
    asked: Sequence[tuple[int, tuple[int, ...]]] = ()  # values with rules that the key asks for
    joined = b""  # the values with newlines between them
    shape: Shape | None = None
    match: Match[bytes] | None = None  # of the shape; its groups count from 1
    keys: Sequence[bytes] = ()  # keys among the values, where there is no shape
    leaves: Sequence[tuple[Leaf, KeyInfo]] = ()  # of the values, where there is no shape

    def __init__(self, record: bytes) -> None:
        self.record = record
        self.findings: list[Finding] = []

    def release(self) -> None:
        """Let go of what only the rules need."""
        self.values, self.joined, self.match, self.leaves = (), b"", None, ()


def failed(error: Exception) -> Scan:
    """What it says of a record that looking at it raised ``error``."""
    if isinstance(error, LexError):
        return Scan(error=error.code, detail=error.detail)
    if isinstance(error, TimeIsUp):
        return Scan(error="timeout", detail="the rules used up the time of the record")
    if isinstance(error, DetectorFailed):
        return Scan(error="detector_failed", detail=f"rule {error.args[0]}")
    return Scan(error="detector_failed", detail=type(error).__name__)


def source_of(entry: Entry, at: int) -> tuple[Shape | Leaf, int, KeyInfo]:
    """Where the value number ``at`` of the entry comes from."""
    if entry.shape is not None:
        index = entry.shape.scanned[at]
        return entry.shape, index, entry.shape.infos[index]
    leaf, info = entry.leaves[at]
    return leaf, 0, info


def place_of(entry: Entry, source: Shape | Leaf, at: int) -> tuple[str, int, int, int]:
    """Path, kind and span of a leaf."""
    if isinstance(source, Shape):
        start, end = entry.match.span(at + 1)  # type: ignore[union-attr]
        return source.paths[at], source.kinds[at], start, end
    return source.path, source.kind, source.start, source.end


def decide(
    raw: bytes, deciders: tuple[Decider, ...], path: str, kind: LeafKind, span: tuple[int, int]
) -> Finding | None:
    """A finding for the whole value when the key decides it; None where the value has to be looked at in full."""
    if b"\\" in raw:
        return None
    lead, value = 0, raw
    if value[0] <= 32 or value[-1] <= 32:
        value = raw.strip(b" ")
        if not value or value[0] < 32 or value[-1] < 32:
            return None
        lead = raw.index(value)
    width = size = len(value)
    if size > MAX_DECIDED or (size <= LONGEST_MISSING and value.lower() in MISSING):
        return None
    if is_marked(value):
        return None
    if not value.isascii():
        text = value.decode("utf-8")
        if layers.fold(text) is not None or text != text.strip():
            return None
        width = len(text)
    plain = width == size
    for match, classes, check, entity, score, rule_id in deciders:
        if plain and classes is not None:
            first, allowed, longest = classes
            fits = size <= longest and value[0] in first and not value.translate(None, allowed)
        else:
            fits = match is None or match(BOTH, value, 0, size)[0][0] == 0
        if fits and check is not None:
            fits = check(value.decode("utf-8"))
        if fits and not (entity == "PERSON" and b" " in value and value.endswith(COMPANY_ENDS)):
            start, end = span
            found = (path, lead, lead + width, entity, score, rule_id, "value", kind, start, end, ())
            return _new(Finding, found)  # type: ignore[no-any-return]
    return None
