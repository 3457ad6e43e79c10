"""Splits prose into tokens in time linear in its length, and keeps every character.

spaCy's own tokenizer is super-linear on runs of punctuation; this one is one pass of a bounded pattern. Line breaks
are tokens, since addresses and signatures are built from them. URLs, e-mail addresses, handles and hashtags are
single tokens. Scripts written without spaces are split into characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u065f\u0900-\u0dff\u200c\u200d"
CHARACTER = "\0"  # begins the form of a character of an unspaced script
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = rf"(?:[^\W{_UNSPACED}]|(?!\w)[{_MARKS}])"  # no character fits both: else long words take exponential time
TOKEN = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"']{{1,500}}"
    rf"|[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+"
    rf"|[@#]\w+"
    rf"|\d+(?:[.,:/-]\d+)*(?!\w)"
    rf"|{_WORD}+?(?=['’][sS](?!\w))"
    rf"|['’][sS](?!\w)"
    rf"|{_WORD}++(?:['’]{_WORD}++)*+"
    rf"|\n[^\S\n]*|[^\S\n]+"
    rf"|."
)


def split(text: str) -> list[tuple[int, int]]:
    """Return the spans of the tokens that are not a plain blank, in order."""
    return [span for match in TOKEN.finditer(text) if text[(span := match.span())[0] : span[1]] != " "]


def forms(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    """Return what the network sees of each token: the token, or a character of an unspaced script amid its neighbours.

    Such a form is ``CHARACTER`` and five characters, of which the token is the middle one.
    """
    if _ANY_UNSPACED.search(text) is None:
        return [text[start:end] for start, end in spans]
    padded = "\n\n" + text + "\n\n"
    return [
        CHARACTER + padded[start : start + 5]
        if end - start == 1 and _ANY_UNSPACED.match(text, start)
        else text[start:end]
        for start, end in spans
    ]
