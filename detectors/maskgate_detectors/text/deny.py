"""Deny lists, also of hundreds of thousands of values: every value is asked for by its longest word.

A text is cut into words; a word that belongs to no value costs one look into a set. Only where one does, the values
it belongs to are compared with what stands around it, at most once for each place of the word in a value and length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from maskgate_detectors.model.config import DenyList
from maskgate_detectors.text.detect import Hit

# Scripts that write no spaces: each character is a word, and a value may stand anywhere in a run of them.
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_DENSE}]|[^\W_{_DENSE}]+")
_IS_DENSE = re.compile(f"[{_DENSE}]").match
_PLAIN = bytes(code if chr(code).isalnum() else 32 for code in range(128)).lower() + b" " * 128


def lowered(text: str) -> str:
    """``text`` in lower case, of the same length: a letter whose lower case is longer stays as it is."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


class DenyIndex:
    """The values of all deny lists of an engine, as whole words in any case."""

    def __init__(self, lists: Sequence[DenyList]) -> None:
        self._lists = tuple(lists)
        self._values: dict[str, int] = {}  # value → the first list that names it
        self._places: dict[str, tuple[tuple[int, int], ...]] = {}  # word → where it begins in a value, how long that is
        self._odd: dict[str, int] = {}  # values without any word: signs only
        known: dict[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]] = {}  # equal places are kept once
        for at, listed in enumerate(self._lists):
            for value in listed.values:
                lower = lowered(value.strip())
                if not lower or lower in self._values or lower in self._odd:
                    continue
                longest = max(_WORD.finditer(lower), key=lambda match: match.end() - match.start(), default=None)
                if longest is None:
                    self._odd[lower] = at
                    continue
                self._values[lower] = at
                places = self._places.get(longest[0], ())
                place = (longest.start(), len(lower))
                if place not in places:
                    places = tuple(sorted((*places, place), key=lambda item: -item[1]))
                    self._places[longest[0]] = known.setdefault(places, places)
        self._words = self._places.keys()

    def __bool__(self) -> bool:
        return bool(self._values or self._odd)

    def hits(self, text: str) -> list[Hit]:
        """Every value that stands in ``text`` as whole words."""
        lower = lowered(text)
        hits = []
        for value, (start, end) in self._found(lower):
            listed = self._lists[self._values[value]]
            hits.append(Hit(start, end, listed.entity, listed.score, f"deny-{listed.id}"))
        for value, at in self._odd.items():
            start = lower.find(value)
            while start >= 0:
                listed = self._lists[at]
                hits.append(Hit(start, start + len(value), listed.entity, listed.score, f"deny-{listed.id}"))
                start = lower.find(value, start + len(value))
        return hits

    def may_stand_in(self, raw: bytes) -> bool:
        """Whether some value may stand in the spelling of a JSON record; false only where none stands in it plainly.

        What escapes, encodings and look-alike characters hide is not seen here.
        """
        if raw.isascii():
            if not self._odd and self._words.isdisjoint(raw.translate(_PLAIN).decode("ascii").split()):
                return False
            text = raw.decode("ascii").lower()
        else:
            text = lowered(raw.decode("utf-8", "replace"))
        if any(value in text for value in self._odd):
            return True
        if b"\\" in raw:  # an escape may stand within the value
            return not self._words.isdisjoint(_WORD.findall(text))
        return next(self._found(text), None) is not None

    def _found(self, lower: str) -> Iterator[tuple[str, tuple[int, int]]]:
        values, places = self._values, self._places
        for match in _WORD.finditer(lower):
            for offset, size in places.get(match[0], ()):
                start = match.start() - offset
                end = start + size
                if start >= 0 and end <= len(lower) and lower[start:end] in values and _stands_alone(lower, start, end):
                    yield lower[start:end], (start, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """No letter or digit goes on at either edge, but in scripts that write no spaces."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    if before and not _IS_DENSE(text[start - 1]) and not _IS_DENSE(text[start]):
        return False
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not after or bool(_IS_DENSE(text[end]) or _IS_DENSE(text[end - 1]))
