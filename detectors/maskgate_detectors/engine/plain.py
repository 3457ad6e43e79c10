"""Shapes of values that hold nothing, told for a whole batch at once by their bytes and lengths.

Every value of which this is said is one of :func:`is_nothing_raw`; that one says it of more.
"""

from __future__ import annotations

import numpy as np

from maskgate_detectors.reader.names import Ints

_DIGIT, _HEX, _LETTER, _LINE, _DASH, _OTHER = 1, 2, 4, 8, 16, 32
_LONGEST_WORD, _LONGEST_NUMBER = 31, 5
_DIGESTS = (32, 40, 56, 64, 128)
_FORMS = tuple(
    form.encode()
    for form in (
        "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh",
        "0000-00-00",
        "0000-00-00T00:00:00Z",
        "0000-00-00T00:00:00.000Z",
        "0000-00-00T00:00:00.000000Z",
        "0000-00-00T00:00:00+00:00",
        "0000-00-00 00:00:00",
        "0000-00-00T00:00:00.000",
    )
)


def _table() -> Ints:
    table = np.full(256, _OTHER, np.uint8)
    for group, bit in ((b"0123456789", _DIGIT), (b"abcdefABCDEF", _HEX), (b"_", _LINE), (b"-", _DASH)):
        table[list(group)] = bit
    for code in b"ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ":
        table[code] = _LETTER
    return table


_CLASSES = _table()
_AS_DIGIT = np.arange(256, dtype=np.uint8)  # every digit as a zero
_AS_DIGIT[list(b"0123456789")] = ord("0")
_AS_HEX = np.arange(256, dtype=np.uint8)
_AS_HEX[list(b"0123456789abcdefABCDEF")] = ord("h")


def holds_nothing(codes: Ints, start: Ints, end: Ints) -> Ints:
    """Which of the values between ``start`` and ``end`` are a word, a short number, a digest, a UUID or a time.

    None is empty, none ends where ``codes`` end.
    """
    if not len(start):
        return np.zeros(0, bool)
    bounds = np.stack((start, end), axis=1).reshape(-1)
    classes = np.bitwise_or.reduceat(_CLASSES[codes], bounds)[::2]
    size = end - start
    letter = (_CLASSES[codes[start]] & (_HEX | _LETTER)) != 0
    found: Ints = letter & (classes & ~np.uint8(_HEX | _LETTER | _LINE) == 0) & (size <= _LONGEST_WORD)
    found |= (classes == _DIGIT) & (size <= _LONGEST_NUMBER)
    found |= (classes & ~np.uint8(_DIGIT | _HEX) == 0) & np.isin(size, _DIGESTS)
    for form in _FORMS:
        at = np.flatnonzero((size == len(form)) & ~found)
        if len(at):
            text = (_AS_HEX if form[0] == ord("h") else _AS_DIGIT)[codes[start[at, None] + np.arange(len(form))]]
            found[at] = (text == np.frombuffer(form, np.uint8)).all(axis=1)
    return found
