"""Which rows of a batch their siblings may tell something, and what.

Most objects tell nothing, whatever stands in them: that depends on where they are and on their keys and kinds alone,
is found out once for each such set of members, and remembered under a keyed sum. Only the others, and records in which
it takes the whole (tables, places of a person, repeated keys), are handed to :mod:`siblings`.
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from maskgate_detectors.fields import layouts, siblings, splits
from maskgate_detectors.fields.context import KeyHints, KeyInfo
from maskgate_detectors.fields.recall import Recall
from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import CONTAINER, LITERAL
from maskgate_detectors.reader.names import Ints

_INERT, _TELLS, _FEEDS, _REPEATS = range(4)  # an object that feeds tells something of one around it
_ANCESTORS = 3  # how far around it that may be
_PLACES = 4096  # members whose order has a say in the sum
_REMEMBERED = 100_000


class Beside(NamedTuple):
    """What siblings say in a batch: infos of rows, and the records in which an object repeats a key."""

    infos: dict[int, KeyInfo]
    repeating: frozenset[int]


class Members:
    """What is known of sets of members and of keys, for one engine."""

    def __init__(self, hints: KeyHints) -> None:
        self._hints = hints
        rng = np.random.Generator(np.random.PCG64(secrets.randbits(128)))
        self._place = rng.integers(1, 1 << 63, _PLACES, np.uint64) | np.uint64(1)
        self._key = rng.integers(0, 1 << 63, 1024, np.uint64)
        self._kind, self._path = rng.integers(1, 1 << 63, 2, np.uint64) | np.uint64(1)
        self._rng = rng
        self._recall = Recall(hints)
        self.clear()

    def clear(self) -> None:
        """Forget what is known by number."""
        self._known: dict[int, tuple[int, dict[int, KeyInfo]]] = {}
        self._arrays: dict[int, int] = {}
        self._silent: dict[int, bool] = {}  # paths of objects that are no boxes and feed none
        self._persons: dict[int, bool] = {}
        self._flags = np.full(1024, -1, np.int64)
        self._recall.clear()

    def find(self, columns: Columns) -> Beside:
        """What the members of each object of the batch say about their siblings."""
        groups = _Groups(columns)
        flags = self._record_flags(columns)
        infos: dict[int, KeyInfo] = {}
        codes = self._codes(columns, groups, infos)
        told = np.flatnonzero(codes)
        of_record = np.searchsorted(columns.ends, columns.container_start[told], side="right").tolist()
        chosen: dict[int, set[int]] = {}
        repeating = set()
        for container, code, record in zip(told.tolist(), codes[told].tolist(), of_record, strict=True):
            if code == _REPEATS:
                repeating.add(record)
                continue
            chosen.setdefault(record, set()).update(_with_outer(columns, container, code))
        whole = set(siblings.need_whole(columns.data, flags, columns.ends.tolist())) | repeating
        for record in sorted(whole | chosen.keys()):
            bounds = int(columns.bounds[record]), int(columns.bounds[record + 1])
            rows = list(range(*bounds)) if record in whole else groups.rows(chosen[record])
            of_person = None if record in whole else functools.partial(self.personal, columns, record)
            said = self._recall.find(columns, record, rows, flags[record], of_person)
            infos.update((rows[at], info) for at, info in said.items())
        return Beside(infos, frozenset(repeating))

    def personal(self, columns: Columns, record: int) -> bool:
        """A key of the record is one of a person."""
        rows = slice(columns.bounds[record], columns.bounds[record + 1])
        for path in set(columns.path[rows][columns.kind[rows] < LITERAL].tolist()):
            told = self._persons.get(path)
            if told is None:
                info = self._hints.for_pointer(columns.names.pointer(path))
                told = self._persons[path] = layouts.of_person(info)
            if told:
                return True
        return False

    def _record_flags(self, columns: Columns) -> list[int]:
        keyed = columns.key_start >= 0
        keys = columns.key
        size = len(columns.names.raw)
        if size > len(self._flags):
            self._flags = np.concatenate((self._flags, np.full(size, -1, np.int64)))
        unknown = np.unique(keys[keyed & (self._flags[keys] < 0)])
        for key in unknown.tolist():
            self._flags[key] = siblings.flags_of(columns.names.raw[key], self._hints)
        row_flags = np.where(keyed, self._flags[keys], 0)
        some = np.flatnonzero(np.diff(columns.bounds))
        flags = np.zeros(len(columns.ends), np.int64)
        if len(some):
            flags[some] = np.bitwise_or.reduceat(row_flags, columns.bounds[some])
        return flags.tolist()

    def _codes(self, columns: Columns, groups: _Groups, infos: dict[int, KeyInfo]) -> Ints:
        """What each container is for its members and for others; what it always tells goes to ``infos``."""
        codes = np.zeros(len(columns.outer), np.int64)
        holders = groups.holders
        if not len(holders):
            return codes
        sums = self._sums(columns, groups)
        get = self._known.get
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        arrays = columns.is_array[holders].tolist()
        for at, (container, array, known) in enumerate(zip(holders.tolist(), arrays, sums.tolist(), strict=True)):
            if array:
                codes[container] = self._array(columns, groups, container)
                continue
            found = get(known)
            if found is None:
                found = self._known[known] = self._object(columns, groups, container)
            code, told = found
            if told:
                infos.update((int(groups.order[groups.first[at] + member]), info) for member, info in told.items())
            elif code:
                codes[container] = code
        return codes

    def _sums(self, columns: Columns, groups: _Groups) -> Ints:
        size = len(columns.names.raw)
        if size > len(self._key):
            self._key = np.concatenate((self._key, self._rng.integers(0, 1 << 63, size, np.uint64)))
        order, first = groups.order, groups.first
        place = np.arange(len(order)) - np.repeat(first, groups.sizes)
        terms = self._key[columns.key[order]] + columns.kind[order].astype(np.uint64) * self._kind
        terms *= self._place[place % _PLACES]
        paths = columns.container_path[groups.holders].astype(np.uint64) * self._path
        return np.add.reduceat(terms, first) + paths  # type: ignore[no-any-return]

    def _array(self, columns: Columns, groups: _Groups, container: int) -> int:
        path = int(columns.container_path[container])
        code = self._arrays.get(path)
        if code is None:
            own = groups.own(container)
            leaf = columns.leaf(own) if own >= 0 else None
            record = columns.record_of(container)
            code = _INERT
            if (leaf is not None and splits.is_box(leaf, columns.record_text(record), self._hints)) or layouts.is_point(
                columns.pointer_of(container)
            ):
                code = _TELLS
            elif layouts.feeds(columns.pointer_of(container), ()):
                code = _FEEDS
            self._arrays[path] = code
        return code

    def _object(self, columns: Columns, groups: _Groups, container: int) -> tuple[int, dict[int, KeyInfo]]:
        members = groups.members(container)
        keys = columns.key[members].tolist()
        if len(set(keys)) < len(keys):
            return _REPEATS, {}
        own = groups.own(container)
        record = columns.record_text(columns.record_of(container))
        if self._is_silent(columns, container, own, keys, record):
            return _INERT, {}
        leaves = [columns.leaf(row) for row in members]
        if layouts.feeds(columns.pointer_of(container), leaves):
            return _FEEDS, {}
        told = siblings.may_tell(record, columns.leaf(own) if own >= 0 else None, leaves, self._hints)
        return (_TELLS, {}) if told is None else (_INERT, told)

    def _is_silent(self, columns: Columns, container: int, own: int, keys: Sequence[int], record: bytes) -> bool:
        """The object tells nothing because of its keys, is no value in parts, and feeds none around it."""
        if not siblings.says_nothing(int(np.bitwise_or.reduce(self._flags[keys]))):
            return False
        path = int(columns.container_path[container])
        silent = self._silent.get(path)
        if silent is None:
            boxed = own >= 0 and splits.is_box(columns.leaf(own), record, self._hints)
            silent = not boxed and not layouts.may_feed(columns.pointer_of(container))
            self._silent[path] = silent
        return silent


def _with_outer(columns: Columns, container: int, code: int) -> list[int]:
    """A container, and those around it which it may tell something."""
    found = [container]
    while code == _FEEDS and len(found) <= _ANCESTORS and columns.outer[found[-1]] >= 0:
        found.append(columns.outer[found[-1]])
    return found


class _Groups:
    """The rows of each container of a batch."""

    def __init__(self, columns: Columns) -> None:
        of = columns.container
        self.order = np.argsort(of, kind="stable")
        sorted_of = of[self.order]
        self.first = np.flatnonzero(np.concatenate((np.ones(min(1, len(of)), bool), sorted_of[1:] != sorted_of[:-1])))
        self.holders = sorted_of[self.first]  # containers with rows
        self.sizes = np.diff(np.append(self.first, len(of)))
        keyed = np.flatnonzero(columns.container_key >= 0)
        self._own = np.full(len(columns.outer), -1, np.int64)
        self._own[keyed] = np.flatnonzero(columns.kind == CONTAINER)

    def own(self, container: int) -> int:
        """The row of the container itself, -1 where it is no member."""
        return int(self._own[container])

    def members(self, container: int) -> list[int]:
        """The rows in a container."""
        at = int(np.searchsorted(self.holders, container))
        if at == len(self.holders) or self.holders[at] != container:
            return []
        return self.order[self.first[at] : self.first[at] + self.sizes[at]].tolist()  # type: ignore[no-any-return]

    def rows(self, containers: Iterable[int]) -> list[int]:
        """The rows in these containers and of them, in order."""
        found: set[int] = set()
        for container in containers:
            found.update(self.members(container))
            found.add(self.own(container))
        return sorted(found - {-1})
