"""drop: take the whole field, or the whole record, out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import Mask


class Drop(Action):
    """Take the member out of its object (an array element becomes null), or dead-letter the record.

    The masker does it, because it changes more than the value; ``bind`` serves texts that are no member: record key
    and headers.
    """

    operator: Literal["drop"] = "drop"
    what: Literal["field", "record"] = Field("field", description="What is taken out")
    strictness = 100
    parts = "each"
    needs_key = False
    samples = (Sample({}, "EMAIL_ADDRESS", "jane@example.com", ""),)

    def bind(self, entity: str, keys: Keyring) -> Mask:
        return lambda text, subject: ""

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        return lambda text, subject: "null"
