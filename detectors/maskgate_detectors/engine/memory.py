"""What was found in a value under a key, remembered by a keyed digest: real values come again.

No value is kept, and nothing that lists or thresholds had a say in. Bounded by two generations: what was not asked
for during a whole one is forgotten.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

from maskgate_detectors.text.detect import Hit

_GENERATION = 25_000
_LONGEST = 4096  # bytes of a value that is remembered
Hits = tuple[Hit, ...]


class Memory:
    """Hits by (what the key says, spelling of the value)."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self.clear()

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def clear(self) -> None:
        """Forget everything."""
        self._new: dict[bytes, Hits] = {}
        self._old: dict[bytes, Hits] = {}

    def key(self, raw: bytes, path: int, kind: int) -> bytes | None:
        """The digest of a value of this kind at a path, None for one that is too long."""
        if len(raw) > _LONGEST:
            return None
        return blake2b(raw, digest_size=16, key=self._secret, person=b"%d %d" % (kind, path)).digest()

    def get(self, key: bytes) -> Hits | None:
        """What was found in the value, None where that is not known."""
        found = self._new.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: bytes, hits: Hits) -> None:
        """Remember what was found."""
        if len(self._new) >= _GENERATION:
            self._old, self._new = self._new, {}
        self._new[key] = hits
