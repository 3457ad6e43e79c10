"""What the network is told of a word: its parts as far as the lists know them, hidden where training hides them."""

from __future__ import annotations

import pytest

from maskgate_detectors.freetext.gazetteer import Gazetteer, WordClass
from maskgate_detectors.models.features import SLOTS, Features
from maskgate_detectors.models.tokens import forms, split

CLASSES = {
    WordClass.CITY: ("berlin", "bratislava", "北京", "莫斯科"),
    WordClass.LAST: ("novak", "佐藤", "王"),
    WordClass.COMMON: ("table", "学校"),
}
WORDS = Gazetteer({word: int(kind) for kind, words in CLASSES.items() for word in words})
FEATURES = Features(WORDS, 1000, 1000)


def known(word: str, *, mask: int | None = None) -> list[int]:
    """The rows of the last four slots that say something."""
    rows = FEATURES.rows(word, mask=mask)
    assert len(rows) == SLOTS
    return [row for row in rows[-4:] if row]


def of_characters(text: str) -> list[list[int]]:
    """The same for every character of a text."""
    return [known(form) for form in forms(text, split(text))]


@pytest.mark.parametrize(
    ("inflected", "stem"), [("Berlins", "berlin"), ("Bratislave", "bratislava"), ("Novakom", "novak")]
)
def test_an_inflected_name_is_known_by_its_stem(inflected: str, stem: str) -> None:
    """The genitive of a town is no word of the lists, yet the town is."""
    assert WORDS.classes(inflected) == 0 and WORDS.classes(stem)
    assert known(inflected)


def test_kinds_of_stems_differ() -> None:
    """A town, a person and a word of the dictionary say different things, and an unknown stem says nothing."""
    rows = [tuple(known(word)) for word in ("berlins", "novaks", "tables")]
    assert all(rows) and len(set(rows)) == 3
    assert known("gorbls") == []


def test_hidden_names_are_hidden_in_their_stems_and_characters_too() -> None:
    """What training hides of a name leaves no trace; what a dictionary knows stays."""
    assert known("Berlins", mask=0) == []
    assert known("tables", mask=64)
    form = forms("去北京看", split("去北京看"))[1]
    assert known(form) and known(form, mask=0) == []


def test_a_character_knows_its_place_in_a_known_word() -> None:
    """Beginning, middle and end of a word differ, and so does a surname of one character; neighbours say nothing."""
    nothing, begins, ends, after = of_characters("去北京看")
    assert nothing == after == []
    assert begins and ends and begins != ends
    first, middle, last = of_characters("莫斯科")
    assert first == begins and last == ends and middle and middle not in (first, last)
    assert of_characters("佐藤")[0] != begins  # a person's name, not a town's
    assert of_characters("王")[0]
