"""A bounded memory of results by text that holds no text: keys are keyed BLAKE2b digests, drawn per process."""

from __future__ import annotations

import os
from collections import OrderedDict
from hashlib import blake2b
from typing import Generic, TypeVar

Value = TypeVar("Value")


class TextCache(Generic[Value]):
    """The least recently used entry goes when ``limit`` is reached."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._key = os.urandom(32)
        self._entries: OrderedDict[bytes, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def digest(self, text: str, domain: str = "") -> bytes:
        """The key of ``text``; equal texts of different domains have different keys."""
        data = text.encode("utf-8", "surrogatepass")
        return blake2b(data, digest_size=16, key=self._key, person=domain.encode()[:16]).digest()

    def get(self, digest: bytes) -> Value | None:
        """The remembered value, made the most recent, or None."""
        value = self._entries.get(digest)
        if value is not None:
            self._entries.move_to_end(digest)
        return value

    def put(self, digest: bytes, value: Value) -> None:
        """Remember ``value``."""
        if self._limit <= 0:
            return
        if len(self._entries) >= self._limit:
            self._entries.popitem(last=False)
        self._entries[digest] = value
