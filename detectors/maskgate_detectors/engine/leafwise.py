"""One record, leaf by leaf: what a few small records take, and records in which a value of a deny list stands.

The same is decided as for columns, without arrays. What keys and the prefilter leave out (plain words, numbers that
no rule wants) may be on a deny list: of a record at which one points, every leaf is looked at in full.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from maskgate_detectors.engine.entry import KEY, Entry, failed
from maskgate_detectors.engine.memory import Memory
from maskgate_detectors.engine.plans import Plans
from maskgate_detectors.engine.search import Search, Work, new
from maskgate_detectors.engine.strings import LeafStrings
from maskgate_detectors.fields import siblings
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.reader.lexer import NUMBER, Leaf, LexError, check_utf8, lex
from maskgate_detectors.text.detect import Budget, is_nothing_raw

if TYPE_CHECKING:
    from maskgate_detectors.engine.engine import Engine

_start = operator.itemgetter(0)
_AGAIN = 1 << 16  # bytes: a record up to that is tried twice when its time is up


class Leafwise:
    """The steps of one engine for one record."""

    def __init__(self, engine: Engine, plans: Plans, search: Search, memory: Memory) -> None:
        self._config = engine.config
        self._hints = engine.hints
        self._prefilter = engine.prefilter
        self._plans = plans
        self._search = search
        self._memory = memory

    def entry(self, record: bytes, listed: bool) -> Entry:
        """What was found; whatever goes wrong is its error. All of a ``listed`` record is looked at."""
        entry = self._read(record, listed)
        if entry.error is not None and entry.error.error == "timeout" and len(record) <= _AGAIN:
            entry = self._read(record, listed)  # the machine may have been busy, or a rule new
        return entry

    def _read(self, record: bytes, listed: bool) -> Entry:
        entry = Entry(record)
        config, hints = self._config, self._hints
        try:
            if len(record) > config.max_record_bytes:
                raise LexError("too_large", f"more than {config.max_record_bytes} bytes")
            check_utf8(record)
            entry.budget = budget = Budget(config.seconds_for(len(record)))
            hints.check = budget.check
            leaves, entry.duplicate = lex(record, config.max_depth, config.max_nodes)
            told = siblings.find(record, leaves, hints, budget=budget).infos
            source = _Leaves(record, leaves)
            entry.strings = LeafStrings(record, leaves)
            for work in self._works(source, told, listed):
                nothing = self._search.look(source, entry, work)
                if nothing and work.kind == KEY:
                    self._plans.note_clean_text(record[work.start : work.end])
            budget.close()
        except Exception as error:
            entry.error = failed(error)
        finally:
            hints.check = None
        return entry

    def _works(self, source: _Leaves, told: Mapping[int, KeyInfo], listed: bool) -> list[Work]:
        """The leaves to look at, and the keys, in the order of the bytes."""
        record, plans, memory = source.data, self._plans, self._memory
        for_pointer, clean = self._hints.for_pointer, plans.clean
        works: list[Work] = []
        rest: list[Work] = []
        for at, (kind, start, end, path, first, last) in enumerate(source.leaves):
            if first >= 0:
                key = record[first:last]
                if listed or (key not in clean and plans.may_hold(key)):
                    rest.append(new(Work, (first, last, at, KEY, plans.text_info(key), 0, False, None, 0)))
            if kind <= NUMBER and start < end:
                info = told.get(at) or for_pointer(path)
                if listed or info.asked or not ((info.veto and kind == NUMBER) or is_nothing_raw(record[start:end])):
                    digest = 0 if listed or at in told else memory.key(record[start:end], info, kind)
                    work = new(Work, (start, end, at, kind, info, 0, bool(info.deciders), None, digest))
                    (works if info.deciders else rest).append(work)
        if listed:
            works = [work._replace(decides=False) for work in works] + rest
        elif rest:
            works += self._chosen(record, rest)
        works.sort(key=_start)
        return works

    def _chosen(self, record: bytes, rest: Sequence[Work]) -> list[Work]:
        """Those of which raw bytes do not show all, for whose rules a key asks, or that the prefilter hits."""
        chosen: list[Work] = []
        asked: list[tuple[Work, bytes]] = []
        for work in rest:
            raw = record[work.start : work.end]
            if (work.digest and self._memory.get(work.digest) is not None) or self._search.is_odd(raw, work.info):
                chosen.append(work)
            else:
                asked.append((work, raw))
        for (work, _), found in zip(asked, self._found([raw for _, raw in asked]), strict=True):
            if found or (work.info.asked and work.kind != KEY):
                chosen.append(work._replace(found=found))
        return chosen

    def _found(self, raws: Sequence[bytes]) -> list[set[int]]:
        """What the prefilter says of each."""
        if not self._prefilter.joins:
            return [self._prefilter.rules(raw) for raw in raws]
        found: list[set[int]] = [set() for _ in raws]
        ends, end = [], 0
        for raw in raws:
            end += len(raw) + 1
            ends.append(end)
        for targets, place in self._prefilter.hits(b"\n".join(raws)) if raws else ():
            found[bisect_left(ends, place)].update(targets)
        return found


class _Leaves:
    """What was read of the record."""

    def __init__(self, data: bytes, leaves: Sequence[Leaf]) -> None:
        self.data = data
        self.leaves = leaves

    def pointer(self, row: int) -> str:
        """The JSON Pointer of a leaf."""
        return self.leaves[row].path
