"""What keeps a flood of refusals out of the log: the first of a kind are events, the rest is one event with a count.

The log is kept for ever and every alarm wakes somebody, so nobody may write either as often as they like. Nobody's
input is counted by its code; what a known person signed is counted by the person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from maskgate.approvals.events import Refused

MINUTE_MS = 60_000
BURST = 10
"""Refusals of one kind that are events of their own, a minute."""


@dataclass(slots=True)
class _Kind:
    seen: int
    last: Refused


class Flood:
    """Refusals of this minute by who or what they are of."""

    def __init__(self) -> None:
        self._began = 0
        self._kinds: dict[tuple[str, str], _Kind] = {}

    def lets(self, event: Refused) -> bool:
        """Whether this refusal is an event of its own; else it is counted."""
        if not event.meta.input.topic:
            return True  # the gate's own commands
        kind = ("by", event.by) if event.by else ("code", event.code)
        known = self._kinds.setdefault(kind, _Kind(0, event))
        known.seen, known.last = known.seen + 1, event
        self._began = self._began or event.meta.at
        return known.seen <= BURST

    def told(self, now: int) -> Iterator[Refused]:
        """Once a minute, one event with a count for each kind that there was too much of."""
        if not self._began or now - self._began < MINUTE_MS:
            return
        for known in self._kinds.values():
            more = known.seen - BURST
            if more > 0:
                message = f"{more} more like it within a minute; the last one: {known.last.message}"
                yield replace(known.last, message=message, count=more)
        self._began = 0
        self._kinds.clear()
