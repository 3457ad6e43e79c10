"""What a file of lineage counts to, as the roll-up keeps it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Key = tuple[int | str, ...]


@dataclass(slots=True)
class Tally:
    """The counts; keys begin with the minute, in seconds since 1970."""

    moved: Counter[Key] = field(default_factory=Counter)
    """Records by minute, outcome, topic and destination."""
    found: Counter[Key] = field(default_factory=Counter)
    """Values by minute, topic, entity, operator and destination."""
    rows: int = 0
    appended_ms: int = 0
