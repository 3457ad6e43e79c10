"""What the keys alone decide, once for each path and each key of an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from maskgate_detectors.fields.context import NO_NAME, KeyHints, KeyInfo
from maskgate_detectors.model.registry import Compiled
from maskgate_detectors.reader.lexer import decode
from maskgate_detectors.reader.names import MAX_KEYS, Ints, Names
from maskgate_detectors.text.detect import RuleSet, is_nothing_raw

_UNKNOWN, _KNOWN, DECIDES, ASKS, VETO = 0, 1, 2, 4, 8
_LONGEST_KEY = 64  # that is remembered to hold nothing

# A rule that a key lets decide over its whole value: RE2's Match of the key pattern (None: every value fits), the same
# as classes for ASCII values where it is that simple, the check, entity, score, rule id. A bare tuple, and classes as
# one, too: they are taken apart for every value of every record.
Decider = tuple[Any, tuple[frozenset[int], bytes, int] | None, Callable[[str], bool] | None, str, float, str]


class Plans:
    """Infos and flags by the numbers of :class:`Names`."""

    def __init__(self, names: Names, hints: KeyHints, rules: RuleSet) -> None:
        self.names = names
        self._hints = hints
        self._by_id = rules.by_id
        self.clear()

    def clear(self) -> None:
        """Forget what is known by number."""
        self.infos: dict[int, KeyInfo] = {}  # of the paths that :meth:`codes` was asked of
        self._codes = np.zeros(1024, np.uint8)
        self._numbers = np.zeros(1024, np.int64)  # of the infos
        self._clean = np.zeros(1024, np.uint8)  # 0: not seen, 1: holds nothing, 2: has to be looked at
        self._key_infos: dict[int, KeyInfo] = {}
        self.clean: set[bytes] = set()  # spellings of keys that hold nothing

    def codes(self, paths: Ints) -> Ints:
        """What the keys say of the values at ``paths``: bits of DECIDES, ASKS and VETO."""
        self._codes, self._numbers = (_grown(table, len(self.names.parents)) for table in (self._codes, self._numbers))
        found = self._codes[paths]
        if not found.all():
            for path in np.unique(paths[found == _UNKNOWN]).tolist():
                info = self.infos[path] = self._hints.for_pointer(self.names.pointer(path))
                self._codes[path] = code_of(info)
                self._numbers[path] = info.number
            found = self._codes[paths]
        return found

    def numbers(self, paths: Ints) -> Ints:
        """The numbers of the infos of ``paths``, which :meth:`codes` was asked of."""
        return self._numbers[paths]

    def unclean(self, keys: Ints) -> Ints:
        """Which keys may hold something themselves."""
        self._clean = _grown(self._clean, len(self.names.raw))
        found = self._clean[keys]
        if not found.all():
            for key in np.unique(keys[found == 0]).tolist():
                raw = self.names.raw[key]
                self._clean[key] = 1 if not raw or is_nothing_raw(raw) else 2
            found = self._clean[keys]
        return np.equal(found, 2)

    def note_clean(self, key: int) -> None:
        """Nothing was found in a key."""
        if len(self.names.raw[key]) <= _LONGEST_KEY:
            self._clean[key] = 1

    def may_hold(self, raw: bytes) -> bool:
        """A key that is not ``clean`` may hold something; else it is from now on."""
        if raw and not is_nothing_raw(raw):
            return True
        self.note_clean_text(raw)
        return False

    def note_clean_text(self, raw: bytes) -> None:
        """Nothing was found in a key with this spelling."""
        if len(raw) <= _LONGEST_KEY:
            if len(self.clean) >= MAX_KEYS:
                self.clean.clear()
            self.clean.add(raw)

    def key_info(self, key: int) -> KeyInfo:
        """What to make of a key read as data."""
        info = self._key_infos.get(key)
        if info is None:
            info = self._key_infos[key] = self.text_info(self.names.raw[key])
        return info

    def text_info(self, raw: bytes) -> KeyInfo:
        """:meth:`key_info` of a spelling."""
        return self._hints.for_text_of(decode(raw)) if b" " in raw or b"\\" in raw else NO_NAME

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


def code_of(info: KeyInfo) -> int:
    """What a key says, in bits."""
    return _KNOWN | (DECIDES if info.deciders else 0) | (ASKS if info.asked else 0) | (VETO if info.veto else 0)


def _grown(table: Ints, size: int) -> Ints:
    return table if size <= len(table) else np.concatenate((table, np.zeros(size, table.dtype)))


def _decider(item: Compiled) -> Decider:
    rule, classes = item.rule, item.key_classes
    bare = None if classes is None else (classes.first, classes.allowed, classes.longest)
    return item.key_match, bare, rule.key_check, rule.entity, rule.key_score, item.id
