"""Whether a text is written like the name of a person and its words stand in the lists of names.

Under a key that does not say whose name it holds, ``Full Access Key`` and ``Anna Schmidt`` look alike: only the lists
tell them apart. They are those of the packed model, in a form of a few megabytes, and are read at the first question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from maskgate_detectors.freetext.gazetteer import WordClass, load, without_accents
from maskgate_detectors.model.registry import PREPARING
from maskgate_detectors.models import path

_NAMES = WordClass.FIRST | WordClass.LAST
_PLACES = WordClass.CITY | WordClass.REGION | WordClass.PLACE_PART
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?")
_NAME = re.compile(r"[^\W\d_][\w'’.-]*,?(?:[ \xa0][^\W\d_][\w'’.-]*,?){1,4}")
_LINKS = frozenset(
    "van von der den de del della di da dos du la le el al bin ibn ben abu zu zur ter ten y e i und and st".split()
)


@cache
def _words() -> Callable[[str], int | None]:
    with PREPARING.measured():
        return load(path() / "ner").exact


def _classes(word: str) -> int:
    """Return the classes of a word that somebody is called, ``COMMON`` for another word of the dictionary, else 0."""
    lower = word.lower().strip(".")
    for form in (lower,) if lower.isascii() else (lower, without_accents(lower)):
        if (found := _words()(form) or 0) & _NAMES:
            return found
        if found & WordClass.COMMON:
            return WordClass.COMMON
    return 0


def read_lists() -> None:
    """Read the lists now, so that forks share them."""
    _words()


def is_given_name(word: str) -> bool:
    """A first name that is nothing else: no word of a dictionary, no place."""
    classes = _classes(word)
    return bool(classes & WordClass.FIRST) and not classes & (WordClass.COMMON | _PLACES)


def is_name_alone(word: str) -> bool:
    """A first name or a surname that is nothing else."""
    classes = _classes(word)
    return bool(classes & _NAMES) and not classes & (WordClass.COMMON | _PLACES | WordClass.ORGANIZATION)


def is_dictionary_word(word: str) -> bool:
    """A word of a dictionary that nobody is called."""
    return _classes(word) == WordClass.COMMON


def is_full_name(text: str) -> bool:
    """Two words or more, written as a name is, with a first name before or a surname behind that is no other word."""
    text = text.replace("+", " ").replace("%20", " ")  # as forms write it
    if _NAME.fullmatch(text) is None:
        return False
    words = [word.strip(".") for word in _WORD.findall(text) if word.lower() not in _LINKS]
    if len(words) < 2 or not any(len(word) > 1 for word in words):
        return False
    if text.partition(",")[1]:
        words = words[1:] + words[:1]
    first, last = (_classes(word) for word in (words[0], words[-1]))
    if len(words[0]) == 1:
        return bool(last & WordClass.LAST) and not last & WordClass.COMMON
    if not all(word[0].isupper() for word in words):
        return bool(first & WordClass.FIRST and last & WordClass.LAST and not (first | last) & WordClass.COMMON)
    if first & WordClass.FIRST:
        if first & WordClass.COMMON:  # John, Bob: the other one must be a name, too
            return bool(last & _NAMES)
        return not last & WordClass.COMMON or bool(last & _NAMES)
    return bool(last & WordClass.LAST and not (first | last) & (WordClass.COMMON | _PLACES))


_ROLES = frozenset(
    "admin admins administrator administrators user users username owner owners operator operators developer "
    "developers role roles service services system account accounts team teams group groups policy bot bots robot "
    "runner root guest guests member members manager maintainers reviewers everyone nobody anonymous default function "
    "lambda cluster repo attacker victim tester name company companies customer organization organisation "
    "tenant".split()
)
_STAGES = frozenset(
    "dev devs prod qa uat stage staging sec ops infra web api app net sys db ci cd my all no non to of".split()
)
_LONGEST_ACCOUNT = 100  # characters
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")


def is_of_a_role(text: str) -> bool:
    """Words that say what somebody or something does, and nobody's name among them: ``workspace-admin``, ``AdminRole``.

    ``jdoe-admin`` has a piece that no dictionary knows.
    """
    pieces = _PIECE.findall(text)
    if (
        not pieces
        or len(text) > _LONGEST_ACCOUNT
        or any(map(str.isdigit, text))
        or _ROLES.isdisjoint(piece.lower() for piece in pieces)
    ):
        return False
    return all(
        piece.lower() in _ROLES
        or piece.lower() in _STAGES
        or (len(piece) > 2 and is_dictionary_word(piece))
        or piece.isupper()
        for piece in pieces
    )


def is_of_words(text: str) -> bool:
    """A word of a dictionary in small letters, or several in one: ``web-flow``, ``MakeStuffPublic``.

    Nobody is called by any of them; what is written with blanks is not judged.
    """
    pieces = _PIECE.findall(text) if len(text) <= _LONGEST_ACCOUNT and not any(map(str.isspace, text)) else ()
    if not pieces or any(map(str.isdigit, text)) or not any(len(piece) > 2 for piece in pieces):
        return False
    if len(pieces) == 1 and not text.islower():
        return False
    return all(
        piece.lower() in _STAGES or piece.lower() in _ROLES or (len(piece) > 2 and is_dictionary_word(piece))
        for piece in pieces
    )
