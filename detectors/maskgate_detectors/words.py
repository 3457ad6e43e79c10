"""Write lists of key names and context words compactly."""

from __future__ import annotations


def words(*lines: str) -> tuple[str, ...]:
    """The comma-separated entries of all lines, in order, each once."""
    return tuple(dict.fromkeys(entry.strip() for line in lines for entry in line.split(",") if entry.strip()))
