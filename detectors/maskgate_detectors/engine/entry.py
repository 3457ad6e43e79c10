"""One record on its way through a batch: its places with hits, and what its keys decide."""

from __future__ import annotations

from maskgate_detectors.engine.plans import Decider
from maskgate_detectors.engine.strings import Strings
from maskgate_detectors.model.finding import Finding, LeafKind, Scan, Where
from maskgate_detectors.model.registry import BOTH
from maskgate_detectors.reader.lexer import NUMBER, STRING, LexError
from maskgate_detectors.text import layers
from maskgate_detectors.text.detect import (
    COMPANY_ENDS,
    LONGEST_MISSING,
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


class Place:
    """A leaf of which the model or lists have yet to be asked: where it is, and what was found so far."""

    __slots__ = ("end", "hits", "kind", "path", "prose", "start", "text", "where")

    def __init__(
        self, path: str, where: Where, kind: LeafKind, start: int, end: int, text: str, hits: list[Hit],
        prose: list[Prose],
    ) -> None:  # fmt: skip
        self.path = path
        self.where: Where = where
        self.kind: LeafKind = kind
        self.start = start
        self.end = end
        self.text = text
        self.hits = hits
        self.prose = prose


class Entry:
    """One record of the batch of which something was found, or which cannot be trusted."""

    __slots__ = ("budget", "duplicate", "error", "findings", "places", "record", "strings")

    def __init__(self, record: bytes, error: Scan | None = None) -> None:
        self.record = record
        self.error = error
        self.duplicate = False
        self.budget: Budget | None = None
        self.findings: list[Finding] = []
        self.places: list[Place] = []
        self.strings: Strings | None = None  # of its values


def failed(error: Exception) -> Scan:
    """What it says of a record that looking at it raised ``error``."""
    if isinstance(error, LexError):
        return Scan(error=error.code, detail=error.detail)
    if isinstance(error, TimeIsUp):
        return Scan(error="timeout", detail="the rules used up the time of the record")
    if isinstance(error, DetectorFailed):
        return Scan(error="detector_failed", detail=f"rule {error.args[0]}")
    return Scan(error="detector_failed", detail=type(error).__name__)


def decide(raw: bytes, deciders: tuple[Decider, ...]) -> Hit | None:
    """The hit for the whole value when the key decides it; None where the value has to be looked at in full."""
    if b"\\" in raw:
        return None
    lead, value = 0, raw
    if value[0] <= 32 or value[-1] <= 32:
        value = raw.strip(b" ")
        if not value or value[0] < 32 or value[-1] < 32:
            return None
        lead = raw.index(value)
    width = size = len(value)
    if size <= LONGEST_MISSING and value.lower() in MISSING:
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
            return Hit(lead, lead + width, entity, score, rule_id)
    return None
