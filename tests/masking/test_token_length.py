"""A token of a new key does not tell how long its text is, and a key made before goes on as it began."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskgate.base.errors import KeyringError
from maskgate.crypto.keyring import Keyring
from maskgate.operators.tokenize import Tokenize, open_token

NEW = Keyring.fresh()


def unpadded(ring: Keyring) -> Keyring:
    """The same keys, as a file of an earlier release has them."""
    tree = json.loads(ring.dump())
    for entry in tree["keys"]:
        entry.pop("pad", None)
    return Keyring.parse(json.dumps(tree), "earlier")


def test_texts_of_a_bucket_give_tokens_of_one_length() -> None:
    """Lengths 1 to 60 give at most three lengths; without the fill they give many."""
    mask, bare = Tokenize().bind("PERSON", NEW), Tokenize().bind("PERSON", unpadded(NEW))
    assert len({len(mask("x" * n, "")) for n in range(1, 61)}) <= 3
    assert len({len(bare("x" * n, "")) for n in range(1, 61)}) > 30


@given(st.text(), st.text())
def test_every_text_comes_back(text: str, other: str) -> None:
    """Whole and part, with and without fill; equal texts give equal tokens and others do not."""
    for ring in (NEW, unpadded(NEW)):
        mask = Tokenize().bind("PERSON", ring)
        assert open_token(mask(text, ""), ring) == ("PERSON", text)
        assert open_token(Tokenize().bind_part("PERSON", ring)(text, other), ring) == ("PERSON", text)
        assert (mask(text, "") == mask(other, "")) == (text == other)


def test_the_fill_belongs_to_the_key() -> None:
    """It is written with the key, kept when read, and a rotated key has it; a wrong one is refused."""
    again = Keyring.parse(NEW.dump(), "file")
    assert again.key("mask").pad == NEW.key("mask").pad == 32
    old = unpadded(NEW)
    assert old.key("mask").pad == 0
    assert old.rotate("mask").pad == 32
    with pytest.raises(KeyringError, match="pad"):
        Keyring.parse(NEW.dump().replace('"pad": 32', '"pad": -1'), "file")
