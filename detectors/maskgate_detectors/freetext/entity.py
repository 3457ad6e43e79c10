"""What a model says of a text: the one thing that readers, filters and judges share."""

from __future__ import annotations

from typing import NamedTuple


class Entity(NamedTuple):
    """A span of one text with the entity's name and a score."""

    start: int
    end: int
    entity: str
    score: float
