"""The trigger of base64 fits every run that the decoder would read, and few that it would not."""

from __future__ import annotations

import base64
import gzip
import random
import re
import zlib

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from maskgate_detectors.text import base64trigger, layers

TRIGGER = re.compile(base64trigger.pattern())
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\t\n\r"), min_size=10)


@given(TEXTS, st.booleans(), st.sampled_from(["", "=", "key: ", "data:text/plain;base64,", '"']))
def test_every_encoded_text_fits(text: str, url: bool, before: str) -> None:
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    run = encode(text.encode()).decode()
    assert TRIGGER.search(before + run), run


@given(st.binary(min_size=10, max_size=60), st.sampled_from(["", " "]))
def test_what_does_not_fit_is_not_decoded(data: bytes, before: str) -> None:
    text = before + base64.b64encode(data).decode()
    if not TRIGGER.search(text):
        assert list(layers.base64_runs(text, 1 << 20, lambda: None)) == []


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda data: zlib.compress(data, 0)])
def test_packed_texts_fit(pack) -> None:
    assert TRIGGER.search(base64.b64encode(pack(b"jane.doe@example.org")).decode())


def test_random_tokens_seldom_fit() -> None:
    chance = random.Random(5)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    tokens = ["".join(chance.choices(alphabet, k=22)) for _ in range(5000)]
    assert sum(bool(TRIGGER.search(token)) for token in tokens) < 250


def test_it_is_a_pattern_of_linear_time_engines() -> None:
    assert re2.compile(base64trigger.pattern()).search(base64.b64encode("Bjørn Åsgård".encode()).decode())
