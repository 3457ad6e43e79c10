"""What an operator is: arguments in the policy, bound once to an entity and the keys, then called for each value.

An operator is one module with one :class:`Action` and its table of samples. ``bind`` does what can be done once (key
derivation, patterns); the function it returns is called per value and must be quick. A function that cannot handle a
value raises ``CannotMask``; the masker then writes the label instead and lineage says so.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from maskgate.crypto.keyring import Keyring
from maskgate.operators.keyed import Mask
from maskgate.operators.numbers import keyed_number, quoted


class Sample(NamedTuple):
    """A line of an operator's table: documentation and test in one. ``result`` None: depends on the key."""

    args: dict[str, Any]
    entity: str
    text: str
    result: str | None
    pattern: str = ""  # what the result matches in full, where it depends on the key
    number: bool = False


class Action(BaseModel):
    """An operator with its arguments.

    ``parts`` says what becomes of a value that is split over fields: ``each`` part by itself (nothing of the part
    is left, or nothing is hidden), every part becomes what the ``whole`` becomes, the masked value is ``cut`` like the
    value was, or each part is masked ``tied`` to the whole, so that it cannot be tried out alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    strictness: ClassVar[int] = 0  # of two actions the higher wins where only the stricter may
    needs_key: ClassVar[bool] = True
    reversible: ClassVar[bool] = False
    parts: ClassVar[Literal["each", "whole", "cut", "tied"]] = "cut"  # what a value split over fields becomes
    samples: ClassVar[tuple[Sample, ...]] = ()

    keep_type: bool = Field(True, description="A masked number stays a number of the same sign, point and digit count")
    key: str | None = Field(None, description="Id of the key that is pinned; none: the newest active one")

    @property
    def name(self) -> str:
        """The operator's name, as lineage has it."""
        return str(getattr(self, "operator"))  # noqa: B009  (declared by every operator as a Literal)

    def bind(self, entity: str, keys: Keyring) -> Mask:
        """The function that masks texts of this entity."""
        raise NotImplementedError

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        """The function that turns a JSON number's text into valid JSON text."""
        return keyed_number(self.secret(keys), entity) if self.keep_type else quoted(self.bind(entity, keys))

    def bind_part(self, entity: str, keys: Keyring) -> Mask | None:
        """With ``parts = "tied"``: (part, whole value) → what stands in place of the part."""
        return None

    def secret(self, keys: Keyring) -> bytes:
        """The masking key's bytes for this operator's keyed functions."""
        return keys.key("mask", self.key).derive("pseudonym", 64)
