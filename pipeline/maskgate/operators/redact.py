"""redact: take the value out."""

from __future__ import annotations

from typing import Literal

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import Mask
from maskgate.operators.numbers import fixed_number


class Redact(Action):
    """Take the value out; a number becomes 1000… of its shape (keep_type) or an empty string, true and false null.

    Inside a longer text nothing is left of the value, except one ``█`` where a digit would otherwise move next to
    another one: what remains must not fuse into a new number.
    """

    operator: Literal["redact"] = "redact"
    strictness = 90
    parts = "each"
    needs_key = False
    samples = (
        Sample({}, "EMAIL_ADDRESS", "jane@example.com", ""),
        Sample({}, "CREDIT_CARD", "4111.50", "1000.00", number=True),
        Sample({"keep_type": False}, "CREDIT_CARD", "4111", '""', number=True),
    )

    def bind(self, entity: str, keys: Keyring) -> Mask:
        return lambda text, subject: ""

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        return fixed_number if self.keep_type else lambda text, subject: '""'
