"""partial: show a part, cover the rest."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import Mask


class Partial(Action):
    """Keep the first and last characters (separators are not counted and stay), or an address's domain."""

    operator: Literal["partial"] = "partial"
    keep_first: int = Field(0, ge=0, description="Letters and digits shown at the start")
    keep_last: int = Field(0, ge=0, description="Letters and digits shown at the end")
    keep_domain: bool = Field(False, description="Of an e-mail address the part from the @ is shown")
    mask_char: str = Field("*", min_length=1, max_length=1, description="What covers the rest")
    min_covered: int = Field(4, ge=1, description="A shorter rest is not enough: then everything is covered")
    strictness = 20
    needs_key = False
    samples = (
        Sample({"keep_last": 4}, "CREDIT_CARD", "4111 1111 1111 1234", "**** **** **** 1234"),
        Sample({"keep_first": 6, "keep_last": 4}, "CREDIT_CARD", "4111111111111234", "411111******1234"),
        Sample({"keep_domain": True}, "EMAIL_ADDRESS", "jane.doe@example.com", "****.***@example.com"),
        Sample({"keep_first": 1, "keep_domain": True}, "EMAIL_ADDRESS", "jane.doe@example.com", "j***.***@example.com"),
        Sample({"keep_last": 4}, "PIN", "12345", "*****"),
    )

    def bind(self, entity: str, keys: Keyring) -> Mask:
        first, last, char, least = self.keep_first, self.keep_last, self.mask_char, self.min_covered

        def cover(text: str) -> str:
            places = [i for i, c in enumerate(text) if c.isalnum()]
            covered = places[first : len(places) - last]
            if len(covered) < least:
                covered = places
            out = list(text)
            for i in covered:
                out[i] = char
            return "".join(out)

        def mask(text: str, subject: str) -> str:
            if self.keep_domain and "@" in text:
                local, _, domain = text.rpartition("@")
                return f"{cover(local)}@{domain}"
            return cover(text)

        return mask
