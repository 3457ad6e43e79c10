"""replace: a label in the value's place."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import Mask
from maskgate.operators.numbers import fixed_number, quoted


class Replace(Action):
    """A label in the value's place: ``<EMAIL_ADDRESS>``, or ``with`` (in which ``{entity}`` is the entity)."""

    operator: Literal["replace"] = "replace"
    label: str = Field("<{entity}>", alias="with", description="The label; {entity} stands for the entity")
    strictness = 80
    parts = "each"
    needs_key = False
    samples = (
        Sample({}, "EMAIL_ADDRESS", "jane@example.com", "<EMAIL_ADDRESS>"),
        Sample({"with": "[removed]"}, "PERSON", "Jane Doe", "[removed]"),
        Sample({}, "US_SSN", "123456789", "100000000", number=True),
        Sample({"keep_type": False}, "US_SSN", "123456789", '"<US_SSN>"', number=True),
    )

    @field_validator("label")
    @classmethod
    def _braces(cls, value: str) -> str:
        if "{" in value.replace("{entity}", "") or "}" in value.replace("{entity}", ""):
            raise ValueError("only {entity} may stand in braces")
        return value

    def bind(self, entity: str, keys: Keyring) -> Mask:
        label = self.label.replace("{entity}", entity)
        return lambda text, subject: label

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        return fixed_number if self.keep_type else quoted(self.bind(entity, keys))
