"""keep: leave the value as it is (and say so in lineage)."""

from __future__ import annotations

from typing import Literal

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import Mask


class Keep(Action):
    """Leave the value as it is."""

    operator: Literal["keep"] = "keep"
    strictness = 0
    parts = "each"
    needs_key = False
    samples = (
        Sample({}, "EMAIL_ADDRESS", "jane@example.com", "jane@example.com"),
        Sample({}, "CREDIT_CARD", "4111", "4111", number=True),
    )

    def bind(self, entity: str, keys: Keyring) -> Mask:
        return lambda text, subject: text

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        return lambda text, subject: text
