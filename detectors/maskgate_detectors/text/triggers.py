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
from typing import Any, NamedTuple

EVERY_VALUE = r"(?:^|\n)[^\n]"  # fires once in each value that is not empty
_LONGEST = 48  # repetitions that are counted; more are taken for any number of them
_FOREIGN = r"[\x80-\xff]{1,4}"
_ANY = rf"(?:[\x00-\x7f]|{_FOREIGN})"
_UNSURE = re.compile(r"\{,|\\[QECXRKkNuUXo]")  # RE2 and Python read these otherwise
_UNICODE = re.compile(r"\\[pP](?:\{\^?\w+\}|[A-Z])")
_POSIX = re.compile(r"\[:\^?\w+:\]")
_CODE = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
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
    if _UNSURE.search(pattern):
        return EVERY_VALUE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a set that Python is going to read otherwise
            parsed = _parser.parse(_for_python(pattern))
        anycase = bool(parsed.state.flags & re.IGNORECASE)
        made = _sequence(_trimmed(list(parsed)), _Around(anycase))
        if not made or re.compile(made).match(""):
            return EVERY_VALUE
    except (_NotUnderstood, re.error, Warning, RecursionError, OverflowError):
        return EVERY_VALUE
    return f"(?i){made}" if anycase else made


class _Around(NamedTuple):
    """What holds where an item stands."""

    anycase: bool
    counted: bool = False  # within a repetition: counts within counts would multiply


def _for_python(pattern: str) -> str:
    """The pattern with any character in place of the classes that Python does not know.

    Raises:
        _NotUnderstood: such a class stands in a set of what may not be there.
    """
    out: list[str] = []
    at, inside = 0, ""  # of a set: its first two characters
    while at < len(pattern):
        known = _UNICODE.match(pattern, at) or (_POSIX.match(pattern, at) if inside else None)
        code = _CODE.match(pattern, at)
        if known is not None:
            if inside == "[^":
                raise _NotUnderstood
            out.append(r"\w\W" if inside else r"[\w\W]")
            at = known.end()
        elif code is not None:
            out.append(re.escape(chr(int(code[1], 16))))
            at = code.end()
        elif pattern[at] == "\\":
            out.append(pattern[at : at + 2].replace("\\z", "\\Z"))
            at += 2
        elif not inside and pattern[at] == "[":
            inside = pattern[at : at + 2]
            size = len(inside) if inside == "[^" else 1
            size += pattern[at + size : at + size + 1] == "]"  # a bracket that is meant as one
            out.append(pattern[at : at + size])
            at += size
        else:
            inside = "" if pattern[at] == "]" else inside
            out.append(pattern[at])
            at += 1
    return "".join(out)


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


def _sequence(items: Sequence[Any], around: _Around) -> str:
    return "".join(_item(op, argument, around) for op, argument in items)


def _item(op: Any, argument: Any, around: _Around) -> str:
    if op is _sre.LITERAL:
        return _literal(argument, around.anycase)
    if op is _sre.NOT_LITERAL:
        return f"(?:[^{_char(argument)}]|{_FOREIGN})" if argument < 128 else _ANY
    if op is _sre.ANY:
        return _ANY
    if op is _sre.AT:
        return ""
    if op is _sre.IN:
        return _set(argument)
    if op is _sre.BRANCH:
        return "(?:" + "|".join(_sequence(list(branch), around) for branch in argument[1]) + ")"
    if op is _sre.SUBPATTERN:
        _, added, removed, inner = argument
        if removed or added & ~(re.IGNORECASE | re.DOTALL | re.MULTILINE):
            raise _NotUnderstood
        anycase = bool(added & re.IGNORECASE)
        inside = around._replace(anycase=around.anycase or anycase)
        return f"(?{'i' if anycase else ''}:{_sequence(list(inner), inside)})"
    if op in (_sre.MAX_REPEAT, _sre.MIN_REPEAT):
        least, most, inner = argument
        text = f"(?:{_sequence(list(inner), around._replace(counted=True))})"
        if around.counted:
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
        if op is _sre.LITERAL and argument < 128:
            parts.append(_char(argument))
        elif op is _sre.RANGE and argument[0] < 128:
            parts.append(f"{_char(argument[0])}-{_char(min(argument[1], 127))}")
            foreign = foreign or argument[1] > 127
        elif op in (_sre.LITERAL, _sre.RANGE):
            foreign = True
        elif op is _sre.CATEGORY and argument in _CLASSES:
            text, wide = _CLASSES[argument]
            parts.append(text)
            foreign = foreign or wide
        else:
            raise _NotUnderstood
    if not parts:
        return _ANY if negated else _FOREIGN
    own = f"[{'^' if negated else ''}{''.join(parts)}]"
    return f"(?:{own}|{_FOREIGN})" if foreign else own


def _literal(code: int, anycase: bool) -> str:
    if code < 128:
        return _char(code)
    if anycase:  # the other case has other bytes
        return _ANY if chr(code).casefold().isascii() else _FOREIGN
    data = chr(code).encode("utf-8", "surrogatepass")
    return "(?:" + "".join(rf"\x{byte:02x}" for byte in data) + ")"


def _char(code: int) -> str:
    char = chr(code)
    return char if char.isalnum() else rf"\x{code:02x}"
