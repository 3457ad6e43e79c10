"""Turns a word into rows of the embedding tables: its norm, beginnings, endings, shape and gazetteer classes.

Everything here depends on the word alone, so the network caches one vector per word.
"""

from __future__ import annotations

import re
from zlib import crc32

from maskgate_detectors.freetext.gazetteer import CLASSES, Gazetteer, WordClass
from maskgate_detectors.models.tokens import CHARACTER

NORM_SLOTS = 2
PREFIX_SLOTS = 3
SUFFIX_SLOTS = 4
KIND_SLOTS = 3 + CLASSES + 4
KIND_ROWS = 4096
SLOTS = NORM_SLOTS + PREFIX_SLOTS + SUFFIX_SLOTS + KIND_SLOTS
MAX_WORD = 40  # longer words are looked at by their ends only, and never cached

_SHAPES = re.compile(r"(\d)\d+|([^\W\d_])[^\W\d_]+")


class Features:
    """Maps words to feature rows for tables of the given sizes."""

    def __init__(self, gazetteer: Gazetteer, norm_rows: int, affix_rows: int) -> None:
        self.gazetteer = gazetteer
        self.norm_rows = norm_rows
        self.affix_rows = affix_rows

    def rows(self, word: str, *, mask: int | None = None) -> tuple[int, ...]:
        """Return ``SLOTS`` row numbers; 0 is the empty row. ``mask`` replaces the gazetteer's answer."""
        if word[0] == CHARACTER:
            return self._character_rows(word[1:].lower(), mask)
        lower = word.lower()
        norm = _norm(lower)
        h = crc32(norm.encode())
        n, a = self.norm_rows - 1, self.affix_rows - 1
        classes = self.gazetteer.classes(lower) if mask is None else mask
        out = [1 + h % n, 1 + (h * 0x9E3779B1 >> 7) % n]
        length = len(norm)
        out += [1 + crc32(norm[:k].encode(), k) % a if length > k else 0 for k in (2, 3, 4)]
        out += [1 + crc32(norm[-k:].encode(), k) % a if length > k else 0 for k in (1, 2, 3, 4)]
        out += [_shape_row(word), 700 + min(length, 30), 740 + min(classes & 127, 127)]
        out += [1000 + bit if classes >> bit & 1 else 0 for bit in range(CLASSES)]
        out += self._stem_rows(lower, mask)
        return tuple(out)

    def _stem_rows(self, lower: str, mask: int | None) -> list[int]:
        """Return the rows of what is known of the word without its ending: "berlins", "zagrebu", "bratislave"."""
        if len(lower) < _SHORTEST_INFLECTED or not lower.isalpha():
            return [0, 0, 0, 0]
        rows = []
        for place, stem in enumerate((lower[:-1], lower[:-1] + "a", lower[:-2], lower[:-2] + "a")):
            group = _group(self.gazetteer.classes(stem), mask)
            rows.append(1010 + 16 * place + group if group else 0)
        return rows

    def known(self, form: str) -> int:
        """Return the gazetteer's classes of a form; of a character those of the known words that it may be part of."""
        if form[0] != CHARACTER:
            return self.gazetteer.classes(form)
        around, classes = form[1:], 0
        for start, end in _AROUND:
            classes |= self.gazetteer.classes(around[start:end])
        return classes

    def _character_rows(self, around: str, mask: int | None) -> tuple[int, ...]:
        """Return the rows of the third of five characters: itself, and the pairs and triples that it is part of."""
        around = "".join("0" if c.isdigit() else c for c in around)
        n, a = self.norm_rows - 1, self.affix_rows - 1
        char = around[2]
        out = [1 + crc32(char.encode(), 77) % n, 1 + crc32(around[1:4].encode(), 78) % n]
        out += [1 + crc32(around[s:e].encode(), 80 + s * 8 + e) % a for s, e in ((1, 3), (0, 3), (0, 2))]
        out += [1 + crc32(around[s:e].encode(), 80 + s * 8 + e) % a for s, e in ((2, 4), (2, 5), (3, 5), (1, 4))]
        classes = self.known(CHARACTER + around) if mask is None else mask
        kinds = "".join(map(_kind, around))
        out += [1100 + crc32(kinds.encode()) % 2900, 771, 740 + min(classes & 127, 127) if classes else 772]
        out += [1000 + bit if classes >> bit & 1 else 0 for bit in range(CLASSES)]
        for place, within in enumerate(_PLACES):  # alone, at the beginning, at the end and inside of a known word
            found = 0
            for start, end in within:
                found |= self.gazetteer.classes(around[start:end])
            group = _group(found, mask)
            out.append(870 + 16 * place + group if group else 0)
        return tuple(out)


_SHORTEST_INFLECTED = 5
_PLACES = (
    ((2, 3),),
    ((2, 4), (2, 5)),
    ((1, 3), (0, 3)),
    ((1, 4), (0, 4), (1, 5), (0, 5)),
)
_GROUPS = (
    WordClass.FIRST | WordClass.LAST,
    WordClass.CITY | WordClass.PLACE_PART | WordClass.REGION | WordClass.STREET,
    WordClass.COMMON,
    WordClass.TITLE | WordClass.ORGANIZATION | WordClass.CALENDAR,
)


def _group(classes: int, mask: int | None) -> int:
    """Return four bits for a word's classes: person, place, dictionary, title; names hide behind a mask."""
    bits = sum(1 << i for i, group in enumerate(_GROUPS) if classes & group)
    return bits if mask is None else bits & 12


_AROUND = ((1, 3), (2, 4), (0, 3), (1, 4), (2, 5))


def _kind(char: str) -> str:
    """Return a letter for what a character is: kana, ideographs, Hangul, other letters, digits, blanks, marks."""
    if char.isspace():
        return "_"
    if char.isdigit():
        return "0"
    if not char.isalpha():
        return char
    code = ord(char)
    if code < 0x3040:
        return "a" if code < 0xE00 else "t"
    return "h" if code < 0x30A0 else "k" if code < 0x3100 else "c" if code < 0xAC00 else "g"


def _norm(lower: str) -> str:
    if len(lower) > MAX_WORD:
        lower = lower[:8] + "…" + lower[-8:]
    if lower.isalpha():
        return lower
    if lower.startswith(("http://", "https://", "www.")):
        return "<url>"
    if "@" in lower[1:]:
        return "<mail>"
    if lower[0] in "@#" and len(lower) > 1:
        return lower[0] + "…" + lower[-3:]
    return "".join("0" if c.isdigit() else c for c in lower)


def _shape_row(word: str) -> int:
    """Return the row of the word's shape: scripts and cases, with runs shortened."""
    head = word[:MAX_WORD]
    if head.isalpha():
        case = 1 if head.islower() else 2 if head.isupper() else 3 if head[1:].islower() else 4
        return 1 + case * 16 + _script(head[0]) + (8 if len(head) == 1 else 0)
    shape = "".join("0" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in head)
    return 100 + crc32(_SHAPES.sub(lambda m: m[0][:2], shape).encode()) % 590


def _script(char: str) -> int:
    code = ord(char)
    if code < 0x250:
        return 0
    if code < 0x400:
        return 1
    if code < 0x590:
        return 2
    if code < 0x900:
        return 3
    if code < 0xE00:
        return 4
    return 5 if code < 0x2E80 else 6 if code < 0xAC00 else 7
