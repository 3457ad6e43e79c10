"""Attachments: thousands of characters of base64 without a break.

What is in them is decoded and read as a whole. Their own characters are noise, which the rules need not see: in a PDF
of 3 MB the first letters of a hundred kinds of tokens stand by chance, and so does a number whose check digits are
right. The rules see both ends, where an attachment touches the text around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from maskgate_detectors.text.layers import View

_BLOCK = 4096  # characters
_WINDOW = 1024
_KINDS = 48  # different characters in a window: random bytes have 64, paths and words in a row fewer than 46
_ENDS = 1024  # characters of either end that are left, a multiple of four: decoding stays in step
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_ALPHABET = _LETTERS.encode()
_RUN = re.compile(r"[A-Za-z0-9+/_\-]*+(?:\r?\n[A-Za-z0-9+/_\-]++(?=[\r\n=]|\Z))*+={0,2}+")
_LINES = (64, 76)  # characters of a line
_STARTS = 10  # different characters at the beginning of the lines of a block, of 54 or more
LEAST = 2 * _BLOCK  # characters of a text in which one may stand: wherever it begins, a block is whole
LAYER = ""  # of a view that is the text itself, shorter


def stand_in(raw: bytes) -> bool:
    """An attachment stands in the raw text."""
    return len(raw) >= LEAST and next(_noise(raw), None) is not None


class Shortened(NamedTuple):
    """A text with no more than the ends of its attachments, and where those are."""

    view: View
    runs: list[tuple[int, int]]


def shorten(text: str) -> Shortened | None:
    """``text`` without what is inside its attachments; None where there are none."""
    if len(text) < LEAST:
        return None
    places = list(_noise(text.encode("ascii", "replace")))
    if not places:
        return None
    out: list[str] = []
    starts: list[int] = []
    runs: list[tuple[int, int]] = []
    at = 0
    for first, last in places:
        out.append(text[at : first + _ENDS])
        starts.extend(range(at, first + _ENDS))
        at = last - _ENDS
        if not runs or runs[-1][1] <= first:
            runs.append(_run_around(text, first, last))
    out.append(text[at:])
    starts.extend(range(at, len(text)))
    view = View("".join(out), LAYER, starts, [place + 1 for place in starts], (0, len(text)))
    return Shortened(view, runs)


def _run_around(text: str, first: int, last: int) -> tuple[int, int]:
    while first > 0 and (text[first - 1] in _LETTERS or (text[first - 1] in "\r\n" and first < last)):
        first -= 1
    run = _RUN.match(text, last)
    return first, run.end() if run is not None else last


def _noise(raw: bytes) -> Iterator[tuple[int, int]]:
    """The blocks of noise in a row, each row as (start, end)."""
    start = -1
    for at in range(0, len(raw) - _BLOCK + 1, _BLOCK):
        if _is_noise(raw[at : at + _BLOCK]):
            start = at if start < 0 else start
        elif start >= 0:
            yield start, at
            start = -1
    if start >= 0:
        yield start, len(raw) - len(raw) % _BLOCK


def _is_noise(block: bytes) -> bool:
    if block.translate(None, _ALPHABET):
        block = _unwrapped(block)
    return bool(block) and all(len(set(block[at : at + _WINDOW])) >= _KINDS for at in range(0, len(block), _WINDOW))


def _unwrapped(block: bytes) -> bytes:
    """The block without its line breaks; empty where it is not wrapped as base64 is.

    Lines of mail and of PEM are of one length, and begin with any character: a list of tokens does not.
    """
    lines = block.replace(b"\r", b"").split(b"\n")
    inner = lines[1:-1]
    same = len({len(line) for line in inner}) == 1 and len(inner[0]) in _LINES
    if not same or max(len(lines[0]), len(lines[-1])) > len(inner[0]) or len({line[0] for line in inner}) < _STARTS:
        return b""
    joined = b"".join(lines)
    return joined[: len(joined) - len(joined) % _WINDOW] if not joined.translate(None, _ALPHABET) else b""
