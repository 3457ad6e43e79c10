"""One pass over a batch of records: columns, keys that decide, one prefilter scan, rules where it fired.

The result is that of :mod:`maskgate_detectors.engine.reference`; this module only decides what need not be looked at::

    records ── proven to be JSON ── columns ── what their keys and siblings decide
                                       ├── rows that a key decides ─────────────┐
                                       ├── rows that raw bytes do not show ─────┤ one record after the other
                                       └── the rest, joined ── prefilter ── hits┘

Most rows never become objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import orjson

from maskgate_detectors.engine.choice import Choice, Work
from maskgate_detectors.engine.entry import KEY, KINDS, Entry, Place, decide, failed
from maskgate_detectors.engine.memory import Memory
from maskgate_detectors.engine.plans import Plans
from maskgate_detectors.fields.beside import Members
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.model.finding import Finding, Scan
from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import NUMBER, LexError, check_utf8, decode, lex
from maskgate_detectors.reader.names import Names
from maskgate_detectors.text import layers
from maskgate_detectors.text.detect import Budget, Hit, is_nothing_raw
from maskgate_detectors.text.prefilter import BASE64, PAIR

if TYPE_CHECKING:
    from maskgate_detectors.engine.engine import Engine

CHUNK_RECORDS = 512
CHUNK_BYTES = 1 << 20
_LONG_PATH = 500  # characters: from here on the lexer says how much a path weighs
_NOTHING = Scan()
_ALONE = 1 << 16  # bytes: a larger record shares its time with no other, and gains nothing by company
_SHARED = 2  # times what one record may take: for the keys of a chunk


class BatchPass:
    """The steps of one engine for many records."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.config = engine.config
        self.scanner = engine.scanner
        self.names = Names()
        self.plans = Plans(self.names, engine.hints, engine.rules)
        self.members = Members(engine.hints)
        self.memory = Memory()
        self.reads_prose = engine.ner.model != "none"
        least = min((rule.key_score for rule in engine.rules.rules if rule.key_decides), default=1.0)
        self.plain = engine.judge.plain and least >= self.config.min_score
        self.choice = Choice(self.plans, engine.prefilter, self.reads_prose)
        self._idle = not (engine.rules.rules or self.reads_prose)  # nothing to look for
        self._run = engine.rules.run
        self._numbers = engine.rules.numbers

    def run(self, records: Sequence[bytes], language: str | None) -> list[Scan]:
        """One scan per record."""
        scans: list[Scan | None] = [None] * len(records)
        waiting: list[tuple[int, Entry]] = []  # for the model
        chunk: list[int] = []
        size = 0
        for at, record in enumerate(records):
            try:
                self._prove(record)
            except Exception as error:
                scans[at] = failed(error)
                continue
            if len(record) > _ALONE:
                waiting += self._chunk(records, [at], scans)
                continue
            if chunk and (len(chunk) >= CHUNK_RECORDS or size + len(record) > CHUNK_BYTES):
                waiting += self._chunk(records, chunk, scans)
                chunk, size = [], 0
            chunk.append(at)
            size += len(record)
        if chunk:
            waiting += self._chunk(records, chunk, scans)
        if waiting:
            self._read_prose([entry for _, entry in waiting], language)
            for at, entry in waiting:
                scans[at] = self._scan(entry)
        return [scan if scan is not None else Scan(error="detector_failed") for scan in scans]

    def _prove(self, record: bytes) -> None:
        """Raise unless the record is JSON within its limit of bytes."""
        if len(record) > self.config.max_record_bytes:
            raise LexError("too_large", f"more than {self.config.max_record_bytes} bytes")
        try:
            orjson.loads(record)
        except orjson.JSONDecodeError:  # it refuses more than the grammar does, so its no is not the last word
            check_utf8(record)
            lex(record, self.config.max_depth, self.config.max_nodes)

    # a chunk

    def _chunk(
        self, records: Sequence[bytes], chunk: list[int], scans: list[Scan | None], again: bool = False
    ) -> list[tuple[int, Entry]]:
        """Scans of all records but those that wait for the model.

        A small record that ran out of time is tried ``again`` alone: the machine may have been busy, or a rule new.
        """
        seconds = [self.config.seconds_for(len(records[at])) for at in chunk]
        budget = Budget(min(sum(seconds), max(_SHARED * self.config.time_budget_max_s, seconds[0])))
        self.engine.hints.check = (
            budget.check
        )  # what keys say is found for all at once; a record alone pays for its own
        try:
            entries = self._look([records[at] for at in chunk])
        except Exception as error:  # nothing is known of these records
            if len(chunk) > 1:
                return [item for at in chunk for item in self._chunk(records, [at], scans)]
            entries = {0: Entry(b"", failed(error))}
        finally:
            self.engine.hints.check = None
        waiting = []
        for number, at in enumerate(chunk):
            entry = entries.get(number)
            if entry is None:
                scans[at] = _NOTHING
            elif (
                not again and len(records[at]) <= _ALONE and entry.error is not None and entry.error.error == "timeout"
            ):
                waiting += self._chunk(records, [at], scans, again=True)
            elif entry.error is None and any(place.prose for place in entry.places):
                waiting.append((at, entry))
            else:
                scans[at] = self._scan(entry)
        return waiting

    def _look(self, records: Sequence[bytes]) -> dict[int, Entry]:
        """What was found in each record; nothing in those that are not named."""
        if self.names.full:
            for table in (self.names, self.plans, self.members, self.memory):
                table.clear()
        columns = Columns(records, self.names)
        entries = self._over_limits(columns, records)
        told, repeating = self.members.find(columns)
        for number in repeating:
            entries.setdefault(number, Entry(records[number])).duplicate = True
        if not self._idle:
            seen: dict[int, bool] = {}
            works = self.choice.works(columns, told)
            numbers = columns.record[[work.row for work in works]].tolist() if works else ()
            for number, work in zip(numbers, works, strict=True):
                entry = entries.get(number)
                if entry is None:
                    entry = entries[number] = Entry(records[number])
                if entry.error is None:
                    self._one(columns, entry, work, told, seen)
            for key, clean in seen.items():
                if clean:
                    self.plans.note_clean(key)
        return entries

    def _over_limits(self, columns: Columns, records: Sequence[bytes]) -> dict[int, Entry]:
        """The records that are too deep or have too many values, with the error that the lexer gives them."""
        many = columns.nodes > self.config.max_nodes
        lengths = np.array(self.names.lengths)[columns.container_path]
        odd = (columns.container_depth > self.config.max_depth) | (lengths > _LONG_PATH)
        many[np.searchsorted(columns.ends, columns.container_start[odd], side="right")] = True
        entries = {}
        for number in np.flatnonzero(many).tolist():
            try:
                lex(records[number], self.config.max_depth, self.config.max_nodes)
            except LexError as error:
                entries[number] = Entry(b"", failed(error))
        return entries

    # one row

    def _one(self, columns: Columns, entry: Entry, work: Work, told: dict[int, KeyInfo], seen: dict[int, bool]) -> None:
        """Look at a row in the time of its record; whatever that raises becomes the record's error."""
        before = len(entry.places)
        try:
            if entry.budget is not None:
                entry.budget.begin()
            self._row(columns, entry, work, told)
            if entry.budget is not None:
                entry.budget.close()
        except Exception as error:
            entry.error = failed(error)
        if work.kind == KEY:
            key = int(columns.key[work.row])
            clean = entry.error is None and len(entry.places) == before
            seen[key] = seen.get(key, True) and clean

    def _row(self, columns: Columns, entry: Entry, work: Work, told: dict[int, KeyInfo]) -> None:
        start, end, row, kind, path, base, decides, asked_for = work
        raw = columns.data[start:end]
        info = told.get(row) or self.plans.infos[path] if kind != KEY else self.plans.key_info(int(columns.key[row]))
        span = (start - base, end - base)
        if decides:
            hit = decide(raw, info.ready or self.plans.deciders(info))
            if hit is not None:
                self._decided(columns, entry, work, raw, hit, span)
                return
        key = self.memory.key(raw, path, kind) if kind != KEY and row not in told else None
        known = self.memory.get(key) if key is not None else None
        if known is not None and not known:
            return
        place = Place("", "key" if kind == KEY else "value", KINDS[kind], *span, decode(raw))
        if known is None:
            self._search(entry, place, info, kind == NUMBER, asked_for, raw)
            if key is not None and not place.prose:
                if entry.budget is not None:
                    entry.budget.check()  # what took too long is not remembered as read
                self.memory.put(key, tuple(place.hits))
        else:
            place.hits = list(known)
        if place.hits or place.prose:
            place.path = columns.pointer(row)
            entry.places.append(place)

    def _decided(self, columns: Columns, entry: Entry, work: Work, raw: bytes, hit: Hit, span: tuple[int, int]) -> None:
        """A finding of the key; lists and thresholds may have a say."""
        path, kind = columns.pointer(work.row), KINDS[work.kind]
        if self.plain:
            first, last, entity, score, detector, *_ = hit
            entry.findings.append(Finding(path, first, last, entity, score, detector, "value", kind, *span))
            return
        place = Place(path, "value", kind, *span, raw.decode("utf-8"))
        place.hits = [hit]
        entry.places.append(place)

    def _wanted(self, entry: Entry, raw: bytes, info: KeyInfo, found: set[int]) -> set[int] | None:
        """The rules and marks to try, None for none."""
        if BASE64 in found and not layers.has_base64(raw):
            found.discard(BASE64)
        budget = entry.budget or self._budget(entry)
        if PAIR in found and not self.scanner.pairs_matter(raw, info.words, budget):
            found.discard(PAIR)
        if info.asked:
            asked = self.plans.asked(info)
            found.update(asked)
            return set(asked) if is_nothing_raw(raw) else found
        return None if not found or is_nothing_raw(raw) else found

    def _search(
        self, entry: Entry, place: Place, info: KeyInfo, number: bool, asked_for: set[int] | None, raw: bytes
    ) -> None:
        found = None
        if asked_for is not None:
            found = self._wanted(entry, raw, info, asked_for)
            if found is None:
                return
        budget = entry.budget or self._budget(entry)
        if found is None or min(found) < 0 or raw[0] <= 32 or raw[-1] <= 32 or not raw.isascii():
            prose = place.prose if self.reads_prose else None
            place.hits = self.scanner.scan(place.text, info, number=number, budget=budget, prose=prose, found=found)
            return
        if number:
            found &= self._numbers.union(self.plans.asked(info))
        place.hits = self._run(place.text, info, sorted(found), budget)

    def _budget(self, entry: Entry) -> Budget:
        entry.budget = Budget(self.config.seconds_for(len(entry.record)))
        return entry.budget

    # the model, and the end

    def _read_prose(self, entries: Sequence[Entry], language: str | None) -> None:
        places = [place for entry in entries for place in entry.places if place.prose]
        try:
            self.engine.read_prose(places, language)
        except Exception as error:  # the model failed: no record with prose can be trusted
            for entry in entries:
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
    return finding.leaf_start, finding.start
