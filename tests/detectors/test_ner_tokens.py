"""The tokenizer of the free-text model keeps every character and is linear in the length of the text."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from maskgate_detectors.models.component import ProseTokenizer
from maskgate_detectors.models.tokens import split


@given(st.text(max_size=200))
def test_the_document_keeps_every_character(text: str) -> None:
    """The text of the document is the text that was given."""
    assert ProseTokenizer(Vocab())(text).text == text


@given(st.text(max_size=200))
def test_tokens_cover_all_but_plain_blanks(text: str) -> None:
    """What no token covers is a plain blank."""
    spans = split(text)
    covered = {i for s, e in spans for i in range(s, e)}
    assert all(c == " " for i, c in enumerate(text) if i not in covered)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Anna's car", ["Anna", "'s", "car"]),
        ("O'Brien lives", ["O'Brien", "lives"]),
        ("mail a.b@example.org now", ["mail", "a.b@example.org", "now"]),
        ("RT @joe: #Paris", ["RT", "@joe", ":", "#Paris"]),
        ("12.05.2024 at 9:30", ["12.05.2024", "at", "9:30"]),
        ("Main St\nBerlin", ["Main", "St", "\n", "Berlin"]),
        ("田中 太郎", ["田", "中", "太", "郎"]),
    ],
    ids=["possessive", "apostrophe in a name", "e-mail address", "post", "date and time", "line break", "no blanks"],
)
def test_splits_as_the_model_was_trained(text: str, tokens: list[str]) -> None:
    """Tokens are words, numbers, addresses and line breaks."""
    assert [text[s:e] for s, e in split(text)] == tokens


@pytest.mark.parametrize("unit", ["(", "a.", "a@", "'s", "a'", "http://", "1.", "\n ", "@#", "क", "क्", "अ॑व"])
def test_is_linear_on_hostile_runs(unit: str) -> None:
    """A hostile run ten times as long takes about ten times as long, not a hundred."""

    def spent(length: int) -> float:
        text = (unit * length)[:length]
        start = time.process_time()
        split(text)
        return time.process_time() - start

    spent(1000)
    assert spent(200_000) < 40 * max(spent(20_000), 0.002)
