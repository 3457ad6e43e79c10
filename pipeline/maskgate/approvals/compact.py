"""Tables of fixed-width keys and values, as few bytes a row as there are bytes in it.

A dict of a million small objects takes a hundred megabytes; a million rows here take their own bytes and three more.
Rows lie in buckets of a few hundred bytes that are searched at C speed; the table grows a bucket at a time (linear
hashing), so that no moment needs room for two tables. Keys are digests, MACs and UUIDs: their last bytes are random.
"""

from __future__ import annotations

from collections.abc import Iterator

KEY = 16
_FILL = 16  # rows a bucket, on average, before one is split
_PART = 1 << 20


class Table:
    """Key → value, both of a fixed width; width 0 makes a set."""

    __slots__ = ("_buckets", "_level", "_next", "_rows", "width")

    def __init__(self, width: int = 0) -> None:
        self.width = width
        self._buckets: list[bytes] = [b""]
        self._level, self._next, self._rows = 1, 0, 0

    # ── rows ──
    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        bucket = self._buckets[self._place(key)]
        at = self._find(bucket, key)
        return None if at < 0 else bucket[at + KEY : at + KEY + self.width]

    def __getitem__(self, key: bytes) -> bytes:
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, bytes) and self._find(self._buckets[self._place(key)], key) >= 0

    def __setitem__(self, key: bytes, value: bytes) -> None:
        if len(key) != KEY or len(value) != self.width:
            raise ValueError(f"a row has a key of {KEY} bytes and a value of {self.width}")
        place = self._place(key)
        bucket = self._buckets[place]
        at = self._find(bucket, key)
        if at >= 0:
            self._buckets[place] = bucket[: at + KEY] + value + bucket[at + KEY + self.width :]
            return
        self.append(key, value)

    def add(self, key: bytes) -> None:
        """Put a key into a set."""
        self[key] = b""

    def setdefault(self, key: bytes, value: bytes) -> bytes:
        """The value of a key, which is this one where there was none."""
        had = self.get(key)
        if had is None:
            self[key] = value
        return value if had is None else had

    def pop(self, key: bytes, default: bytes | None = None) -> bytes | None:
        """Take a row out; its value."""
        place = self._place(key)
        bucket = self._buckets[place]
        at = self._find(bucket, key)
        if at < 0:
            return default
        self._buckets[place] = bucket[:at] + bucket[at + KEY + self.width :]
        self._rows -= 1
        return bucket[at + KEY : at + KEY + self.width]

    def __delitem__(self, key: bytes) -> None:
        if self.pop(key) is None:
            raise KeyError(key)

    # ── several rows of one key ──
    def values_of(self, key: bytes) -> list[bytes]:
        """Every value that was appended to a key, oldest first."""
        bucket, out = self._buckets[self._place(key)], []
        at = self._find(bucket, key)
        while at >= 0:
            out.append(bucket[at + KEY : at + KEY + self.width])
            at = self._find(bucket, key, at + KEY + self.width)
        return out

    def append(self, key: bytes, value: bytes) -> None:
        """Add a row beside those that the key has."""
        if len(key) != KEY or len(value) != self.width:
            raise ValueError(f"a row has a key of {KEY} bytes and a value of {self.width}")
        self._buckets[self._place(key)] += key + value
        self._rows += 1
        if self._rows > _FILL * len(self._buckets):
            self._split()

    def remove(self, key: bytes, value: bytes) -> bool:
        """Take out one row of a key; whether there was one."""
        place = self._place(key)
        bucket = self._buckets[place]
        at = self._find(bucket, key + value)
        if at < 0:
            return False
        self._buckets[place] = bucket[:at] + bucket[at + KEY + self.width :]
        self._rows -= 1
        return True

    def __len__(self) -> int:
        return self._rows

    def __iter__(self) -> Iterator[bytes]:
        return (key for key, _ in self.items())

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Every row, in no order."""
        size = KEY + self.width
        for bucket in self._buckets:
            for at in range(0, len(bucket), size):
                yield bucket[at : at + KEY], bucket[at + KEY : at + size]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.width == other.width and sorted(self.items()) == sorted(other.items())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Table(width={self.width}, rows={self._rows})"

    # ── buckets ──
    def _place(self, key: bytes) -> int:
        number = int.from_bytes(key[-8:], "big")
        place = number % self._level
        return place if place >= self._next else number % (2 * self._level)

    def _find(self, bucket: bytes, key: bytes, begin: int = 0) -> int:
        size = KEY + self.width
        at = bucket.find(key, begin) if len(key) >= KEY else -1
        while at > 0 and at % size:
            at = bucket.find(key, at + 1)
        return at

    def _split(self) -> None:
        old, size = self._buckets[self._next], KEY + self.width
        here: list[bytes] = []
        there: list[bytes] = []
        for at in range(0, len(old), size):
            row = old[at : at + size]
            moves = int.from_bytes(row[KEY - 8 : KEY], "big") % (2 * self._level) != self._next
            (there if moves else here).append(row)
        self._buckets[self._next] = b"".join(here)
        self._buckets.append(b"".join(there))
        self._next += 1
        if self._next == self._level:
            self._level, self._next = 2 * self._level, 0

    # ── as bytes ──
    def dump(self) -> Iterator[bytes]:
        """Parts of about a megabyte: each its number of buckets, their lengths, their rows."""
        begin = 0
        step = max(1, _PART // ((KEY + self.width) * _FILL))
        while begin < len(self._buckets):
            some = self._buckets[begin : begin + step]
            lengths = b"".join(len(bucket).to_bytes(4, "big") for bucket in some)
            yield b"".join((len(some).to_bytes(4, "big"), lengths, *some))
            begin += step

    def load(self, part: bytes) -> None:
        """Take the next part of a dump into a table that was empty before the first.

        Raises:
            ValueError: it is no such part.
        """
        count = int.from_bytes(part[:4], "big")
        at, size = 4 + 4 * count, KEY + self.width
        lengths = [int.from_bytes(part[i : i + 4], "big") for i in range(4, min(at, len(part)), 4)]
        if at + sum(lengths) != len(part) or any(length % size for length in lengths):
            raise ValueError("a part of a table that has another form")
        if not self._rows and self._buckets == [b""]:
            self._buckets = []
        for length in lengths:
            self._buckets.append(part[at : at + length])
            at += length
        self._rows += sum(lengths) // size
        self._level = 1 << (len(self._buckets).bit_length() - 1)
        self._next = len(self._buckets) - self._level
