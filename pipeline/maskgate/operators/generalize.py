"""generalize: less exact, still true."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Literal

from pydantic import Field

from maskgate.crypto.keyring import Keyring
from maskgate.operators import dates
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import CannotMask, Mask
from maskgate.operators.numbers import NUMBER, quoted

Form = Literal["auto", "number", "date", "postcode", "ip", "age", "coordinates"]
_BY_ENTITY: dict[str, Form] = {
    "DATE_TIME": "date", "DATE_OF_BIRTH": "date", "IP_ADDRESS": "ip", "AGE": "age", "POSTAL_CODE": "postcode",
    "US_ZIP": "postcode", "COORDINATES": "coordinates", "LATITUDE": "coordinates", "LONGITUDE": "coordinates",
}  # fmt: skip


class Generalize(Action):
    """Numbers to buckets, dates to month or year, postcodes and addresses to a prefix, ages to bands."""

    operator: Literal["generalize"] = "generalize"
    form: Form = Field("auto", alias="as", description="What the value is; auto: by its entity, else a number")
    bucket: float = Field(10, gt=0, description="Width of a bucket of numbers")
    to: Literal["month", "quarter", "year", "decade"] = Field("month", description="What is left of a date")
    keep: int = Field(3, ge=0, le=10, description="Characters left of a postcode")
    prefix: int = Field(24, ge=0, le=32, description="Bits left of an IPv4 address")
    prefix6: int = Field(48, ge=0, le=128, description="Bits left of an IPv6 address")
    bands: tuple[int, ...] = Field((18, 30, 45, 65, 90), description="Where age bands begin")
    decimals: int = Field(1, ge=0, le=6, description="Decimals left of a coordinate")
    strictness = 10
    needs_key = False
    samples = (
        Sample({"as": "number"}, "SALARY", "57,300", "57300-57309"),
        Sample({"as": "number", "bucket": 10000}, "SALARY", "57300", "50000-59999"),
        Sample({"bucket": 10000}, "SALARY", "57300", "50000", number=True),
        Sample({}, "DATE_TIME", "1985-03-12", "1985-03"),
        Sample({"to": "year"}, "DATE_TIME", "12 March 1985", "1985"),
        Sample({"to": "quarter"}, "DATE_TIME", "1985-03-12T08:00:00Z", "1985-Q1"),
        Sample({"to": "decade"}, "DATE_OF_BIRTH", "03/12/1985", "1980s"),
        Sample({}, "POSTAL_CODE", "90210-1234", "902**-****"),
        Sample({"keep": 2}, "POSTAL_CODE", "SW1A 1AA", "SW** ***"),
        Sample({}, "IP_ADDRESS", "8.8.4.4", "8.8.4.0/24"),
        Sample({}, "IP_ADDRESS", "2a00:1450:4001:81b::200e", "2a00:1450:4001::/48"),
        Sample({}, "AGE", "37", "30-44"),
        Sample({}, "AGE", "17", "under 18"),
        Sample({}, "AGE", "93 years", "90+"),
        Sample({}, "AGE", "37", "30", number=True),
        Sample({}, "COORDINATES", "52.520008, 13.404954", "52.5, 13.4"),
        Sample({}, "LATITUDE", "-33.8688", "-33.8", number=True),
    )

    def _form(self, entity: str) -> Form:
        return _BY_ENTITY.get(entity, "number") if self.form == "auto" else self.form

    def bind(self, entity: str, keys: Keyring) -> Mask:
        by_form: dict[str, Callable[[str], str]] = {
            "number": self._number,
            "date": self._date,
            "postcode": self._postcode,
            "ip": self._ip,
            "age": self._age,
            "coordinates": self._coordinates,
        }
        function = by_form[self._form(entity)]
        return lambda text, subject: function(text)

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        if not self.keep_type:
            return quoted(self.bind(entity, keys))
        form = self._form(entity)

        def mask(text: str, subject: str) -> str:
            if NUMBER.fullmatch(text) is None or len(text) > 400:
                raise CannotMask("not a number that can be put in a bucket")
            if form == "coordinates":
                return self._cut(text)
            if form == "date":
                return self._date_number(text)
            if form == "age":
                return str(max((b for b in self.bands if b <= Decimal(text)), default=0))
            if form in ("postcode", "ip"):
                raise CannotMask("not the kind of number that this form has")
            return _plain(_floor(Decimal(text), Decimal(str(self.bucket))))

        return mask

    def _number(self, text: str) -> str:
        try:
            value = Decimal(re.sub(r"[,_' \u00a0]", "", text))
        except InvalidOperation:
            raise CannotMask("not a number") from None
        if not value.is_finite() or abs(value.adjusted()) > 300:
            raise CannotMask("not a number that can be put in a bucket")
        width = Decimal(str(self.bucket))
        low = _floor(value, width)
        top = low + width - 1 if width == width.to_integral_value() and width > 1 else low + width
        return f"{_plain(low)}-{_plain(top)}"

    def _date(self, text: str) -> str:
        day = dates.parse(text).day
        return {
            "month": f"{day.year:04d}-{day.month:02d}",
            "quarter": f"{day.year:04d}-Q{(day.month + 2) // 3}",
            "year": f"{day.year:04d}",
            "decade": f"{day.year // 10 * 10}s",
        }[self.to]

    def _date_number(self, text: str) -> str:
        """The first day of the month, quarter, year or decade, in the same kind of number."""
        day = dates.of_number(text)
        month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1}.get(self.to, 1)
        first = day.replace(year=day.year // 10 * 10 if self.to == "decade" else day.year, month=month, day=1)
        if len(text) == 8:
            return first.strftime("%Y%m%d")
        moved = dates.shift_number(text, (first - day).days)
        unit = 10 ** (len(text) - 10)
        return str(int(moved) // (86_400 * unit) * 86_400 * unit)

    def _postcode(self, text: str) -> str:
        if not any(c.isalnum() for c in text) or len(text) > 20:
            raise CannotMask("not a postcode")
        left = self.keep
        out = []
        for c in text:
            out.append("*" if c.isalnum() and left <= 0 else c)
            left -= c.isalnum()
        return "".join(out)

    def _ip(self, text: str) -> str:
        try:
            address = ipaddress.ip_address(text.partition("/")[0].strip("[]"))
        except ValueError:
            raise CannotMask("not an IP address") from None
        bits = self.prefix if address.version == 4 else self.prefix6
        return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))

    def _age(self, text: str) -> str:
        match = re.search(r"\d{1,3}", text)
        if match is None or len(text) > 40:
            raise CannotMask("not an age")
        age, bands = int(match[0]), sorted(self.bands)
        below = [b for b in bands if b <= age]
        above = [b for b in bands if b > age]
        if not below:
            return f"under {above[0]}"
        return f"{below[-1]}-{above[0] - 1}" if above else f"{below[-1]}+"

    def _coordinates(self, text: str) -> str:
        out, count = re.subn(r"-?\d{1,3}\.\d{1,20}", lambda m: self._cut(m[0]), text)
        if not count:
            raise CannotMask("not a coordinate")
        return out

    def _cut(self, text: str) -> str:
        whole, _, fraction = text.partition(".")
        if "e" in text or "E" in text:
            raise CannotMask("not a coordinate")
        return f"{whole}.{fraction[: self.decimals]}" if fraction and self.decimals else whole


def _floor(value: Decimal, width: Decimal) -> Decimal:
    steps = (value / width).to_integral_value(rounding="ROUND_FLOOR")
    return steps * width


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
