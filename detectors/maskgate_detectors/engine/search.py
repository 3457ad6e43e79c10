"""What is found in one row: by its key, by what is remembered of the value, by the rules that are worth trying."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from maskgate_detectors.engine.entry import KEY, KINDS, Entry, Place, decide, failed
from maskgate_detectors.engine.memory import Hits, Memory
from maskgate_detectors.engine.plans import Plans
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.freetext.prose import is_prose
from maskgate_detectors.model.finding import Finding
from maskgate_detectors.reader.lexer import NUMBER, decode
from maskgate_detectors.text import attachments, layers
from maskgate_detectors.text.detect import Budget, is_nothing_raw
from maskgate_detectors.text.leaf import Prose
from maskgate_detectors.text.prefilter import BASE64, PAIR

if TYPE_CHECKING:
    from maskgate_detectors.engine.engine import Engine

_NOTHING: Hits = ()


class Work(NamedTuple):
    """A row that has to be looked at."""

    start: int
    end: int
    row: int
    kind: int
    info: KeyInfo
    base: int  # where its record begins
    decides: bool
    found: set[int] | None  # what the prefilter and the key ask for; None: the prefilter was not asked
    digest: int  # under which it is remembered; 0: it is not


new: Callable[..., Work] = tuple.__new__  # one is made for every row that is chosen
_finding: Callable[..., Finding] = tuple.__new__


class Source(Protocol):
    """What was read: columns of many records, or the leaves of one."""

    data: bytes

    def pointer(self, row: int) -> str:
        """The JSON Pointer of a row."""


class Search:
    """The rules, the keys and the memory of one engine, asked row by row."""

    def __init__(self, engine: Engine, plans: Plans, memory: Memory) -> None:
        self._config = engine.config
        self._scanner = engine.scanner
        self._judge = engine.judge
        self._plans = plans
        self._memory = memory
        self.reads_prose = engine.ner.model != "none"
        self._run = engine.rules.run
        self._numbers = engine.rules.numbers

    def is_odd(self, raw: bytes, info: KeyInfo) -> bool:
        """Raw bytes do not show all of the value: it has escapes, look-alike characters, prose, an attachment."""
        if b"\\" in raw or attachments.stand_in(raw):
            return True
        plain = raw.isascii()
        prose = self.reads_prose and (not plain or b" " in raw)  # a script may have no blanks
        if plain and not prose:
            return False
        text = raw.decode("utf-8")
        return (not plain and layers.fold(text) is not None) or (prose and is_prose(text, info))

    def one(self, source: Source, entry: Entry, work: Work) -> bool:
        """:meth:`look` in the time of the row's record; whatever that raises becomes the record's error."""
        try:
            if entry.budget is not None:
                entry.budget.begin()
            nothing = self.look(source, entry, work)
            if entry.budget is not None:
                entry.budget.close()
        except Exception as error:
            entry.error = failed(error)
            return False
        return nothing

    def look(self, source: Source, entry: Entry, work: Work) -> bool:
        """Add to ``entry`` what is found in a row; whether that is nothing."""
        start, end, row, kind, info, base, decides, found, digest = work
        hits = self._memory.get(digest) if digest else None
        raw = source.data[start:end]
        prose: list[Prose] = []
        if hits is None:
            hit = decide(raw, info.ready or self._plans.deciders(info)) if decides else None
            hits = (hit,) if hit is not None else self._search(entry, raw, info, kind == NUMBER, found, prose)
            if hits and self._judge.plain and not prose:
                hits = tuple(self._judge.kept(list(hits), "", decode(raw) if len(hits) > 1 else ""))
            if digest and not prose:
                if entry.budget is not None:
                    entry.budget.check()  # what took too long is not remembered as read
                self._memory.put(digest, hits)
        if not hits and not prose:
            return True
        path, where = source.pointer(row), "key" if kind == KEY else "value"
        if prose or not self._judge.plain:
            place = Place(path, where, KINDS[kind], start - base, end - base, decode(raw), list(hits), prose)  # type: ignore[arg-type]
            entry.places.append(place)
            return False
        add, name, start, end = entry.findings.append, KINDS[kind], start - base, end - base
        for first, last, entity, score, detector, way, whole in hits:
            said = "whole" if whole else where
            add(_finding(Finding, (path, first, last, entity, score, detector, said, name, start, end, way)))
        return not hits

    def _wanted(self, entry: Entry, raw: bytes, info: KeyInfo, found: set[int]) -> set[int] | None:
        """The rules and marks to try, None for none."""
        if BASE64 in found and not layers.has_base64(raw):
            found.discard(BASE64)
        if PAIR in found and not self._scanner.pairs_matter(raw, info.words, entry.budget or self._budget(entry)):
            found.discard(PAIR)
        if info.asked:
            asked = self._plans.asked(info)
            found.update(asked)
            return set(asked) if is_nothing_raw(raw) else found
        return None if not found or is_nothing_raw(raw) else found

    def _search(
        self, entry: Entry, raw: bytes, info: KeyInfo, number: bool, found: set[int] | None, prose: list[Prose]
    ) -> Hits:
        if found is not None:
            found = self._wanted(entry, raw, info, found)
            if found is None:
                return _NOTHING
        budget = entry.budget or self._budget(entry)
        text = decode(raw)
        if found is None or min(found) < 0 or raw[0] <= 32 or raw[-1] <= 32 or not raw.isascii():
            read = prose if self.reads_prose else None
            return tuple(self._scanner.scan(text, info, number=number, budget=budget, prose=read, found=found))
        if number:
            found &= self._numbers.union(self._plans.asked(info))
        return tuple(self._run(text, info, sorted(found), budget))

    def _budget(self, entry: Entry) -> Budget:
        entry.budget = Budget(self._config.seconds_for(len(entry.record)))
        return entry.budget
