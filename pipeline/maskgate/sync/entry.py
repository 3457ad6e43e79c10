"""An entry of the log on its way out, and what a sink makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol


class Entry(NamedTuple):
    """One record of the log; ``at_ms`` is the broker's time."""

    offset: int
    at_ms: int
    value: bytes


class Item(NamedTuple):
    """An entry in the form in which it is sent."""

    entry: Entry
    body: Mapping[str, Any]
    uid: str
    """The same however often it is sent, and in whatever form."""


class NotTaken(Exception):
    """The receiver did not take the entries.

    ``refused`` is what time alone does not cure (a wrong token, a shape it does not know): it is said as an error and
    tried again slowly. ``why`` never quotes what the receiver wrote, which may be anything.
    """

    def __init__(self, why: str, *, refused: bool = False, after_s: float = 0.0) -> None:
        super().__init__(why)
        self.why, self.refused, self.after_s = why, refused, after_s


class Sink(Protocol):
    """One receiver."""

    def send(self, items: Sequence[Item]) -> None:
        """Deliver all of them, in order; they are the receiver's when this returns.

        Raises:
            NotTaken: some or all may not have arrived; the same are sent again.
        """

    def close(self) -> None:
        """Let connections go."""
