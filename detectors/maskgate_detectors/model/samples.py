"""Turn the sample templates of a rule into text, so that no file in this repository holds a live-looking secret.

A template is plain text in which ``{d12}`` stands for twelve digits and so on (see :data:`ALPHABETS`). The result
depends only on the template and the seed. Nothing is expanded until somebody asks.
"""

from __future__ import annotations

import random
import re
import string
from typing import Final, NamedTuple

_UPPER: Final = string.ascii_uppercase
_LOWER: Final = string.ascii_lowercase
_DIGITS: Final = string.digits

ALPHABETS: Final[dict[str, str]] = {
    "d": _DIGITS,
    "a": _LOWER,
    "A": _UPPER,
    "al": _LOWER + _UPPER,
    "an": _LOWER + _UPPER + _DIGITS,
    "AN": _UPPER + _DIGITS,
    "ln": _LOWER + _DIGITS,
    "x": "0123456789abcdef",
    "X": "0123456789ABCDEF",
    "w": _LOWER + _UPPER + _DIGITS + "_",
    "u": _LOWER + _UPPER + _DIGITS + "-_",
    "b": _LOWER + _UPPER + _DIGITS + "+/",
    "B": _UPPER + "234567",
    "58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
}

_FIELD: Final = re.compile(r"\{(58|AN|al|an|ln|[daAxXwubB])(\d{1,3})\}")
_SPAN: Final = re.compile(r"⟦(.*?)⟧", re.DOTALL)
_KEYED: Final = re.compile(r"^([A-Za-z_][\w.-]*): (?=\S)")


class Sample(NamedTuple):
    """One sample of a rule: the text, the spans to be found in it, and the key it stands under ('' for none)."""

    text: str
    spans: tuple[tuple[int, int], ...]
    key: str = ""


def expand(template: str, seed: int = 0) -> str:
    """The template with every field filled; text without fields is returned as it is."""
    source = random.Random(f"{seed}:{template}")

    def fill(field: re.Match[str]) -> str:
        alphabet = ALPHABETS[field[1]]
        length = int(field[2])
        picked = [source.choice(alphabet) for _ in range(length)]
        _mix(picked, alphabet, source)
        return "".join(picked)

    return _FIELD.sub(fill, template)


def _mix(picked: list[str], alphabet: str, source: random.Random) -> None:
    """Make sure that a run of eight or more has a digit and a letter where its alphabet has both."""
    if len(picked) < 8:
        return
    digits = [c for c in alphabet if c.isdigit()]
    letters = [c for c in alphabet if c.isalpha()]
    if digits and letters:
        first, second = source.sample(range(1, len(picked)), 2)
        picked[first], picked[second] = source.choice(digits), source.choice(letters)


def read(template: str, seed: int = 0) -> Sample:
    """The sample a template describes: fields filled, ``⟦ ⟧`` turned into spans, a leading ``key: `` split off."""
    filled = expand(template, seed)
    key = ""
    if (keyed := _KEYED.match(filled)) is not None and keyed.end() < len(filled):
        key, filled = keyed[1], filled[keyed.end() :]
    spans: list[tuple[int, int]] = []
    text = ""
    last = 0
    for mark in _SPAN.finditer(filled):
        text += filled[last : mark.start()]
        spans.append((len(text), len(text) + len(mark[1])))
        text += mark[1]
        last = mark.end()
    return Sample(text + filled[last:], tuple(spans), key)
