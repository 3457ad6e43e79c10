"""Which texts the model reads: prose, not identifiers; and in which windows.

The gate keeps the model off bare identifiers, where it is wrong more often than right, and off most leaves, since
it costs a hundred times more than all rules together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from maskgate_detectors.context import KeyInfo

MAX_WINDOW = 1000  # characters; spaCy's tokenizer is super-linear on some texts
MAX_RUN = 64  # characters without whitespace that the tokenizer may see
_WORD = re.compile(r"(?<![^\s(\"'\[“‘«])[^\W\d_]{2,}+(?:['’\-][^\W\d_]++)*+(?=[\s,.;:!?)\"'\]”’»]|\Z)")
_UPPER = re.compile(r"[^\W\d_a-zß-öø-ÿ]")
_LONG_RUN = re.compile(r"\S{" + str(MAX_RUN + 1) + r",}+")
_SENTENCE_END = re.compile(r"[.!?\n]\s")
_MIN_CHARS, _MIN_WORDS = 8, 3


def is_prose(text: str, info: KeyInfo) -> bool:
    """``text`` has words enough, with a capital letter among them, that names may stand in it."""
    if len(text) < _MIN_CHARS or " " not in text or info.veto:
        return False
    words = 0
    for _ in _WORD.finditer(text, 0, 4000):
        words += 1
        if words >= _MIN_WORDS:
            return _UPPER.search(text) is not None
    return False


def windows(text: str) -> Iterator[tuple[int, str]]:
    """(offset, part) of ``text`` in parts of at most ``MAX_WINDOW`` characters, cut at sentence ends or spaces.

    A run longer than ``MAX_RUN`` without whitespace is blanked: only the rules see it.
    """
    clean = _LONG_RUN.sub(lambda match: " " * len(match[0]), text)
    start, size = 0, len(clean)
    while size - start > MAX_WINDOW:
        part = clean[start : start + MAX_WINDOW]
        ends = [match.end() for match in _SENTENCE_END.finditer(part, MAX_WINDOW // 2)]
        cut = ends[-1] if ends else part.rfind(" ", MAX_WINDOW // 2) + 1
        cut = cut if cut > 0 else MAX_WINDOW
        yield start, part[:cut]
        start += cut
    if clean[start:].strip():
        yield start, clean[start:]
