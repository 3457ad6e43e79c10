"""A pattern over base64 characters that only the encodings of readable UTF-8 and UTF-16 (or of gzip and zlib) fit.

Four characters spell three bytes, and what kind a byte is (plain, lead of a longer character, continuation, control)
shows in one or two of them: the pattern is the grammar of UTF-8 (RFC 3629, section 4) over base64 (RFC 4648, sections
4 and 5). A random token of 14 characters fits it once in hundreds.
"""

from __future__ import annotations

from collections.abc import Callable

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ANY = r"[A-Za-z0-9+/_\-]"
_START = r"(?:^|[^A-Za-z0-9+/_\-])"
_LEAST = 14  # characters of a run that is worth decoding
_SURE = 86  # characters: so many bytes without control characters are no chance
_GROUPS = 2  # of four characters whose bytes are checked; more make the pattern longer than hyperscan takes
_PLAIN, _CONTINUES = 0, 9  # kinds of bytes; 1 to 3: the lead of a character with so many bytes to follow

_FIRST: dict[int, Callable[[int], bool]] = {  # the first character holds the upper six bits of the first byte
    _PLAIN: lambda six: six in (2, 3) or 8 <= six < 32,  # 2 and 3: tab, newline, carriage return are among these
    _CONTINUES: lambda six: 32 <= six < 48,
    1: lambda six: 48 <= six < 56,
    2: lambda six: 56 <= six < 60,
    3: lambda six: six in (60, 61),
}
_SECOND: dict[int, frozenset[int]] = {  # the lower four bits of the second are the upper half of the second byte
    _PLAIN: frozenset((0, 2, 3, 4, 5, 6, 7)),
    _CONTINUES: frozenset((8, 9, 10, 11)),
    1: frozenset((12, 13)),
    2: frozenset((14,)),
    3: frozenset((15,)),
}
_LEADS: dict[int, Callable[[int], bool]] = {
    1: lambda six: six < 32,
    2: lambda six: 32 <= six < 48,
    3: lambda six: 48 <= six < 56,
}


def pattern() -> str:
    """The trigger: at the start of a run of base64 or base64url characters; true of every run that may be decoded."""
    text = dict.fromkeys(range(4), "")
    for _ in range(_GROUPS):
        text = {state: _group(state, text) for state in range(4)}
    readable = f"{text[0]}{_ANY}{{{_LEAST - 4 * _GROUPS}}}"
    gzip = f"H4s{_ANY}{{{_LEAST - 3}}}"  # 1f 8b
    zlib = f"e{_characters(lambda six: six < 16)}{_ANY}{{{_LEAST - 2}}}"  # 78
    return f"{_START}(?:{readable}|{gzip}|{zlib}|{_wide()}{_ANY}{{{_LEAST - 8}}}|{_eight_bits()}{_ANY}{{{_SURE - 8}}})"


def _wide() -> str:
    """Eight characters of UTF-16: six bytes of which every other one is zero, or a mark before any four."""
    half, end = _characters(lambda six: six < 16), _characters(lambda six: six & 3 == 0)
    between = f"{_characters(lambda six: six & 15 == 0)}{_characters(lambda six: six < 4)}"
    mark = f"[/_](?:[/_][4-7]|v[89+/_\\-]){_ANY}{{5}}"
    return f"(?:{_ANY}{between}{_ANY}A{half}{end}A|A{half}{end}A{_ANY}{between}{_ANY}|{mark})"


def _eight_bits() -> str:
    """Eight characters whose first and second bytes are no control characters: all that such texts have in common."""
    first = _characters(lambda six: six in (2, 3) or six >= 8)
    second = _characters(lambda six: six & 15 != 1)
    return f"(?:{first}{second}{_ANY}{{2}}){{2}}"


def _group(state: int, rest: dict[int, str]) -> str:
    """Four characters after which ``rest`` follows; ``state`` continuation bytes are owed before them."""
    ways = []
    for first, owed in _bytes_after(state):
        ends = [
            _characters(lambda six, kind=second: six & 15 in _SECOND[kind]) + third + rest[left]  # type: ignore[misc]
            for second, then in _bytes_after(owed)
            for kind, left in _bytes_after(then)
            for third in _third(kind)
        ]
        ways.append(_characters(_FIRST[first]) + (f"(?:{'|'.join(ends)})" if len(ends) > 1 else ends[0]))
    return f"(?:{'|'.join(ways)})"


def _bytes_after(owed: int) -> list[tuple[int, int]]:
    """(kind of the next byte, continuation bytes owed then)."""
    return [(_CONTINUES, owed - 1)] if owed else [(_PLAIN, 0), (1, 1), (2, 2), (3, 3)]


def _third(kind: int) -> list[str]:
    """The third and fourth characters: two bits and six bits of the third byte."""
    if kind == _PLAIN:
        control = _characters(lambda six: six & 3 == 0) + _characters(lambda six: six in (9, 10, 13) or six >= 32)
        return [_characters(lambda six: six & 3 == 1) + _ANY, control]
    if kind == _CONTINUES:
        return [_characters(lambda six: six & 3 == 2) + _ANY]
    return [_characters(lambda six: six & 3 == 3) + _characters(_LEADS[kind])]


def _characters(fits: Callable[[int], bool]) -> str:
    """The class of the base64 characters whose six bits fit, in both alphabets."""
    found = "".join(char for six, char in enumerate(_ALPHABET) if fits(six))
    return "[" + found.replace("+", r"+\-").replace("/", "/_") + "]"
