"""Keys and paths by number, so that everything that depends on them alone is decided once.

A path is told without its element numbers (``/items/*/price``), and without those of members whose key is a number or
a UUID: a map by ids has as many paths as a list. The tables live as long as an engine and are bounded: the
reader empties them between two batches once they are full.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from maskgate_detectors.reader.lexer import decode, pointer_segment

Ints = npt.NDArray[Any]
ELEMENT, NUMBERED, UUID_KEYED = range(3)  # in paths: an array's elements, members whose keys are numbers or UUIDs
ROOT = 0  # the path number of the whole document
MAX_KEYS, MAX_PATHS, MAX_KEY_BYTES = 50_000, 50_000, 4 << 20
_NUMBER = re.compile(r"(?!00)[0-9]++")
UUID = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
_UUID = re.compile(UUID)
_SHIFT = 32


class Names:
    """Numbers for the keys and the paths of records."""

    def __init__(self) -> None:
        self.generation = -1
        self.clear()

    def clear(self) -> None:
        """Forget all numbers; ``generation`` tells those who remember something by number."""
        self.generation += 1
        self._size = 0
        self._by_raw: dict[bytes, int] = {}
        self._by_segment: dict[str, int] = {}
        self.raw: list[bytes] = [b"", b"", b""]
        self.segments: list[str] = ["/0", "/0", "/00000000-0000-0000-0000-000000000000"]
        self._in_paths: list[int] = [ELEMENT, NUMBERED, UUID_KEYED]
        self._paths: dict[int, int] = {}
        self.parents: list[int] = [ROOT]
        self.ends: list[int] = [ELEMENT]  # the last key of each path
        self.lengths: list[int] = [0]

    @property
    def full(self) -> bool:
        """It is time to clear."""
        return len(self.raw) > MAX_KEYS or len(self.parents) > MAX_PATHS or self._size > MAX_KEY_BYTES

    def keys(self, raws: Sequence[bytes]) -> Ints:
        """The number of each key; two spellings of one key have one number."""
        found = list(map(self._by_raw.get, raws))
        if None in found:
            add = self._add_key
            found = [number if number is not None else add(raw) for number, raw in zip(found, raws, strict=True)]
        return np.array(found, np.int64)

    def _add_key(self, raw: bytes) -> int:
        number = self._by_raw.get(raw)
        if number is not None:
            return number
        segment = pointer_segment(decode(raw))
        number = self._by_segment.setdefault(segment, len(self.raw))
        if number == len(self.raw):
            self.raw.append(raw)
            self.segments.append(segment)
            self._in_paths.append(_in_path(segment, number))
        self._by_raw[raw] = number
        self._size += len(raw)
        return number

    def in_paths(self, keys: Ints) -> Ints:
        """The numbers under which keys stand in paths."""
        return np.array(self._in_paths, np.int64).take(keys)

    def containers(self, outer: Sequence[int], keys: Sequence[int]) -> list[int]:
        """The path of each container, given the index of the container around it (-1: none), which comes before it."""
        paths: list[int] = []
        get, add = self._paths.get, paths.append
        for index, key in zip(outer, keys, strict=True):
            if index < 0:
                add(ROOT)
                continue
            pair = paths[index] << _SHIFT | key
            number = get(pair)
            add(self._add_path(pair) if number is None else number)
        return paths

    def paths(self, outer: Ints, keys: Ints) -> Ints:
        """The path of each member or element, given the path of its container."""
        pairs = (outer << _SHIFT | keys).tolist()
        found = list(map(self._paths.get, pairs))
        if None in found:
            add = self._add_path
            found = [number if number is not None else add(pair) for number, pair in zip(found, pairs, strict=True)]
        return np.array(found, np.int64)

    def _add_path(self, pair: int) -> int:
        number = self._paths.get(pair)
        if number is None:
            parent, key = pair >> _SHIFT, pair & ((1 << _SHIFT) - 1)
            number = self._paths[pair] = len(self.parents)
            self.parents.append(parent)
            self.ends.append(key)
            self.lengths.append(self.lengths[parent] + len(self.segments[key]))
        return number

    def pointer(self, path: int) -> str:
        """The JSON Pointer of a path, with 0 for every element."""
        segments = []
        while path != ROOT:
            segments.append(self.segments[self.ends[path]])
            path = self.parents[path]
        return "".join(reversed(segments))


def _in_path(segment: str, number: int) -> int:
    if _NUMBER.fullmatch(segment, 1):
        return NUMBERED
    return UUID_KEYED if _UUID.fullmatch(segment, 1) else number
