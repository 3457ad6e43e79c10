"""Words of keys and of context: lists of them written compactly, and the form in which they are compared."""

from __future__ import annotations

import unicodedata

_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th"})


def words(*lines: str) -> tuple[str, ...]:
    """The comma-separated entries of all lines, in order, each once."""
    return tuple(dict.fromkeys(entry.strip() for line in lines for entry in line.split(",") if entry.strip()))


# The value of a field whose key says that it is an official number: letters and digits in groups, at least six of them,
# one of them a digit; masked digits (*, X) count.
ID_VALUE = r"(?:\p{L}{1,8}[ ./-]?){0,2}[\d*X](?:[ ./()+-]{0,2}[\p{L}\d*]){5,29}\)?"

TYPE_WORDS = frozenset(  # what stands for a value in a signature, a schema or a help text
    "string number str int optional required boolean none null undefined any all".split()
)


def normalise(word: str) -> str:
    """Lower case without diacritics: ``Prénom`` is ``prenom``, ``Straße`` is ``strasse``."""
    word = word.lower()
    if word.isascii():
        return word
    word = unicodedata.normalize("NFKD", word.translate(_SPECIAL))
    return "".join(char for char in word if not unicodedata.combining(char))
