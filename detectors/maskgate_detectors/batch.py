"""One pass over a batch of records: shapes or lexer, keys that decide, one prefilter scan, rules where it fired.

The result is that of :mod:`maskgate_detectors.reference`; this module only decides what need not be looked at.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from re import Match
from typing import TYPE_CHECKING, Any

from maskgate_detectors import layers
from maskgate_detectors.context import NO_KEY, KeyInfo
from maskgate_detectors.detect import DetectorFailed, Hit, TimeIsUp, is_nothing, is_placeholder
from maskgate_detectors.finding import Finding, LeafKind, Scan, Where
from maskgate_detectors.leaf import Prose
from maskgate_detectors.lexer import LITERAL, NUMBER, STRING, Leaf, LexError, check_utf8, decode, lex
from maskgate_detectors.prose import is_prose
from maskgate_detectors.shapes import Shape

if TYPE_CHECKING:
    from maskgate_detectors.engine import Engine

CHUNK_RECORDS = 64
CHUNK_BYTES = 1 << 20
_KINDS: dict[int, LeafKind] = {STRING: "string", NUMBER: "number"}
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

    __slots__ = (
        "deadline", "duplicate", "error", "findings", "leaves", "match", "places", "record", "shape", "sizes", "values"
    )  # fmt: skip

    def __init__(self, record: bytes) -> None:
        self.record = record
        self.deadline = 0.0
        self.error: Scan | None = None
        self.findings: list[Finding] = []
        self.places: list[Place] = []
        self.duplicate = False
        self.values: Sequence[bytes] = ()  # raw texts for the prefilter
        self.sizes: list[int] | None = None  # where each of them begins, in the joined text of the record
        self.shape: Shape | None = None
        self.match: Match[bytes] | None = None
        self.leaves: list[tuple[Leaf, KeyInfo]] = []  # of the values, where there is no shape


class BatchPass:
    """The steps of one engine for many records."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.config = engine.config
        self.hints = engine.hints
        self.scanner = engine.scanner
        self.judge = engine.judge
        self.shapes = engine.shapes
        self.prefilter = engine.prefilter
        self.reads_prose = engine.ner.model != "none"
        self.plain = engine.judge.plain
        self._by_id = engine.rules.by_id
        self._clean_keys: set[bytes] = set()

    def run(self, records: Sequence[bytes], language: str | None) -> list[Scan]:
        """One scan per record."""
        entries = [Entry(record) for record in records]
        chunk: list[Entry] = []
        size = 0
        for entry in entries:
            self._guard(entry, self._read)
            if entry.error is None and entry.values:
                chunk.append(entry)
                size += len(entry.record)
                if len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES:
                    self._prefilter(chunk)
                    chunk, size = [], 0
        if chunk:
            self._prefilter(chunk)
        self._read_prose(entries, language)
        return [self._scan(entry) for entry in entries]

    def _guard(self, entry: Entry, step: Callable[..., None], *args: Any) -> None:
        """Run ``step`` for the record; whatever it raises becomes the record's error."""
        try:
            step(entry, *args)
        except LexError as error:
            entry.error = Scan(error=error.code, detail=error.detail)
        except TimeIsUp:
            entry.error = Scan(error="timeout", detail="the rules used up the time of the record")
        except DetectorFailed as error:
            entry.error = Scan(error="detector_failed", detail=f"rule {error.args[0]}")
        except Exception as error:
            entry.error = Scan(error="detector_failed", detail=type(error).__name__)

    # reading

    def _read(self, entry: Entry) -> None:
        record, config = entry.record, self.config
        if len(record) > config.max_record_bytes:
            raise LexError("too_large", f"more than {config.max_record_bytes} bytes")
        if not record.isascii():
            check_utf8(record)
        known = self.shapes.match(record)
        if known is not None:
            shape, match = known
            entry.shape, entry.match = shape, match
            groups = match.groups()
            for at in shape.decided:
                self._decide(entry, groups[at], shape.infos[at], shape, at)
            for at in shape.always:
                if groups[at]:
                    self._ask(entry, groups[at], shape.infos[at], shape, at)
            if shape.scanned:
                entry.values = (groups[shape.scanned[0]],) if shape.single else shape.pick(groups)
        else:
            self._lex(entry)
        if entry.values:
            self._unusual(entry)

    def _lex(self, entry: Entry) -> None:
        record, config = entry.record, self.config
        leaves, entry.duplicate = lex(record, config.max_depth, config.max_nodes)
        clean = self._clean_keys
        plain = not entry.duplicate
        info_of = self.hints.for_pointer
        values: list[bytes] = []
        for leaf in leaves:
            kind, start, end, path, key_start, key_end = leaf
            if key_start >= 0:
                key = record[key_start:key_end]
                if key not in clean and not self._key(entry, leaf, key):
                    plain = False
            if kind >= LITERAL or end <= start:
                continue
            info = info_of(path)
            raw = record[start:end]
            if info.deciders:
                self._decide(entry, raw, info, leaf, 0)
            elif info.asked:
                self._ask(entry, raw, info, leaf, 0)
            elif kind == STRING or not info.veto:
                values.append(raw)
                entry.leaves.append((leaf, info))
        entry.values = values
        if plain:
            self.shapes.learn(record, leaves)

    def _key(self, entry: Entry, leaf: Leaf, raw: bytes) -> bool:
        """Look at a key as data; true when nothing stands in it."""
        place = Place(leaf.path, "key", "key", leaf.key_start, leaf.key_end, decode(raw))
        self._look(entry, place, NO_KEY, False, None)
        if place.hits or place.prose:
            return False
        if len(raw) <= 64:
            if len(self._clean_keys) >= 50_000:
                self._clean_keys.clear()
            self._clean_keys.add(raw)
        return True

    # keys that decide

    def _decide(self, entry: Entry, raw: bytes, info: KeyInfo, source: Shape | Leaf, at: int) -> None:
        """A finding for the whole value when the key decides it; else the value is looked at in full."""
        if not raw:
            return
        if self.plain and len(raw) <= 4096 and b"\\" not in raw:
            value = raw.strip(b" ")
            if value and not (value[0] < 33 or value[-1] < 33):
                size = len(value)
                lead = 0 if len(raw) == size else raw.index(value)
                if not value.isascii():
                    text = value.decode("utf-8")
                    size = len(text)
                    if layers.fold(text) is not None or text != text.strip():
                        self._ask(entry, raw, info, source, at)
                        return
                    placeholder = is_placeholder(text)
                else:
                    placeholder = is_placeholder(value.decode("ascii"))
                if not placeholder:
                    for rule in info.deciders:
                        if self._fits(rule.id, value):
                            path, kind, start, end = _where(entry, source, at)
                            entry.findings.append(
                                _new(
                                    Finding,
                                    (
                                        path, lead, lead + size, rule.entity, rule.key_score, rule.id, "value",
                                        _KINDS[kind], start, end, (),
                                    ),
                                )
                            )  # fmt: skip
                            return
        self._ask(entry, raw, info, source, at)

    def _fits(self, rule_id: str, value: bytes) -> bool:
        try:
            return self._by_id[rule_id].key_fits(value)
        except Exception as error:
            raise DetectorFailed(rule_id) from error

    def _ask(self, entry: Entry, raw: bytes, info: KeyInfo, source: Shape | Leaf, at: int) -> None:
        """Look at a value in full."""
        path, kind, start, end = _where(entry, source, at)
        place = Place(path, "value", _KINDS[kind], start, end, decode(raw))
        self._look(entry, place, info, kind == NUMBER, None)

    def _look(self, entry: Entry, place: Place, info: KeyInfo, number: bool, found: set[int] | None) -> None:
        if not entry.deadline:
            config = self.config
            budget = config.time_budget_s + config.time_budget_per_kb_s * len(entry.record) / 1000
            entry.deadline = time.thread_time() + budget
        place.hits = self.scanner.scan(
            place.text, info, number=number, deadline=entry.deadline,
            prose=place.prose if self.reads_prose else None, found=found,
        )  # fmt: skip
        if self.judge.has_deny:
            place.hits += self.judge.denied(place.text)
        if place.hits or place.prose:
            entry.places.append(place)

    # the rest: what the prefilter does not hit is not looked at

    def _unusual(self, entry: Entry) -> None:
        """Look in full at values that raw bytes do not show: escapes, look-alike characters, deny lists; find prose."""
        values = entry.values
        joined = b"\n".join(values)
        escaped = b"\\" in joined
        foreign = not joined.isascii()
        prose = self.reads_prose and joined.count(b" ") > 1
        if not (escaped or foreign or prose or self.judge.has_deny):
            return
        for at, raw in enumerate(values):
            if (escaped and b"\\" in raw) or self.judge.has_deny:
                self._full(entry, at, raw)
            elif foreign and not raw.isascii():
                if layers.fold(raw.decode("utf-8")) is not None or (prose and b" " in raw):
                    self._full(entry, at, raw)
            elif prose and raw.count(b" ") > 1:
                self._maybe_prose(entry, at, raw)

    def _full(self, entry: Entry, at: int, raw: bytes) -> None:
        source, index, info = _source(entry, at)
        self._ask(entry, raw, info, source, index)
        self._drop(entry, at)

    def _drop(self, entry: Entry, at: int) -> None:
        if not isinstance(entry.values, list):
            entry.values = list(entry.values)
        entry.values[at] = b""

    def _maybe_prose(self, entry: Entry, at: int, raw: bytes) -> None:
        source, index, info = _source(entry, at)
        text = raw.decode("utf-8")
        if is_prose(text, info):
            self._ask(entry, raw, info, source, index)
            self._drop(entry, at)

    def _prefilter(self, chunk: list[Entry]) -> None:
        """Rules on the values that the prefilter hits."""
        if not self.prefilter.joins:
            for entry in chunk:
                for at, raw in enumerate(entry.values):
                    found = self.prefilter.rules(raw) if raw else None
                    if found:
                        self._guard(entry, self._hit, at, found)
            return
        texts = [b"\n".join(entry.values) for entry in chunk]
        hits = self.prefilter.hits(b"\n".join(texts))
        if not hits:
            return
        starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        wanted: dict[tuple[int, int], set[int]] = {}
        for targets, end in hits:
            which = bisect_right(starts, end - 1) - 1
            if which >= len(chunk):
                continue
            entry = chunk[which]
            sizes = entry.sizes
            if sizes is None:
                sizes = entry.sizes = list(accumulate((len(value) + 1 for value in entry.values), initial=0))
            at = bisect_right(sizes, end - 1 - starts[which]) - 1
            found = wanted.get((which, at))
            if found is None:
                wanted[which, at] = set(targets)
            else:
                found.update(targets)
        for (which, at), found in wanted.items():
            entry = chunk[which]
            if at < len(entry.values) and entry.error is None:
                self._guard(entry, self._hit, at, found)

    def _hit(self, entry: Entry, at: int, found: set[int]) -> None:
        raw = entry.values[at]
        if not raw:
            return
        source, index, info = _source(entry, at)
        path, kind, start, end = _where(entry, source, index)
        text = raw.decode("utf-8")
        if is_nothing(text.strip()):
            return
        self._look(entry, Place(path, "value", _KINDS[kind], start, end, text), info, kind == NUMBER, found)

    # the model, and the end

    def _read_prose(self, entries: Sequence[Entry], language: str | None) -> None:
        with_prose = [entry for entry in entries if entry.error is None and any(p.prose for p in entry.places)]
        if not with_prose:
            return
        try:
            self.engine.read_prose([place for entry in with_prose for place in entry.places if place.prose], language)
        except Exception as error:  # the model failed: no record with prose can be trusted
            for entry in with_prose:
                entry.error = Scan(error="detector_failed", detail=f"model: {type(error).__name__}")

    def _scan(self, entry: Entry) -> Scan:
        if entry.error is not None:
            return entry.error
        findings = entry.findings
        for place in entry.places:
            findings += self.engine.findings(place)
        if len(findings) > 1:
            findings.sort(key=_document_order)
        return Scan(tuple(findings), duplicate_keys=entry.duplicate)


def _document_order(finding: Finding) -> tuple[int, int]:
    return finding[8], finding[1]


def _source(entry: Entry, at: int) -> tuple[Shape | Leaf, int, KeyInfo]:
    """Where the value number ``at`` of the entry comes from."""
    if entry.shape is not None:
        index = entry.shape.scanned[at]
        return entry.shape, index, entry.shape.infos[index]
    leaf, info = entry.leaves[at]
    return leaf, 0, info


def _where(entry: Entry, source: Shape | Leaf, at: int) -> tuple[str, int, int, int]:
    """Path, kind and span of a leaf."""
    if isinstance(source, Shape):
        start, end = entry.match.regs[at + 1]  # type: ignore[union-attr]
        return source.paths[at], source.kinds[at], start, end
    return source.path, source.kind, source.start, source.end
