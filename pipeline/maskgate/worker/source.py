"""The coordinates of the source that every result carries."""

from __future__ import annotations

from typing import Any

from maskgate.worker.batch import SOURCE

Source = tuple[str, int, int]
"""Topic, partition and offset."""
_LETTER = tuple(f"__connect.errors.{name}" for name in ("topic", "partition", "offset"))


def source_of(headers: Any) -> Source | None:  # as the client types them, which is in several ways
    """Where the record stands that a masked record, an item or a dead letter was made of."""
    have = dict(headers or ())
    if SOURCE in have:
        parts = tuple(have[SOURCE].decode().rsplit("/", 2))
    elif all(name in have for name in _LETTER):
        parts = tuple(have[name].decode() for name in _LETTER)
    else:
        return None
    return (parts[0], int(parts[1]), int(parts[2])) if len(parts) == 3 else None
