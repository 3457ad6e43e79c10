"""Readable stand-ins of the same kind, chosen by keyed bytes from small lists of our own.

The lists are finite: two people may share a pseudonym, so pseudonyms are no join keys (tokens and hashes are).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from hashlib import shake_256
from importlib.resources import files

from maskgate.operators.dates import shift
from maskgate.operators.keyed import CannotMask

Fake = Callable[[str, bytes, str], str]
"""(text, 32 keyed bytes, locale) → stand-in."""

_SCRIPTS = {
    "CYRILLIC": "ru", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "ARABIC": "ar", "GREEK": "el",
    "DEVANAGARI": "hi", "HEBREW": "he",
}  # fmt: skip
_NO_SPACE = {"zh", "ja", "ko"}
_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    tree = json.loads(files("maskgate.operators").joinpath("data/fakes.json").read_text(encoding="utf-8"))
    return {locale: {kind: text.split("|") for kind, text in lists.items()} for locale, lists in tree.items()}


def locales() -> list[str]:
    """Languages that have lists of names."""
    return [name for name in _lists() if name != "*"]


def _locale(text: str, locale: str) -> str:
    """The locale of the script that the text is written in; for Latin letters the one that was asked for."""
    if text.isascii():
        return locale
    seen = {unicodedata.name(c, "").split(" ")[0] for c in text if c.isalpha()}
    for script in ("HIRAGANA", "KATAKANA", *_SCRIPTS):
        if script in seen:
            return _SCRIPTS[script]
    return locale


class _Draw:
    """Numbers from keyed bytes."""

    def __init__(self, source: bytes) -> None:
        self._rest = int.from_bytes(source, "big")

    def below(self, limit: int) -> int:
        self._rest, out = divmod(self._rest, limit)
        return out

    def of(self, items: list[str]) -> str:
        return items[self.below(len(items))]

    def digits(self, count: int) -> str:
        return str(self.below(10**count)).zfill(count)


def _styled(name: str, like: str) -> str:
    return name.upper() if like.isupper() and len(like) > 1 else name.lower() if like.islower() else name


def _different(pick: Callable[[], str], text: str) -> str:
    """A pick that is not the text itself."""
    for _ in range(8):
        name = pick()
        if name.casefold() != text.casefold():
            return name
    return name + "."


def person(text: str, source: bytes, locale: str) -> str:
    """A name for a name: as many words as up to three of the original's, in its letter case and script."""
    draw = _Draw(source)
    locale = _locale(text, locale)
    lists = _lists()[locale]
    if locale in _NO_SPACE:
        return _different(lambda: draw.of(lists["last"]) + draw.of(lists["first"]), text)
    words = text.replace(",", " ").split()
    count = max(1, min(3, len(words)))

    def pick() -> str:
        parts = [draw.of(lists["first"]) for _ in range(max(1, count - 1))]
        if count > 1:
            parts.append(draw.of(lists["last"]))
        if count > 1 and "," in text:
            return f"{parts[-1]}, {' '.join(parts[:-1])}"
        return " ".join(parts)

    return _styled(_different(pick, text), text)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", plain) or "user"


def email(text: str, source: bytes, locale: str) -> str:
    """An address at a domain that RFC 2606 reserves."""
    draw = _Draw(source)
    lists = _lists()[locale if locale not in _SCRIPTS.values() else "en"]
    first, last = _ascii(draw.of(lists["first"])), _ascii(draw.of(lists["last"]))
    return f"{first}.{last}{draw.digits(4)}@example.{draw.of(['com', 'net', 'org'])}"


def username(text: str, source: bytes, locale: str) -> str:
    draw = _Draw(source)
    shared = _lists()["*"]
    return f"{draw.of(shared['adjective'])}_{draw.of(shared['animal'])}{draw.digits(4)}"


def place(text: str, source: bytes, locale: str) -> str:
    """A place that does not exist; with a house number where the text has digits; a postcode for a postcode."""
    if len(text) <= 10 and any(c.isdigit() for c in text) and not re.search(r"[^\W\d_]{4}", text):
        return scramble(text, source, locale)
    draw = _Draw(source)
    lists = _lists()[_locale(text, locale)]
    if not any(c.isdigit() for c in text):
        return _styled(_different(lambda: draw.of(lists["city"]), text), text)
    number, street = str(1 + draw.below(199)), draw.of(lists["street"])
    return f"{number} {street}" if locale in ("en", "fr") else f"{street} {number}"


def company(text: str, source: bytes, locale: str) -> str:
    draw = _Draw(source)
    shared = _lists()["*"]
    return _different(lambda: f"{draw.of(shared['company'])} {draw.of(shared['form'])}", text)


def _fill(text: str, digits: str) -> str:
    """The text with its digits replaced one after the other."""
    rest = iter(digits)
    return "".join(next(rest, "0") if c.isdigit() else c for c in text)


def _count(text: str) -> int:
    return sum(c.isdigit() for c in text)


_PHONE_DIGITS = 3
_WORDS = re.compile(r"(?!(?:ext|tel|fon|fax|mob|int|poste|extension)\b)[^\W\d_]{3,}", re.I)  # beside these
_COUNTRY = re.compile(r"\s*(?:\+|00)[\s(]*(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9]\d\d)")


