"""One pass over a batch of records: shapes or lexer, keys that decide, one prefilter scan, rules where it fired.

The result is that of :mod:`maskgate_detectors.reference`; this module only decides what need not be looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from operator import itemgetter
from re import Match
from typing import TYPE_CHECKING, Any

from maskgate_detectors.engine.entry import KEY, KINDS, Entry, Place, decide, failed, place_of, source_of
from maskgate_detectors.engine.shapes import Decider, Shape
from maskgate_detectors.fields import siblings
from maskgate_detectors.fields.context import NO_NAME, KeyInfo
from maskgate_detectors.freetext.prose import is_prose
from maskgate_detectors.model.finding import Finding, Scan
from maskgate_detectors.model.registry import Compiled
from maskgate_detectors.reader.lexer import LITERAL, NUMBER, STRING, Leaf, LexError, check_utf8, decode, lex
from maskgate_detectors.text import layers
from maskgate_detectors.text.detect import Budget, Hit, is_nothing_raw
from maskgate_detectors.text.prefilter import BASE64, PAIR

if TYPE_CHECKING:
    from maskgate_detectors.engine.engine import Engine

CHUNK_RECORDS = 64
CHUNK_BYTES = 1 << 20


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
        least = min((rule.key_score for rule in engine.rules.rules if rule.key_decides), default=1.0)
        self.plain = engine.judge.plain and least >= self.config.min_score
        self._idle = not (engine.rules.rules or self.reads_prose)  # nothing to look for
        self._by_id = engine.rules.by_id
        self._run = engine.rules.run
        self._numbers = engine.rules.numbers
        self._clean_keys: set[bytes] = set()

    def run(self, records: Sequence[bytes], language: str | None) -> list[Scan]:
        """One scan per record."""
        scans: list[Scan | None] = [None] * len(records)
        waiting: list[tuple[int, Entry]] = []  # for the model
        chunk: list[tuple[int, Entry]] = []
        size = 0
        limit, match = self.config.max_record_bytes, self.shapes.match
        for at, record in enumerate(records):
            entry = Entry(record)
            known = match(record) if len(record) <= limit and record.isascii() else None
            if known is not None and self._idle:
                scans[at] = Scan()
                continue
            try:
                if known is not None:
                    self._shaped(entry, *known)
                else:
                    self._read(entry)
            except Exception as error:
                entry.error = failed(error)
            chunk.append((at, entry))
            size += len(record)
            if len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES:
                waiting += self._end_chunk(chunk, scans)
                chunk, size = [], 0
        waiting += self._end_chunk(chunk, scans)
        if waiting:
            self._read_prose([entry for _, entry in waiting], language)
            for at, entry in waiting:
                scans[at] = self._scan(entry)
        return [scan if scan is not None else Scan(error="detector_failed") for scan in scans]

    def _end_chunk(self, chunk: list[tuple[int, Entry]], scans: list[Scan | None]) -> list[tuple[int, Entry]]:
        """Run the prefilter and its rules; scans of all records but those that wait for the model."""
        entries = [entry for _, entry in chunk if entry.joined and entry.error is None]
        if entries:
            try:
                self._prefilter(entries)
            except Exception as error:  # nothing is known of these records
                for entry in entries:
                    entry.error = Scan(error="detector_failed", detail=f"prefilter: {type(error).__name__}")
        waiting = []
        for at, entry in chunk:
            if entry.keys:
                self._note_clean(entry)
            if entry.places is not None and entry.error is None and any(place.prose for place in entry.places):
                entry.release()
                waiting.append((at, entry))
            else:
                scans[at] = self._scan(entry)
        return waiting

    def _guard(self, entry: Entry, step: Callable[..., None], *args: Any) -> None:
        """Run ``step`` for the record; whatever it raises becomes the record's error."""
        try:
            step(entry, *args)
        except Exception as error:
            entry.error = failed(error)

    # reading

    def _read(self, entry: Entry) -> None:
        record, config = entry.record, self.config
        if len(record) > config.max_record_bytes:
            raise LexError("too_large", f"more than {config.max_record_bytes} bytes")
        check_utf8(record)
        known = self.shapes.match(record)
        if known is not None:
            if not self._idle:
                self._shaped(entry, *known)
            return
        self._lex(entry)
        if entry.joined:
            self._unusual(entry)

    def _shaped(self, entry: Entry, shape: Shape, match: Match[bytes]) -> None:
        """Follow the plan of the shape that ``match`` is of."""
        entry.shape = shape
        entry.match = match
        span = match.span
        groups = match.groups(b"")
        plain, findings = self.plain, entry.findings
        for at, deciders, path, kind in shape.decided:
            raw = groups[at]
            if raw:
                finding = decide(raw, deciders, path, kind, span(at + 1))
                if finding is None:
                    self._ask(entry, raw, shape.infos[at], shape, at)
                elif plain:
                    findings.append(finding)
                else:
                    self._decided(entry, raw, finding)
        if shape.scanned:
            entry.asked = shape.asked
            entry.values = values = (groups[shape.scanned[0]],) if shape.single else shape.pick(groups)
            entry.joined = joined = b"\n".join(values)
            if not joined.isascii() or b"\\" in joined:
                self._unusual(entry)
            elif self.reads_prose and b" " in joined:
                for at in shape.texts:
                    raw = values[at]
                    if b" " in raw:
                        self._maybe_prose(entry, at, raw)

    def _lex(self, entry: Entry) -> None:
        record, config = entry.record, self.config
        leaves, entry.duplicate = lex(record, config.max_depth, config.max_nodes)
        clean = self._clean_keys
        plain = not entry.duplicate
        if self._idle:
            if plain:
                self.shapes.learn(record, leaves, {}, self)
            return
        info_of = self.hints.for_pointer
        values: list[bytes] = []
        asked: list[tuple[int, tuple[int, ...]]] = []
        keys: list[bytes] = []
        scanned: list[tuple[Leaf, KeyInfo]] = []
        entry.asked, entry.keys, entry.leaves = asked, keys, scanned
        told = siblings.find(record, leaves, self.hints)
        for at, leaf in enumerate(leaves):
            kind, start, end, path, key_start, key_end = leaf
            if key_start >= 0:
                key = record[key_start:key_end]
                if key not in clean:
                    if not key or is_nothing_raw(key):
                        self._add_clean((key,))
                    else:
                        plain = False  # until nothing was found in it
                        values.append(key)
                        info = self.hints.for_text_of(decode(key)) if b" " in key else NO_NAME
                        scanned.append((Leaf(KEY, key_start, key_end, path, -1, -1), info))
                        keys.append(key)
            if kind >= LITERAL or end <= start:
                continue
            info = told.infos[at] if at in told.infos else info_of(path)
            raw = record[start:end]
            if info.deciders:
                deciders = info.ready or self.deciders(info)
                finding = decide(raw, deciders, path, KINDS[kind], (start, end))
                if finding is None:
                    self._ask(entry, raw, info, leaf, 0)
                elif self.plain:
                    entry.findings.append(finding)
                else:
                    self._decided(entry, raw, finding)
            elif kind == STRING or not info.veto:
                if info.asked:
                    asked.append((len(values), self.asked(info)))
                values.append(raw)
                scanned.append((leaf, info))
        entry.values = values
        entry.joined = b"\n".join(values)
        if plain and not told.by_value:
            self.shapes.learn(record, leaves, told.infos, self)

    def _decided(self, entry: Entry, raw: bytes, finding: Finding) -> None:
        """A finding of the key where lists or thresholds have a say."""
        place = Place(finding.path, "value", finding.kind, finding.leaf_start, finding.leaf_end, raw.decode("utf-8"))
        place.hits = [Hit(finding.start, finding.end, finding.entity, finding.score, finding.detector)]
        if entry.places is None:
            entry.places = []
        entry.places.append(place)

    def _note_clean(self, entry: Entry) -> None:
        """Remember the keys of a record in whose keys nothing was found."""
        if entry.error is not None or any(place.where == "key" for place in entry.places or ()):
            return
        self._add_clean(entry.keys)

    def _add_clean(self, keys: Iterable[bytes]) -> None:
        if len(self._clean_keys) >= 50_000:
            self._clean_keys.clear()
        self._clean_keys.update(key for key in keys if len(key) <= 64)

    # keys that decide

    def deciders(self, info: KeyInfo) -> tuple[Decider, ...]:
        """The deciding rules of a key with their programs at hand."""
        found = info.ready
        if found is None:
            items = [self._by_id[rule.id] for rule in info.deciders]
            for item in items:
                item.prepare()
            found = info.ready = tuple(map(_decider, items))
        return found

    def asked(self, info: KeyInfo) -> tuple[int, ...]:
        """Indexes of the rules that a key asks for."""
        found = info.asked_ids
        if found is None:
            found = info.asked_ids = tuple(self._by_id[rule.id].index for rule in info.asked)
        return found

    def _ask(self, entry: Entry, raw: bytes, info: KeyInfo, source: Shape | Leaf, at: int) -> None:
        """Look at a value in full."""
        path, kind, start, end = place_of(entry, source, at)
        place = Place(path, "key" if kind == KEY else "value", KINDS[kind], start, end, decode(raw))
        self._look(entry, place, info, kind == NUMBER, None)

    def _look(self, entry: Entry, place: Place, info: KeyInfo, number: bool, found: set[int] | None) -> None:
        place.hits = self.scanner.scan(
            place.text, info, number=number, budget=entry.budget or self._budget(entry),
            prose=place.prose if self.reads_prose else None, found=found,
        )  # fmt: skip
        if place.hits or place.prose:
            if entry.places is None:
                entry.places = []
            entry.places.append(place)

    def _budget(self, entry: Entry) -> Budget:
        entry.budget = Budget(self.config.seconds_for(len(entry.record)))
        return entry.budget

    # the rest: what the prefilter does not hit is not looked at

    def _unusual(self, entry: Entry) -> None:
        """Look in full at values that raw bytes do not show: escapes, look-alike characters; find prose."""
        values, joined = entry.values, entry.joined
        escaped = b"\\" in joined
        foreign = not joined.isascii()
        prose = self.reads_prose and b" " in joined
        if not (escaped or foreign or prose):
            return
        for at, raw in enumerate(values):
            if escaped and b"\\" in raw:
                self._full(entry, at, raw)
            elif foreign and not raw.isascii():
                if layers.fold(raw.decode("utf-8")) is not None or (prose and b" " in raw):
                    self._full(entry, at, raw)
            elif prose and b" " in raw:
                self._maybe_prose(entry, at, raw)

    def _full(self, entry: Entry, at: int, raw: bytes) -> None:
        source, index, info = source_of(entry, at)
        self._ask(entry, raw, info, source, index)
        self._drop(entry, at)

    def _drop(self, entry: Entry, at: int) -> None:
        if not isinstance(entry.values, list):
            entry.values = list(entry.values)
        entry.values[at] = b""
        entry.joined = b"\n".join(entry.values)

    def _maybe_prose(self, entry: Entry, at: int, raw: bytes) -> None:
        source, index, info = source_of(entry, at)
        text = raw.decode("utf-8")
        if is_prose(text, info):
            self._ask(entry, raw, info, source, index)
            self._drop(entry, at)

    def _prefilter(self, chunk: list[Entry]) -> None:
        """Rules on the values that the prefilter hits."""
        if not self.prefilter.joins:
            for entry in chunk:
                asked = dict(entry.asked)
                for at, raw in enumerate(entry.values):
                    found = self.prefilter.rules(raw) | set(asked.get(at, ())) if raw else None
                    if found:
                        self._guard(entry, self._hit, at, found)
            return
        hits = self.prefilter.hits(b"\n".join([entry.joined for entry in chunk]))
        starts = list(accumulate([len(entry.joined) + 1 for entry in chunk], initial=0))
        for entry, begin in zip(chunk, starts, strict=False):
            for at, rules in entry.asked:  # as if the prefilter had hit the first byte of the value
                if entry.values[at]:
                    hits.append((rules, begin + sum(map(len, entry.values[:at])) + at + 1))
        if not hits:
            return
        hits.sort(key=_end)
        which, leaf_edge, at = 0, 0, 0
        entry, found = chunk[0], set[int]()
        for targets, end in hits:  # in order of place: all hits of one value come together
            if end <= leaf_edge:
                found.update(targets)
                continue
            if found:
                self._guard(entry, self._hit, at, found)
            which = bisect_right(starts, end - 1, which) - 1
            if which >= len(chunk):
                return
            entry = chunk[which]
            begin, joined = starts[which], entry.joined
            at = joined.count(b"\n", 0, end - 1 - begin)  # no value holds a newline: JSON spells it \n
            edge = joined.find(b"\n", end - 1 - begin)
            leaf_edge = begin + (edge if edge >= 0 else len(joined)) + 1  # a trigger may end with the newline
            found = set(targets)
        if found:
            self._guard(entry, self._hit, at, found)

    def _hit(self, entry: Entry, at: int, found: set[int]) -> None:
        """Look at a value for which the prefilter has ``found`` rules or marks."""
        if at >= len(entry.values) or entry.error is not None:
            return
        raw = entry.values[at]
        if not raw:
            return
        source, index, info = source_of(entry, at)
        if BASE64 in found and not layers.has_base64(raw):
            found.discard(BASE64)
        if PAIR in found and not self.scanner.pairs_matter(raw, info.words):
            found.discard(PAIR)
        if info.asked:
            asked = self.asked(info)
            found.update(asked)
            if is_nothing_raw(raw):
                found = set(asked)
        elif not found or is_nothing_raw(raw):
            return
        path, kind, start, end = place_of(entry, source, index)
        number = kind == NUMBER
        text = raw.decode("utf-8")
        place = Place(path, "key" if kind == KEY else "value", KINDS[kind], start, end, text)
        if min(found) < 0 or raw[0] <= 32 or raw[-1] <= 32 or not raw.isascii():
            self._look(entry, place, info, number, found)
            return
        if number:
            found &= self._numbers.union(self.asked(info))
        place.hits = self._run(text, info, sorted(found), entry.budget or self._budget(entry))
        if place.hits:
            if entry.places is None:
                entry.places = []
            entry.places.append(place)

    # the model, and the end

    def _read_prose(self, entries: Sequence[Entry], language: str | None) -> None:
        with_prose = [entry for entry in entries if entry.error is None and any(p.prose for p in entry.places or ())]
        if not with_prose:
            return
        try:
            self.engine.read_prose(
                [place for entry in with_prose for place in entry.places or () if place.prose], language
            )
        except Exception as error:  # the model failed: no record with prose can be trusted
            for entry in with_prose:
                entry.error = Scan(error="detector_failed", detail=f"model: {type(error).__name__}")

    def _scan(self, entry: Entry) -> Scan:
        if entry.error is not None:
            return entry.error
        findings = entry.findings
        if entry.places is not None:
            for place in entry.places:
                findings += self.engine.findings(place)
        if len(findings) > 1:
            findings.sort(key=_document_order)
        return Scan(tuple(findings), duplicate_keys=entry.duplicate)


def _decider(item: Compiled) -> Decider:
    rule, classes = item.rule, item.key_classes
    bare = None if classes is None else (classes.first, classes.allowed, classes.longest)
    return item.key_match, bare, rule.key_check, rule.entity, rule.key_score, item.id


_document_order = itemgetter(8, 1)
_end = itemgetter(1)
