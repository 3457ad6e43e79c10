"""hash: HMAC-SHA-256 in hex, separate for each entity."""

from __future__ import annotations

import hmac
from typing import Literal

from pydantic import Field

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import Mask


class Hash(Action):
    """HMAC-SHA-256 under the masking key and the entity; equal values give equal hashes."""

    operator: Literal["hash"] = "hash"
    length: int = Field(32, ge=16, le=64, description="Hex digits of the result")
    strictness = 70
    parts = "whole"
    samples = (
        Sample({}, "EMAIL_ADDRESS", "jane@example.com", None, r"[0-9a-f]{32}"),
        Sample({"length": 64}, "EMAIL_ADDRESS", "jane@example.com", None, r"[0-9a-f]{64}"),
        Sample({}, "CREDIT_CARD", "-12.50", None, r"-[1-9][0-9]\.[0-9]{2}", number=True),
    )

    def bind(self, entity: str, keys: Keyring) -> Mask:
        secret = keys.key("mask", self.key).derive(f"hash\0{entity}", 64)
        length = self.length

        def mask(text: str, subject: str) -> str:
            return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:length]

        return mask
