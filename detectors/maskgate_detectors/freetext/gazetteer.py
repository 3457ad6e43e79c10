"""What is known about a word before its sentence is read: first name, city, street word, dictionary word, …

One word has a bit mask of classes. The model gets the classes as features, so it need not learn names by heart.
"""

from __future__ import annotations

import lzma
import unicodedata
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Protocol


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
FILE = "gazetteer.bin"
_EARLIER_FILE = "gazetteer.xz"  # of folders that training wrote before
_BLOCK = 16  # words: one is found by a search for its block, then in the block
_WORD, _MASK, _END = b"\xfe", b"\xff", b"\xfd"  # before a word, before its mask, after a block; no UTF-8 text has them
_BITS = 5  # of a mask in a byte, so that it is none of those


class Words(Protocol):
    """What a gazetteer asks of its words, a dictionary or packed ones."""

    def get(self, word: str, /) -> int | None: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...


class PackedWords:
    """Words and masks in sorted blocks of bytes: half a million are open in 30 ms, for no object is made for a word."""

    def __init__(self, packed: bytes) -> None:
        self._blocks = zlib.decompress(packed).split(_END)

    def __len__(self) -> int:
        return sum(block.count(_WORD) for block in self._blocks)

    def __iter__(self) -> Iterator[str]:
        for block in self._blocks:
            for entry in block.split(_WORD)[1:]:
                yield entry.partition(_MASK)[0].decode()

    def get(self, word: str, /) -> int | None:
        """Return the mask of ``word``, None for a word that is not there."""
        key = b"\xfe%b\xff" % word.encode("utf-8", "surrogatepass")
        block = self._blocks[bisect_right(self._blocks, key + _MASK) - 1]
        at = block.find(key)
        if at < 0:
            return None
        at += len(key)
        return block[at] | block[at + 1] << _BITS


class Gazetteer:
    """Immutable map from a word to its classes; case and, where the exact word is unknown, accents do not count."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.exact = words.get

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def classes(self, word: str) -> int:
        """Return the bit mask of ``word``'s classes, 0 for an unknown word."""
        lower = word.lower()
        mask = self.exact(lower)
        if mask is None:
            mask = None if lower.isascii() else self.exact(without_accents(lower))
        return mask or 0


def without_accents(word: str) -> str:
    """Return ``word`` with combining marks removed ("josé" becomes "jose")."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def pack(words: Mapping[str, int]) -> bytes:
    """Return the packed form of a map from lower-case words to masks, for :class:`PackedWords`."""
    entries = sorted(
        b"\xfe%b\xff%c%c" % (word.encode(), mask & (1 << _BITS) - 1, mask >> _BITS) for word, mask in words.items()
    )
    blocks = [b"".join(entries[at : at + _BLOCK]) for at in range(0, len(entries), _BLOCK)]
    return zlib.compress(_END.join(blocks), 9)


def load(folder: Path) -> Gazetteer:
    """Return the gazetteer stored in ``folder``; the same words are held once, whoever asks for them."""
    file = folder / FILE
    return _opened(file.read_bytes()) if file.is_file() else _earlier((folder / _EARLIER_FILE).read_bytes())


@lru_cache(maxsize=2)
def _opened(packed: bytes) -> Gazetteer:
    return Gazetteer(PackedWords(packed))


def _earlier(packed: bytes) -> Gazetteer:
    """Return what was packed as one line for each mask."""
    words: dict[str, int] = {}
    for line in lzma.decompress(packed).decode().splitlines():
        mask, _, rest = line.partition(" ")
        words.update(zip(rest.split(" "), repeat(int(mask)), strict=False))
    return Gazetteer(words)
