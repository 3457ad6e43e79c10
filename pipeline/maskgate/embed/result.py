"""What the library gives back for one event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from maskgate.base.records import FieldUse, Header
from maskgate.lineage.wire import codec

Outcome = Literal["masked", "held", "quarantined"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event.

    ``value`` is the masked event in the type that was given. It is None unless ``outcome`` is ``masked``: what is
    held waits for its approval as ``item``, and what is quarantined never leaves in any form.
    """

    outcome: Outcome
    value: Any = None
    code: str = ""
    """Why it was quarantined: ``not_json``, ``timeout``, ``too_large`` …; "" otherwise."""
    detail: str = ""
    """A position, a limit or the id of a rule; never a byte of the event."""
    destination: str = ""
    """Where a held event wants to go: the alias of the policy."""
    fields: tuple[FieldUse, ...] = ()
    """What was done where: path in the masked event, kind, operator, rule, score, count, keyed digest of the value."""
    key: bytes | None = None
    """The masked record key."""
    headers: tuple[Header, ...] = ()
    """The masked headers."""
    lineage: bytes = b""
    """The lineage row in Avro, for the topic ``maskgate.lineage``."""
    item: bytes | None = None
    """The signed item of a held event, for the topic ``maskgate.approvals.requests``."""

    @property
    def row(self) -> dict[str, Any]:
        """The lineage row as a dictionary; times are milliseconds since 1970."""
        return codec.decode(self.lineage)


@dataclass(frozen=True, slots=True)
class Explained:
    """One place of an event: what was found, and which rule of the policy did what."""

    path: str
    entity: str
    detector: str
    score: float
    operator: str
    rule: str
    """Id of the policy's rule; "" where none applies, as for binary keys."""
