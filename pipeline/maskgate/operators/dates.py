"""Dates in the spellings that records use: found out, shifted or cut, and written in the same spelling."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from maskgate.operators.keyed import CannotMask

_MONTHS = "january february march april may june july august september october november december".split()
_NAME = "(?P<name>" + "|".join(f"{m[:3]}(?:{m[3:]})?" if len(m) > 3 else m for m in _MONTHS) + r")\.?"
_REST = r"(?P<rest>[T ,].{1,60})?"
_FORMS = [
    re.compile(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})" + _REST, re.S),
    re.compile(r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})" + _REST, re.S),
    re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])" + _REST, re.S),
    re.compile(
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?(?P<s1>[ -])" + _NAME + r"(?P<s2>,?[ -])(?P<y>\d{4})" + _REST, re.I | re.S
    ),
    re.compile(_NAME + r"(?P<s1> )(?P<d>\d{1,2})(?:st|nd|rd|th)?(?P<s2>,? )(?P<y>\d{4})" + _REST, re.I | re.S),
]
_LONGEST = 100
_EPOCH = {10: 1, 13: 1_000, 16: 1_000_000}


class Spelled(NamedTuple):
    """A date and how it was written: ``form`` is the number of the pattern."""

    day: date
    form: int
    match: re.Match[str]
    month_first: bool


def parse(text: str) -> Spelled:
    """The date of a text that is a date (with or without a time).

    Raises:
        CannotMask: it is none that we know.
    """
    if len(text) <= _LONGEST and text.isascii():
        for form, pattern in enumerate(_FORMS):
            match = pattern.fullmatch(text)
            if match is not None:
                return _read(form, match)
    raise CannotMask("not a date of a known spelling")


def _read(form: int, match: re.Match[str]) -> Spelled:
    parts = match.groupdict()
    year = int(parts["y"])
    month_first = False
    if form == 1:
        first, second = int(parts["a"]), int(parts["b"])
        month_first = parts["sep"] == "/" and first <= 12
        month, day = (first, second) if month_first else (second, first)
        if month > 12:
            month, day, month_first = day, month, not month_first
        year += 0 if year > 99 else 2000 if year < 50 else 1900
    elif form in (3, 4):
        month, day = (
            next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(parts["name"][:3].lower())),
            int(parts["d"]),
        )
    else:
        month, day = int(parts["m"]), int(parts["d"])
    try:
        return Spelled(date(year, month, day), form, match, month_first)
    except ValueError:
        raise CannotMask("not a day of the calendar") from None


def write(spelled: Spelled, day: date) -> str:
    """Another day in the same spelling; a time of day stays."""
    parts = spelled.match.groupdict()
    rest = parts["rest"] or ""
    if spelled.form == 0:
        sep = parts["sep"]
        return f"{day.year:04d}{sep}{_pad(day.month, parts['m'])}{sep}{_pad(day.day, parts['d'])}{rest}"
    if spelled.form == 1:
        year = f"{day.year:04d}" if len(parts["y"]) == 4 else f"{day.year % 100:02d}"
        first, second = (day.month, day.day) if spelled.month_first else (day.day, day.month)
        return f"{_pad(first, parts['a'])}{parts['sep']}{_pad(second, parts['b'])}{parts['sep']}{year}{rest}"
    if spelled.form == 2:
        return f"{day.year:04d}{day.month:02d}{day.day:02d}{rest}"
    name = _like(_MONTHS[day.month - 1], parts["name"])
    number = _pad(day.day, parts["d"])
    head = f"{number}{parts['s1']}{name}" if spelled.form == 3 else f"{name}{parts['s1']}{number}"
    return f"{head}{parts['s2']}{day.year:04d}{rest}"


def _pad(number: int, like: str) -> str:
    return f"{number:02d}" if len(like) == 2 else str(number)


def _like(name: str, written: str) -> str:
    name = name if len(written) > 3 else name[:3]
    return name.upper() if written.isupper() else name.lower() if written.islower() else name.capitalize()


def shift(text: str, days: int) -> str:
    """The date so many days later, in the same spelling."""
    spelled = parse(text)
    try:
        return write(spelled, spelled.day + timedelta(days=days))
    except OverflowError:
        raise CannotMask("the shifted date is outside the calendar") from None


def shift_number(text: str, days: int) -> str:
    """A JSON number that is a date (20240131) or an epoch time in s, ms or µs, so many days later."""
    if not text.isdecimal() or not text.isascii():
        raise CannotMask("not a date in a number")
    if len(text) == 8:
        return shift(text, days)
    unit = _EPOCH.get(len(text))
    if unit is None:
        raise CannotMask("not a date in a number")
    moved = int(text) + days * 86_400 * unit
    if len(str(moved)) != len(text):
        raise CannotMask("the shifted time has another number of digits")
    return str(moved)


def of_number(text: str) -> date:
    """The day of such a number."""
    if len(text) == 8 and text.isdecimal():
        return parse(text).day
    unit = _EPOCH.get(len(text)) if text.isdecimal() and text.isascii() else None
    if unit is None:
        raise CannotMask("not a date in a number")
    return datetime.fromtimestamp(int(text) // unit, UTC).date()
