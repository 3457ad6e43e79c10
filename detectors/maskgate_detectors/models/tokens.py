"""Splits prose into tokens in time linear in its length, and keeps every character.

spaCy's own tokenizer is super-linear on runs of punctuation; this one is one pass of a bounded pattern. Line breaks
are tokens, since addresses and signatures are built from them. URLs, e-mail addresses, handles and hashtags are
single tokens. Scripts written without spaces are split into characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u065f\u0900-\u0dff\u200c\u200d"
CHARACTER = "\0"  # begins the form of a character of an unspaced script
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = rf"(?:[^\W{_UNSPACED}]|(?!\w)[{_MARKS}])"  # no character fits both: else long words take exponential time
_TOKEN = re.compile(
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
    return [span for match in _TOKEN.finditer(text) if text[(span := match.span())[0] : span[1]] != " "]


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


class ProseTokenizer:
    """spaCy tokenizer over :func:`split`; the text of the ``Doc`` is the text given, character for character."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for word in _TOKEN.findall(text):
            if word == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:
        """Yield one ``Doc`` per text."""
        for text in texts:
            yield self(text)

    def to_bytes(self, **_: Any) -> bytes:
        """Return nothing: the tokenizer has no state."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> ProseTokenizer:
        """Return the tokenizer itself: it has no state."""
        return self

    def to_disk(self, path: Path | str, **_: Any) -> None:
        """Write nothing: the tokenizer has no state."""

    def from_disk(self, path: Path | str, **_: Any) -> ProseTokenizer:
        """Return the tokenizer itself: it has no state."""
        return self


@registry.tokenizers("maskgate.prose.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Any:
    """Return the factory that spaCy's configuration names."""

    def create(nlp: Any) -> ProseTokenizer:
        return ProseTokenizer(nlp.vocab)

    return create
