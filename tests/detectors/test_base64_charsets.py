"""Texts in other encodings than UTF-8 are read inside base64, and pictures and random tokens are not."""

from __future__ import annotations

import base64
import functools
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.text import base64trigger, layers

TRIGGER = re.compile(base64trigger.pattern())
MAIL = "anna.berg@example.org"
LONG = f"Åsa Öberg, {MAIL}, wohnt in der Straße mit dem langen Namen ganz am Ende"


@functools.cache
def _engine() -> Engine:
    return Engine(EngineConfig(model="none"))


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode], ids=["plain", "url"])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(MAIL.encode("utf-16-le"), id="UTF-16, little end first"),
        pytest.param(MAIL.encode("utf-16-be"), id="UTF-16, big end first"),
        pytest.param(b"\xff\xfe" + LONG.encode("utf-16-le"), id="with its mark, little end first"),
        pytest.param(b"\xfe\xff" + LONG.encode("utf-16-be"), id="with its mark, big end first"),
        pytest.param(f"Herr Jürgen Müller, {MAIL}".encode("latin-1"), id="Latin-1"),
        pytest.param(LONG.encode("latin-1"), id="Latin-1 from the first letter"),
        pytest.param(f"Адрес: {MAIL}, пишите только на этот адрес, другого адреса нет".encode("cp1251"), id="cp1251"),
    ],
)
def test_mail_is_found_in_other_encodings(data: bytes, encode: object) -> None:
    """What stands in base64 is found whatever the bytes of its letters are."""
    run = encode(data).decode()  # type: ignore[operator]
    for text in (run, f"see {run} for more"):
        scan = _engine().batch([b'{"data":"%s"}' % text.encode()])[0]
        assert any(f.entity == "EMAIL_ADDRESS" and "base64" in f.layers[0] for f in scan.findings), text


WESTERN = st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"])


@given(st.text(WESTERN, min_size=6), st.booleans())
def test_every_western_text_in_utf_16_fits_and_is_read(text: str, little: bool) -> None:
    """The trigger lets every such text through, and it is decoded to itself."""
    run = base64.b64encode(text.encode("utf-16-le" if little else "utf-16-be")).decode()
    assert TRIGGER.search(run)
    if run != run.lower() and run != run.upper():  # nearly all base64 of text has letters of both cases
        assert layers.has_base64(run.encode())
        assert [view.text for view in layers.base64_runs(run, 1 << 20, lambda: None)] == [text]


@given(st.binary(min_size=64, max_size=300))
def test_what_does_not_fit_is_not_decoded_however_long(data: bytes) -> None:
    """The trigger and the decoder agree on long runs as well."""
    text = base64.b64encode(data).decode()
    if not TRIGGER.search(text):
        assert list(layers.base64_runs(text, 1 << 20, lambda: None)) == []


@pytest.mark.parametrize("size", [16, 32, 64, 96, 150])
def test_random_bytes_are_seldom_a_text(size: int) -> None:
    """Keys, digests and signatures are left as they are."""
    chance = random.Random(size)
    runs = (base64.b64encode(chance.randbytes(size)).decode() for _ in range(2000))
    assert sum(bool(list(layers.base64_runs(run, 1 << 20, lambda: None))) for run in runs) <= 4
