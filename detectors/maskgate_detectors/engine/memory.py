"""What was found in a value under a key, remembered by a keyed digest: real values come again.

No value is kept, and nothing that lists or thresholds had a say in. Each table has a fixed number of places and a
digest its place in it: what comes later takes the place of what was there.
"""

from __future__ import annotations

import secrets
import sys
from array import array
from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np

from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.reader.names import Ints
from maskgate_detectors.text.detect import Hit

_NOTHINGS, _FINDS = 1 << 18, 1 << 15  # places; most values hold nothing
_WORD = (1 << 64) - 1
_KINDS = 8
Hits = tuple[Hit, ...]


class Memory:
    """Hits by a digest of what the key says and the spelling of the value; under each a digest stands whole."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)
        self._odd = secrets.randbits(63) | 1  # a bijection of infos: one value under two of them has two digests
        self._hash: Callable[[bytes], int] = hash if sys.hash_info.algorithm.startswith("siphash") else self._slow
        self.clear()

    def __len__(self) -> int:
        return len(self._hits)

    def clear(self) -> None:
        """Forget everything."""
        self._hits: dict[int, tuple[int, Hits]] = {}
        self._nothing = array("Q", bytes(8 * _NOTHINGS))
        self._nothings = np.frombuffer(self._nothing, np.uint64)  # the same table
        self._nothings[0] = 1  # no digest stands in a place that is not its own

    def key(self, raw: bytes, info: KeyInfo, kind: int) -> int:
        """The digest of a value of this kind under what its key says."""
        return self._hash(self._salt + raw) + (info.number * _KINDS + kind) * self._odd & _WORD

    def keys(self, raws: Sequence[bytes], numbers: Ints, kinds: Ints) -> Ints:
        """The digests of many values; ``numbers`` are those of their infos."""
        salt = self._salt
        hashes = np.array(list(map(self._hash, [salt + raw for raw in raws])), np.int64)
        digests: Ints = hashes + (numbers * _KINDS + kinds) * np.int64(self._odd)
        return digests.view(np.uint64)

    def nothing(self, keys: Ints) -> Ints:
        """Which of the values are known to hold nothing."""
        known: Ints = self._nothings[keys & np.uint64(_NOTHINGS - 1)] == keys
        return known

    def put_nothing(self, keys: Ints) -> None:
        """Remember that the values hold nothing; 0 is none of them."""
        keys = keys[keys != 0]
        self._nothings[keys & np.uint64(_NOTHINGS - 1)] = keys

    def get(self, key: int) -> Hits | None:
        """What was found in the value, None where that is not known."""
        if self._nothing[key & (_NOTHINGS - 1)] == key:
            return ()
        known = self._hits.get(key & (_FINDS - 1))
        return known[1] if known is not None and known[0] == key else None

    def put(self, key: int, hits: Hits) -> None:
        """Remember what was found."""
        if hits:
            self._hits[key & (_FINDS - 1)] = key, hits
        else:
            self._nothing[key & (_NOTHINGS - 1)] = key

    def _slow(self, raw: bytes) -> int:
        """Of a Python whose own hash of bytes has no key."""
        return int.from_bytes(blake2b(raw, digest_size=8).digest(), "little", signed=True)
