"""date_shift: move all dates of one subject by the same keyed number of days, so that intervals stay."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.dates import shift, shift_number
from maskgate.operators.keyed import Mask, prf
from maskgate.operators.numbers import quoted


class DateShift(Action):
    """Dates move by 1 to ``max_days`` days, back or forth; the policy's ``subject`` pointers say whose they are.

    Without a subject the record key takes its place. The time of day stays. What is no date becomes the label.
    """

    operator: Literal["date_shift"] = "date_shift"
    max_days: int = Field(365, ge=1, le=36_500, description="Greatest shift")
    strictness = 30
    samples = (
        Sample({}, "DATE_TIME", "2024-03-12", None, r"20(23|24|25)-\d\d-\d\d"),
        Sample({}, "DATE_TIME", "2024-03-12T10:11:12Z", None, r"20(23|24|25)-\d\d-\d\dT10:11:12Z"),
        Sample({}, "DATE_TIME", "12.03.2024", None, r"\d\d\.\d\d\.20(23|24|25)"),
        Sample({}, "DATE_TIME", "March 12, 2024", None, r"[A-Z][a-z]+ \d\d, 20(23|24|25)"),
        Sample({}, "DATE_TIME", "1710237072", None, r"1[67]\d{8}", number=True),
    )

    def _days(self, entity: str, keys: Keyring) -> Mask:
        # One shift per subject for every entity: a birthday and an admission keep their distance.
        keyed = prf(keys.key("mask", self.key).derive("date_shift", 64), "", 8, "date_shift")
        span = self.max_days

        def days(text: str, subject: str) -> str:
            drawn = int.from_bytes(keyed(subject), "big") % (2 * span)
            return str(drawn - span if drawn < span else drawn - span + 1)

        return days

    def bind(self, entity: str, keys: Keyring) -> Mask:
        days = self._days(entity, keys)
        return lambda text, subject: shift(text, int(days(text, subject)))

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        days = self._days(entity, keys)

        def mask(text: str, subject: str) -> str:
            return shift_number(text, int(days(text, subject)))

        return mask if self.keep_type else quoted(mask)
