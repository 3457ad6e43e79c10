"""From the pattern of a rule of one's own to a trigger: what every match of it holds, for the prefilter.

The prefilter joins the values of many records and reads bytes, so a trigger has no anchors, no groups, and lets any
byte of a longer character stand where the pattern takes any character but some. It may fire too often, never too
seldom; a pattern that is not understood here is tried on every value.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from re import _constants as _sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

EVERY_VALUE = r"(?:^|\n)[^\n]"  # fires once in each value that is not empty
_LONGEST = 48  # repetitions that are counted; more are taken for any number of them
_FOREIGN = r"[\x80-\xff]{1,4}"
_UNSURE = re.compile(r"\[:|\{,|\\[pPQECXzRKkNuUxXo]")  # RE2 and Python read these otherwise
_CLASSES = {
    _sre.CATEGORY_DIGIT: (r"\d", False),
    _sre.CATEGORY_NOT_DIGIT: (r"\D", True),
    _sre.CATEGORY_SPACE: (r"\s", False),
    _sre.CATEGORY_NOT_SPACE: (r"\S", True),
    _sre.CATEGORY_WORD: (r"\w", False),
    _sre.CATEGORY_NOT_WORD: (r"\W", True),
}


class _NotUnderstood(Exception):
    pass


def trigger_of(pattern: str) -> str:
    """A trigger that fires in every text in which ``pattern`` (RE2 syntax) matches."""
    if _UNSURE.search(pattern) or not pattern.isascii():
        return EVERY_VALUE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a set that Python is going to read otherwise
            parsed = _parser.parse(pattern)
        made = _sequence(_trimmed(list(parsed)), 0)
        if not made or re.compile(made).match(""):
            return EVERY_VALUE
    except (_NotUnderstood, re.error, Warning, RecursionError, OverflowError):
        return EVERY_VALUE
    return f"(?i){made}" if parsed.state.flags & re.IGNORECASE else made


def _trimmed(items: Sequence[Any]) -> list[Any]:
    """The items without what may be missing at either end, and with no more there than must be."""
    kept = [item for item in items if item[0] is not _sre.AT]
    for at in (0, -1):
        while kept:
            op, argument = kept[at]
            if op in (_sre.MAX_REPEAT, _sre.MIN_REPEAT):
                least, most, inner = argument
                if least == 0:
                    kept.pop(at)
                    continue
                if least != most:
                    kept[at] = (op, (least, least, inner))
            break
    return kept


def _sequence(items: Sequence[Any], depth: int = 0) -> str:
    return "".join(_item(op, argument, depth) for op, argument in items)


def _item(op: Any, argument: Any, depth: int = 0) -> str:
    if op is _sre.LITERAL:
        return _char(argument)
    if op is _sre.NOT_LITERAL:
        return f"(?:[^{_char(argument)}]|{_FOREIGN})"
    if op is _sre.ANY:
        return rf"(?:[\x00-\x7f]|{_FOREIGN})"
    if op is _sre.AT:
        return ""
    if op is _sre.IN:
        return _set(argument)
    if op is _sre.BRANCH:
        return "(?:" + "|".join(_sequence(list(branch), depth) for branch in argument[1]) + ")"
    if op is _sre.SUBPATTERN:
        _, added, removed, inner = argument
        if removed or added & ~(re.IGNORECASE | re.DOTALL | re.MULTILINE):
            raise _NotUnderstood
        flag = "i" if added & re.IGNORECASE else ""
        return f"(?{flag}:{_sequence(list(inner), depth)})"
    if op in (_sre.MAX_REPEAT, _sre.MIN_REPEAT):
        least, most, inner = argument
        text = f"(?:{_sequence(list(inner), depth + 1)})"
        if depth:  # counts within counts multiply
            return text + ("+" if least else "*")
        return text + _count(least, most)
    raise _NotUnderstood


def _count(least: int, most: Any) -> str:
    low = min(least, _LONGEST)
    if most is _sre.MAXREPEAT or most > _LONGEST:
        return f"{{{low},}}"
    return f"{{{low}}}" if low == most else f"{{{low},{most}}}"


def _set(items: Sequence[Any]) -> str:
    negated = items[0][0] is _sre.NEGATE
    parts, foreign = [], negated
    for op, argument in items[1:] if negated else items:
        if op is _sre.LITERAL:
            parts.append(_char(argument))
        elif op is _sre.RANGE:
            parts.append(f"{_char(argument[0])}-{_char(argument[1])}")
        elif op is _sre.CATEGORY and argument in _CLASSES:
            text, wide = _CLASSES[argument]
            parts.append(text)
            foreign = foreign or wide
        else:
            raise _NotUnderstood
    own = f"[{'^' if negated else ''}{''.join(parts)}]"
    return f"(?:{own}|{_FOREIGN})" if foreign else own


def _char(code: int) -> str:
    if code > 127:
        raise _NotUnderstood
    char = chr(code)
    return char if char.isalnum() else rf"\x{code:02x}"
