"""What requests are presented with: people, held bytes, keys, the clock; and text of strangers made plain."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from maskgate.approvals.messages import plain
from maskgate.people.registry import People


@dataclass(frozen=True, slots=True)
class Reader:
    """What the presenter looks things up with."""

    people: People
    read: Callable[[Sequence[int]], Mapping[int, bytes]]
    pipeline_keys: Mapping[str, bytes] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    tiers: tuple[str, ...] = ()
    cooling_ms: int = 0

    def level(self, tier: str) -> str:
        """How a tier is coloured: by its place among the policy's tiers."""
        if tier not in self.tiers or len(self.tiers) == 1:
            return "standard"
        place = self.tiers.index(tier)
        return "low" if place == 0 else "high" if place == len(self.tiers) - 1 else "standard"

    def name(self, person_id: str) -> str:
        person = self.people.persons.get(person_id)
        return plain.one_line(person.name or person_id if person else person_id, 80)


def line(text: str, limit: int = 200) -> str:
    """Text of a stranger in one line."""
    return plain.one_line(text, limit)
