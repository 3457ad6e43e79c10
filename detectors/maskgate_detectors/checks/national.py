"""Check digits of national numbers that python-stdnum does not know.

Every function takes the text as it was matched and answers false instead of raising.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from maskgate_detectors.checks.checksums import compact, digits_of, luhn, stdnum


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(d * w for d, w in zip(digits, weights, strict=False))


def _cross_sum(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(sum(divmod(d * w, 10)) for d, w in zip(digits, weights, strict=False))


def latvian_code(text: str) -> bool:
    """Whether the code is of the new kind (32…), which has no check digit, or its last digit fits."""
    digits = [int(c) for c in digits_of(text)]
    if len(digits) != 11:
        return False
    if digits[:2] == [3, 2]:
        return True
    day, month = digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]
    return (
        1 <= day <= 31
        and 1 <= month <= 12
        and (1101 - _weighted(digits, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11 == digits[10]
    )


def luxembourg_number(text: str) -> bool:
    """Whether digit 12 is the Luhn digit and digit 13 the Verhoeff digit of the first eleven."""
    digits = digits_of(text)
    return len(digits) == 13 and luhn(digits[:12]) and stdnum("verhoeff")(digits[:11] + digits[12])


def uk_nino(text: str) -> bool:
    """Whether the prefix is one that is given out."""
    return compact(text)[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def polish_id_card(text: str) -> bool:
    """Whether the first digit of an identity card number is the weighted sum of the rest."""
    value = compact(text)
    if len(value) != 9 or not value.isascii() or not value.isalnum():
        return False
    return _weighted([int(c, 36) for c in value], (7, 3, 1, 9, 7, 3, 1, 7, 3)) % 10 == 0


def icao_document(text: str) -> bool:
    """Whether a document number of nine characters has a digit, and a tenth is its check digit (ICAO 9303)."""
    value = compact(text)
    if not value.isascii() or not value.isalnum() or not any(c.isdigit() for c in value):
        return False
    if len(value) == 9:
        return True
    return len(value) == 10 and str(_weighted([int(c, 36) for c in value[:9]], (7, 3, 1) * 3) % 10) == value[9]


def german_pension_number(text: str) -> bool:
    """Whether the last digit of an insurance number of the Deutsche Rentenversicherung fits."""
    value = compact(text)
    if len(value) != 12 or not value[8].isalpha():
        return False
    spread = value[:8] + f"{ord(value[8]) - 64:02d}" + value[9:]
    if not spread.isdecimal():
        return False
    digits = [int(c) for c in spread]
    return _cross_sum(digits[:-1], (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == digits[-1]


def german_health_number(text: str) -> bool:
    """Whether the last digit of a Krankenversichertennummer fits."""
    value = compact(text)
    if len(value) != 10 or not value[1:].isdecimal():
        return False
    digits = [int(c) for c in f"{ord(value[0]) - 64:02d}{value[1:]}"]
    return _cross_sum(digits[:-1], (1, 2) * 5) % 10 == digits[-1]


def australian_medicare(text: str) -> bool:
    """Whether the ninth digit of a Medicare card number fits."""
    digits = [int(c) for c in digits_of(text)]
    return len(digits) in {10, 11} and _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == digits[8]


_INDIAN_STATES: Final = frozenset(
    {"AN", "AP", "AR", "AS", "BH", "BR", "CG", "CH", "DD", "DL", "DN", "GA", "GJ", "HP", "HR", "JH", "JK", "KA", "KL"}
    | {"LA", "LD", "MH", "ML", "MN", "MP", "MZ", "NL", "OD", "OR", "PB", "PY", "RJ", "SK", "TG", "TN", "TR", "TS", "UK"}
    | {"UP", "UT", "WB"}
)


def indian_state(text: str) -> bool:
    """Whether the text begins with the code of an Indian state or union territory."""
    return text[:2].upper() in _INDIAN_STATES


def singapore_nric(text: str) -> bool:
    """Whether the check letter of an NRIC or FIN fits."""
    value = compact(text)
    if len(value) != 9 or not value[1:8].isdecimal():
        return False
    shift = {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}.get(value[0])
    if shift is None:
        return False
    rest = (shift + _weighted([int(c) for c in value[1:8]], (2, 7, 6, 5, 4, 3, 2))) % 11
    if value[0] == "M":
        return value[8] == "KLJNPQRTUWX"[10 - rest]
    return value[8] == ("JZIHGFEDCBA" if value[0] in "ST" else "XWUTRQPNMLK")[rest]


def taiwanese_id(text: str) -> bool:
    """Whether the check digit of a national or residence number fits."""
    value = compact(text)
    if len(value) != 10 or not value[1:].isdecimal() or not "A" <= value[0] <= "Z":
        return False
    number = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0]) + 10
    digits = [number // 10, number % 10, *(int(c) for c in value[1:])]
    return _weighted(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def hong_kong_id(text: str) -> bool:
    """Whether the check digit of an identity card number fits."""
    value = compact(text).replace("(", "").replace(")", "")
    head = value.rstrip("0123456789A") if value[-1:] == "A" else value.rstrip("0123456789")
    if len(value) - len(head) != 7 or not 1 <= len(head) <= 2 or not value[:-1].isalnum():
        return False
    padded = value.rjust(9)
    numbers = [36 if c == " " else int(c, 36) for c in padded[:8]]
    rest = (11 - _weighted(numbers, (9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return padded[8] == ("A" if rest == 10 else str(rest))


def russian_snils(text: str) -> bool:
    """Whether the last two digits of a SNILS are the checksum of the first nine."""
    digits = [int(c) for c in digits_of(text)]
    if len(digits) != 11 or len(set(digits)) < 3:
        return False
    rest = _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101
    return (0 if rest == 100 else rest) == digits[9] * 10 + digits[10]


def hungarian_taj(text: str) -> bool:
    """Whether the ninth digit of a TAJ number fits."""
    digits = [int(c) for c in digits_of(text)]
    return len(digits) == 9 and _weighted(digits, (3, 7, 3, 7, 3, 7, 3, 7)) % 10 == digits[8]


def german_doctor(text: str) -> bool:
    """Whether the seventh digit of a LANR fits (weights 4 and 9, KBV: «Richtlinie Arztnummern»)."""
    digits = [int(c) for c in digits_of(text)]
    return len(digits) == 9 and (10 - _weighted(digits[:6], (4, 9, 4, 9, 4, 9)) % 10) % 10 == digits[6]


_MONTHS: Final = frozenset("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split())


def turkish_plate(text: str) -> bool:
    """Whether the text begins with the code of a province (01 to 81) and is no date."""
    letters = "".join(c for c in text if c.isalpha())
    return 1 <= int(text[:2]) <= 81 and letters not in _MONTHS


_HETU_SIGNS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_MONTH_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def finnish_hetu(text: str) -> bool:
    """Whether date and check sign of a Finnish code are right, also of the codes 900 to 999 that tests are given.

    The sign of the century, of which there are eleven since 2023, has no part in the sum.
    """
    value = text.strip().upper()
    day, month = int(value[:2]), int(value[2:4])
    if not 1 <= month <= len(_MONTH_DAYS) or not 1 <= day <= _MONTH_DAYS[month - 1] or value[7:10] in ("000", "001"):
        return False
    return value[10] == _HETU_SIGNS[int(value[:6] + value[7:10]) % len(_HETU_SIGNS)]


_canadian_sin: Final = stdnum("ca.sin")


def canadian_sin(text: str) -> bool:
    """Whether it is one, also one of those with a zero that are given to nobody and stand in every example."""
    digits = digits_of(text)
    return _canadian_sin(text) or (len(digits) == 9 and digits[0] == "0" and len(set(digits)) > 2 and luhn(digits))