def phone(text: str, source: bytes, locale: str) -> str:
    """A number in the same spelling: the country code stays; North American ones get 555-01xx, kept for fiction.

    What is no number (few digits, or words in it) gets other letters as well: it would stand there as it was.
    """
    draw = _Draw(source)
    count = _count(text)
    if count < _PHONE_DIGITS or _WORDS.sub("", text) != text:
        return scramble(text, source, locale)
    match = _COUNTRY.match(text)
    code = re.sub(r"\D", "", match[0]) if match else ""
    rest = count - len(code)
    if rest == 10 and code in ("", "1"):
        fresh = f"{2 + draw.below(8)}{draw.digits(2)}55501{draw.digits(2)}"
    elif count == 11 and not code and text.lstrip("(+ ")[:1] == "1":
        fresh = f"1{2 + draw.below(8)}{draw.digits(2)}55501{draw.digits(2)}"
    else:
        zero = not code and re.sub(r"\D", "", text)[:1] == "0"
        fresh = ("0" if zero else "") + str(1 + draw.below(9)) + draw.digits(max(0, rest - 1))
        fresh = fresh[:rest]
    return _fill(text, code + fresh)


_TEST_RANGES = {"4": "400000", "5": "555555", "2": "222300", "3": "378282", "6": "601100"}


def luhn_digit(body: str) -> str:
    """The check digit of ISO/IEC 7812 for the digits before it."""
    total = 0
    for i, c in enumerate(reversed(body)):
        n = int(c) * (2 - i % 2)
        total += n - 9 if n > 9 else n
    return str(-total % 10)


def card(text: str, source: bytes, locale: str) -> str:
    """A number of the same length and brand in a test range, with a true check digit."""
    digits = [c for c in text if c.isdigit()]
    count = len(digits)
    if count < 12:
        return scramble(text, source, locale)
    prefix = _TEST_RANGES.get(str(int(digits[0])), "999999")
    body = prefix + _Draw(source).digits(count - len(prefix) - 1)
    return _fill(text, body + luhn_digit(body))


def iban(text: str, source: bytes, locale: str) -> str:
    """Same country and layout, true check digits."""
    compact = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]{8,30}", compact, re.ASCII):
        return scramble(text, source, locale)
    draw = _Draw(source)
    bban = "".join(draw.digits(1) if c.isdigit() else chr(65 + draw.below(26)) for c in compact[4:])
    number = "".join(str(int(c, 36)) for c in bban + compact[:2] + "00")
    fresh = iter(f"{compact[:2]}{98 - int(number) % 97:02d}{bban}")
    return "".join(c if c.isspace() else next(fresh) for c in text)


def ssn(text: str, source: bytes, locale: str) -> str:
    """Area 9xx with group 01–49: neither an SSN nor an ITIN was ever issued there."""
    if _count(text) != 9:
        return scramble(text, source, locale)
    draw = _Draw(source)
    return _fill(text, f"9{draw.digits(2)}{1 + draw.below(49):02d}{1 + draw.below(9999):04d}")


def ip(text: str, source: bytes, locale: str) -> str:
    """An address of a range for tests and documentation: 198.18.0.0/15 or 2001:db8::/32; a prefix length stays."""
    draw = _Draw(source)
    address, slash, prefix = text.partition("/")
    if ":" in address:
        groups = ":".join(f"{draw.below(65535) + 1:x}" for _ in range(4))
        return f"2001:db8::{groups}{slash}{prefix}"
    return f"198.{18 + draw.below(2)}.{draw.below(256)}.{draw.below(256)}{slash}{prefix}"


def mac(text: str, source: bytes, locale: str) -> str:
    """A locally administered address in the same spelling."""
    fresh = iter(f"02{_Draw(source).below(1 << 40):010x}")
    upper = text.isupper()
    out = "".join(next(fresh, "0") if c.isalnum() else c for c in text)
    return out.upper() if upper else out


def url(text: str, source: bytes, locale: str) -> str:
    draw = _Draw(source)
    scheme = re.match(r"[a-z][a-z0-9+.-]{0,15}://", text, re.I)
    shared = _lists()["*"]
    return f"{scheme[0] if scheme else 'https://'}{draw.of(shared['animal'])}{draw.digits(4)}.example/{draw.digits(6)}"


def day(text: str, source: bytes, locale: str) -> str:
    """Another day, up to a year away, in the same spelling."""
    drawn = _Draw(source).below(730)
    try:
        return shift(text, drawn - 365 if drawn < 365 else drawn - 364)
    except CannotMask:
        return scramble(text, source, locale)


def scramble(text: str, source: bytes, locale: str) -> str:
    """The same shape with other characters: letters stay letters of their case, digits digits, the rest stays."""
    if not any(c.isalnum() for c in text):
        return "*" * len(text)
    for attempt in range(16):
        stream = shake_256(source + bytes([attempt])).digest(len(text))
        fresh = "".join(map(_like, text, stream))
        if fresh != text:
            break
    return fresh


def _like(char: str, byte: int) -> str:
    if char.isdigit():
        return str(byte % 10)
    if char.isalpha():
        return (_UPPER if char.isupper() else _LOWER)[byte % 26]
    return char


FAKES: dict[str, Fake] = {
    "PERSON": person, "FIRST_NAME": person, "LAST_NAME": person, "NAME": person,
    "EMAIL_ADDRESS": email, "PHONE_NUMBER": phone, "CREDIT_CARD": card, "IBAN_CODE": iban, "US_SSN": ssn,
    "IP_ADDRESS": ip, "MAC_ADDRESS": mac, "LOCATION": place, "ADDRESS": place, "ORGANIZATION": company,
    "USERNAME": username, "URL": url, "DATE_TIME": day, "DATE_OF_BIRTH": day,
}  # fmt: skip
