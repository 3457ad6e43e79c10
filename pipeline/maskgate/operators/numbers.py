"""Masked numbers: valid JSON with the type, sign, point and digit count of the original."""

from __future__ import annotations

import json
import re

from maskgate.operators.keyed import CannotMask, Mask, prf

NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:(\.)([0-9]+))?([eE][+-]?[0-9]+)?")
_INT64_DIGITS = 19  # a first digit of 1–8 keeps 19 digits below 2^63


def _digits(source: bytes, count: int) -> str:
    """``count`` decimal digits from keyed bytes; long numbers repeat the stream with a step, which hides as well."""
    number = int.from_bytes(source, "big")
    text = str(number)[1:]
    while len(text) < count:
        number = (number * 6364136223846793005 + 1442695040888963407) % (1 << 512)
        text += str(number)[1:]
    return text[-count:] if count else ""


def keyed_number(secret: bytes, entity: str) -> Mask:
    """Keyed digits in the shape of the number; the first digit is 1–9, an exponent stays."""
    keyed = prf(secret, entity, 64, "number")

    def mask(text: str, subject: str) -> str:
        match = NUMBER.fullmatch(text)
        if match is None:
            raise CannotMask("not a JSON number")
        sign, whole, point, fraction, exponent = match.groups(default="")
        source = keyed(text)
        digits = _digits(source[1:], len(whole) + len(fraction))
        span = 8 if len(whole) == _INT64_DIGITS and not point else 9
        digits = str(source[0] % span + 1) + digits[1:]
        return f"{sign}{digits[: len(whole)]}{point}{digits[len(whole) :]}{exponent}"

    return mask


def fixed_number(text: str, subject: str) -> str:
    """``1000.00``: the shape of the number and nothing of its value; masking it again changes nothing."""
    match = NUMBER.fullmatch(text)
    if match is None:
        raise CannotMask("not a JSON number")
    sign, whole, point, fraction, exponent = match.groups(default="")
    return f"{sign}1{'0' * (len(whole) - 1)}{point}{'0' * len(fraction)}{exponent}"


def quoted(mask: Mask) -> Mask:
    """The text mask's result as a JSON string."""
    return lambda text, subject: json.dumps(mask(text, subject), ensure_ascii=False)
