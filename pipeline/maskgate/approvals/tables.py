"""The state's own tables over many requests: whose key waits where, when something is due, how many are open for whom.

Each is a few dozen bytes a request; what they say is what dicts and a heap would say.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator

from maskgate.approvals.compact import KEY, Table
from maskgate.approvals.store import opened_at

_FEW = 8
_BUCKET_MS = 60_000
_SECOND = 1000
_ROW = 8 + KEY


def hashed(text: str) -> bytes:
    """The key of a name."""
    return hashlib.blake2b(text.encode(), digest_size=KEY).digest()


class Counts:
    """Name → how many; a name that has none takes no room."""

    def __init__(self) -> None:
        self.table = Table(8)

    def get(self, name: str) -> int:
        """How many."""
        return int.from_bytes(self.table.get(hashed(name)) or b"", "big")

    def add(self, name: str, by: int) -> None:
        """Count so many more; below one there is none."""
        key = hashed(name)
        n = int.from_bytes(self.table.get(key) or b"", "big") + by
        if n > 0:
            self.table[key] = n.to_bytes(8, "big")
        else:
            self.table.pop(key)

    def total(self) -> int:
        """All of them together."""
        return sum(int.from_bytes(n, "big") for _, n in self.table.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counts) and self.table == other.table

    __hash__ = None  # type: ignore[assignment]


class Chains:
    """Record key → its open requests, in the order in which they were opened."""

    def __init__(self) -> None:
        self.few = Table(KEY)
        self.many: dict[bytes, dict[bytes, None]] = {}  # keys with so many that a search through them would cost

    def add(self, key: bytes, short: bytes) -> None:
        """Note a request of a key."""
        if key in self.many:
            self.many[key][short] = None
            return
        had = self.few.values_of(key)
        if short in had:
            return
        self.few.append(key, short)
        if len(had) >= _FEW:
            self.many[key] = dict.fromkeys([*had, short])
            for one in self.many[key]:
                self.few.remove(key, one)

    def discard(self, key: bytes, short: bytes) -> None:
        """A request of a key is closed."""
        self.few.remove(key, short)
        held = self.many.get(key)
        if held is not None:
            held.pop(short, None)
            if not held:
                del self.many[key]

    def of(self, key: bytes) -> tuple[bytes, ...]:
        """The requests of a key."""
        return tuple(self.many.get(key) or self.few.values_of(key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chains) and self._all() == other._all()

    __hash__ = None  # type: ignore[assignment]

    def _all(self) -> dict[bytes, tuple[bytes, ...]]:
        return {key: self.of(key) for key in (*self.few, *self.many)}


class Agenda:
    """Request → when something is due for it, and what is due by then, soonest first.

    What is due within the minute lies in a heap; what is later waits in one run of bytes a minute.
    """

    def __init__(self) -> None:
        self.when = Table(8)
        self._near: list[tuple[int, bytes]] = []
        self._far: dict[int, bytearray] = {}
        self._minutes: list[int] = []  # the keys of ``_far``, as a heap
        self._opened: dict[int, int] = {}  # second in which a request was opened → how many of these are here

    def set(self, short: bytes, when: int) -> None:
        """Note when something is due for a request; 0: never again."""
        if self.of(short) == when:
            return
        if when:
            if short not in self.when:
                self._count(short, 1)
            self.when[short] = when.to_bytes(8, "big")
            self._note(short, when)
        else:
            self.when.pop(short)
            self._count(short, -1)
        while self._near and self.of(self._near[0][1]) != self._near[0][0]:
            heapq.heappop(self._near)

    def of(self, short: bytes) -> int:
        """When something is due for a request; 0: never."""
        return int.from_bytes(self.when.get(short) or b"", "big")

    def due(self, until: int, limit: int) -> Iterator[bytes]:
        """Requests for which something is due at or before ``until``, soonest first, at most ``limit``; none goes."""
        while self._minutes and self._minutes[0] * _BUCKET_MS <= until:
            self._bring(heapq.heappop(self._minutes))
        frontier = [(self._near[0], 0)] if self._near else []
        seen: set[bytes] = set()
        while frontier and len(seen) < limit:
            (when, short), index = heapq.heappop(frontier)
            if when > until:
                break
            if self.of(short) == when and short not in seen:
                seen.add(short)
                yield short
            for child in (2 * index + 1, 2 * index + 2):
                if child < len(self._near):
                    heapq.heappush(frontier, (self._near[child], child))

    def oldest(self) -> int:
        """The second, in milliseconds, in which the oldest of these requests was opened; 0: there is none."""
        return min(self._opened, default=0) * _SECOND

    def rebuild(self) -> None:
        """Fill what is derived from ``when``, after that was loaded."""
        self._near, self._far, self._minutes, self._opened = [], {}, [], {}
        for short, when in self.when.items():
            self._count(short, 1)
            self._note(short, int.from_bytes(when, "big"))

    def _note(self, short: bytes, when: int) -> None:
        minute = when // _BUCKET_MS
        if minute not in self._far:
            self._far[minute] = bytearray()
            heapq.heappush(self._minutes, minute)
        self._far[minute] += when.to_bytes(8, "big") + short

    def _count(self, short: bytes, by: int) -> None:
        second = opened_at(short) // _SECOND
        left = self._opened.get(second, 0) + by
        if left:
            self._opened[second] = left
        else:
            del self._opened[second]

    def _bring(self, minute: int) -> None:
        rows = self._far.pop(minute)
        for at in range(0, len(rows), _ROW):
            when, short = int.from_bytes(rows[at : at + 8], "big"), bytes(rows[at + 8 : at + _ROW])
            if self.of(short) == when:
                heapq.heappush(self._near, (when, short))

    def __len__(self) -> int:
        return len(self.when)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.when)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Agenda) and self.when == other.when

    __hash__ = None  # type: ignore[assignment]
