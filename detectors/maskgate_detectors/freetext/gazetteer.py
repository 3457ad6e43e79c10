"""What is known about a word before its sentence is read: first name, city, street word, dictionary word, …

One word has a bit mask of classes. The model gets the classes as features, so it need not learn names by heart.
"""

from __future__ import annotations

import lzma
import unicodedata
from collections.abc import Iterator, Mapping
from enum import IntEnum
from itertools import repeat
from pathlib import Path


class WordClass(IntEnum):
    """Classes of words; the values are stored in the packed gazetteer and never change their meaning.

    Masks of them are plain numbers: half a million words are looked at at the start, and an operation of a flag takes a
    microsecond.
    """

    FIRST = 1
    LAST = 2
    CITY = 4
    PLACE_PART = 8  # "San", "Upon", "York": part of a place name of several words
    REGION = 16  # country, state, province, and what their people are called
    STREET = 32
    COMMON = 64  # stands in a dictionary in lower case
    TITLE = 128
    ORGANIZATION = 256  # "Ltd", "GmbH", "University"
    CALENDAR = 512


CLASSES = len(WordClass)


class Gazetteer:
    """Immutable map from a word to its classes; case and, where the exact word is unknown, accents do not count."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def classes(self, word: str) -> int:
        """Return the bit mask of ``word``'s classes, 0 for an unknown word."""
        lower = word.lower()
        mask = self._words.get(lower)
        if mask is None:
            mask = 0 if lower.isascii() else self._words.get(without_accents(lower), 0)
        return mask


def without_accents(word: str) -> str:
    """Return ``word`` with combining marks removed ("josé" becomes "jose")."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def pack(words: Mapping[str, int]) -> bytes:
    """Return the packed form of a map from lower-case words to masks: one line per mask, words sorted."""
    by_mask: dict[int, list[str]] = {}
    for word, mask in words.items():
        by_mask.setdefault(int(mask), []).append(word)
    lines = [f"{mask} {' '.join(sorted(by_mask[mask]))}" for mask in sorted(by_mask)]
    return lzma.compress("\n".join(lines).encode(), preset=9)


def unpack(packed: bytes) -> Gazetteer:
    """Return the gazetteer that ``pack`` packed."""
    words: dict[str, int] = {}
    for line in lzma.decompress(packed).decode().splitlines():
        mask, _, rest = line.partition(" ")
        words.update(zip(rest.split(" "), repeat(int(mask)), strict=False))
    return Gazetteer(words)


def load(path: Path) -> Gazetteer:
    """Return the gazetteer stored at ``path``."""
    return unpack(path.read_bytes())
