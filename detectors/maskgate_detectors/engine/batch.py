"""One pass over a batch of records: columns, keys that decide, one prefilter scan, rules where it fired.

The result is that of :mod:`maskgate_detectors.engine.reference`; this module only decides what need not be looked at::

    records ── proven to be JSON ── columns ── what their keys and siblings decide
                                       ├── rows that a key decides ─────────────┐
                                       ├── rows that raw bytes do not show ─────┤ one record after the other
                                       └── the rest, joined ── prefilter ── hits┘

Most rows never become objects. A few small records are read leaf by leaf (:mod:`.leafwise`): columns cost the same
however little stands in them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import orjson

from maskgate_detectors.engine.choice import Choice
from maskgate_detectors.engine.entry import KEY, Entry, failed
from maskgate_detectors.engine.leafwise import Leafwise
from maskgate_detectors.engine.memory import Memory
from maskgate_detectors.engine.plans import Plans
from maskgate_detectors.engine.search import Search
from maskgate_detectors.engine.strings import RowStrings
from maskgate_detectors.engine.twins import find as find_twins
from maskgate_detectors.fields.beside import Members
from maskgate_detectors.model.finding import Finding, Scan, Twin
from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import LexError, check_utf8, lex
from maskgate_detectors.reader.names import Names
from maskgate_detectors.text.detect import Budget

if TYPE_CHECKING:
    from maskgate_detectors.engine.engine import Engine

CHUNK_RECORDS = 512
CHUNK_BYTES = 1 << 20
SMALL = 4096  # bytes of a batch that is read leaf by leaf
_LONG_PATH = 500  # characters: from here on the lexer says how much a path weighs
_NOTHING = Scan()
_ALONE = 1 << 16  # bytes: a larger record shares its time with no other, and gains nothing by company
_SHARED = 2  # times what one record may take: for the keys of a chunk


class BatchPass:
    """The steps of one engine for many records."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.config = engine.config
        self.names = Names()
        self.plans = Plans(self.names, engine.hints, engine.rules)
        self.members = Members(engine.hints)
        self.memory = Memory()
        self.search = Search(engine, self.plans, self.memory)
        self.choice = Choice(self.plans, engine.prefilter, self.search, self.memory)
        self.leafwise = Leafwise(engine, self.plans, self.search, self.memory)
        self._deny = engine.judge.deny
        rules = engine.rules.rules or self.search.reads_prose
        self._idle = not (rules or self._deny)  # nothing to look for
        self._only_lists = not rules
        self._lock = threading.Lock()  # of all tables

    def run(self, records: Sequence[bytes], language: str | None) -> list[Scan]:
        """One scan per record."""
        with self._lock:
            entries = self._entries(records)
        waiting = [entry for entry in entries if entry is not None and entry.error is None and entry.places]
        if waiting:
            self._read_prose(waiting, language)
        return [_NOTHING if entry is None else self._scan(entry) for entry in entries]

    def _entries(self, records: Sequence[bytes]) -> list[Entry | None]:
        entries: list[Entry | None] = [None] * len(records)
        small = sum(map(len, records)) <= SMALL
        chunk: list[int] = []
        size = 0
        for at, record in enumerate(records):
            listed = self._is_listed(record)
            if small or listed:
                entries[at] = self.leafwise.entry(record, listed)
                continue
            try:
                self._prove(record)
            except Exception as error:
                entries[at] = Entry(b"", failed(error))
                continue
            if len(record) > _ALONE:
                self._chunk(records, [at], entries)
                continue
            if chunk and (len(chunk) >= CHUNK_RECORDS or size + len(record) > CHUNK_BYTES):
                self._chunk(records, chunk, entries)
                chunk, size = [], 0
            chunk.append(at)
            size += len(record)
        if chunk:
            self._chunk(records, chunk, entries)
        return entries

    def _is_listed(self, record: bytes) -> bool:
        """A value of a deny list may stand in the record, so that all of it has to be looked at."""
        if not self._deny or len(record) > self.config.max_record_bytes:
            return False
        return self._only_lists or self._deny.may_stand_in(record)

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
        self, records: Sequence[bytes], chunk: list[int], entries: list[Entry | None], again: bool = False
    ) -> None:
        """What was found in each record of the chunk.

        A small record that ran out of time is tried ``again`` alone: the machine may have been busy, or a rule new.
        """
        seconds = [self.config.seconds_for(len(records[at])) for at in chunk]
        budget = Budget(min(sum(seconds), max(_SHARED * self.config.time_budget_max_s, seconds[0])))
        # what keys say is found for all at once; a record alone pays for its own
        self.engine.hints.check = budget.check
        try:
            found = self._look([records[at] for at in chunk])
        except Exception as error:  # nothing is known of these records
            if len(chunk) > 1:
                for at in chunk:
                    self._chunk(records, [at], entries)
                return
            found = {0: Entry(b"", failed(error))}
        finally:
            self.engine.hints.check = None
        for number, entry in found.items():
            at = chunk[number]
            late = entry.error is not None and entry.error.error == "timeout"
            if late and not again and len(records[at]) <= _ALONE:
                self._chunk(records, [at], entries, again=True)
            else:
                entries[at] = entry

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
                nothing = entry.error is None and self.search.one(columns, entry, work)
                if work.kind == KEY:
                    key = int(columns.key[work.row])
                    seen[key] = seen.get(key, True) and nothing
            for key, clean in seen.items():
                if clean:
                    self.plans.note_clean(key)
        for number, entry in entries.items():
            entry.strings = RowStrings(columns, number)
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

    # the model, and the end

    def _read_prose(self, entries: Sequence[Entry], language: str | None) -> None:
        places = [place for entry in entries for place in entry.places]
        try:
            self.engine.read_prose(places, language)
        except Exception as error:  # the model failed: no record with prose can be trusted
            failure = Scan(error="detector_failed", detail=f"model: {type(error).__name__}")
            for entry in entries:
                if any(place.prose for place in entry.places):
                    entry.error = failure

    def _scan(self, entry: Entry) -> Scan:
        if entry.error is not None:
            return entry.error
        findings = entry.findings
        if entry.places:
            for place in entry.places:
                findings += self.engine.findings(place)
            findings.sort(key=_document_order)
        twins: tuple[Twin, ...] = ()
        if findings and self.config.spread and entry.strings is not None:
            try:
                twins = find_twins(entry.record, findings, entry.strings)
            except Exception as error:
                return failed(error)
        return Scan(tuple(findings), duplicate_keys=entry.duplicate, twins=twins)


def _document_order(finding: Finding) -> tuple[int, int]:
    return finding.leaf_start, finding.start
