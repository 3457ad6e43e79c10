"""Values inside encodings are found, and the span leads back to the encoded source."""

from __future__ import annotations

import base64
import functools
import gzip
import json
import urllib.parse

import pytest

from maskgate_detectors import Engine, EngineConfig, Rule

EMAIL = Rule(
    id="mail", entity="EMAIL_ADDRESS", label="",
    pattern=r"[A-Za-z0-9._]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z]{2,20}){1,3}",
    triggers=(r"[A-Za-z0-9._]@[A-Za-z0-9]",), score=1.0, keys=("email",), key_decides=True, key_pattern=r"\S+@\S+",
    key_score=1.0,
)  # fmt: skip
CARD = Rule(
    id="card", entity="CREDIT_CARD", label="", pattern=r"\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}",
    triggers=(r"\d{4}[ -]?\d{4}",), score=1.0, numbers=True,
)  # fmt: skip
NAME = Rule(
    id="name", entity="PERSON", label="", pattern="only by key", keys=("first name", "full name"), key_decides=True,
    key_pattern=r"[\p{L} .'-]{2,60}",
)  # fmt: skip
WORD = Rule(
    id="login", entity="SECRET", label="", pattern="only by key", keys=("password",), key_decides=True, key_score=0.95
)
MAIL = "anna.berg@example.org"


@functools.cache
def engine() -> Engine:
    """An engine with the rules above only."""
    return Engine(EngineConfig(model="none", rules=(EMAIL, CARD, NAME, WORD)))


def found(value: object, key: str = "data") -> list[tuple[str, str, tuple[str, ...]]]:
    """(entity, source text of the span, layers) of what stands in ``value``."""
    record = json.dumps({key: value}).encode()
    scan = engine().batch([record])[0]
    assert scan.error is None
    out = []
    for finding in scan.findings:
        text = json.loads(b'"' + record[finding.leaf_start : finding.leaf_end] + b'"')
        out.append((finding.entity, text[finding.start : finding.end], finding.layers))
    return out


def b64(text: str) -> str:
    """Base64 of the text."""
    return base64.b64encode(text.encode()).decode()


QUOTED = urllib.parse.quote(MAIL, safe="")
GZIPPED = base64.b64encode(gzip.compress(f'{{"m": "{MAIL}"}}'.encode())).decode()
NESTED = json.dumps({"email": MAIL})


@pytest.mark.parametrize(
    ("value", "source", "layers"),
    [
        (f"to {QUOTED} now", QUOTED, ("percent",)),
        ("to anna.berg&#64;example.org now", "anna.berg&#64;example.org", ("html",)),
        (f"id {b64(MAIL)} end", b64(MAIL), ("base64",)),
        (base64.urlsafe_b64encode(b"{'x': '" + MAIL.encode() + b"????'}").decode(), None, ("base64url",)),
        (GZIPPED, GZIPPED, ("base64", "gzip", "json")),
        (NESTED, MAIL, ("json",)),
        (json.dumps({"x": NESTED}), MAIL, ("json", "json")),
        ("log: anna.berg\\u0040example.org", "anna.berg\\u0040example.org", ("json",)),
        ("ａｎｎａ＠example.org", "ａｎｎａ＠example.org", ("fold",)),
        ("an\u200bna@exam\u00adple.org", "an\u200bna@exam\u00adple.org", ("fold",)),
        (b64(urllib.parse.quote(f"a {MAIL}", safe="")), None, ("base64", "percent")),
    ],
    ids=["percent", "html", "base64", "base64url", "gzip", "json", "json in json", "escape in a log line",
         "full width", "invisible characters", "percent in base64"],
)  # fmt: skip
def test_mail_is_found_in(value: str, source: str | None, layers: tuple[str, ...]) -> None:
    """An address is found through the encoding; without a position inside it the span is the whole run."""
    results = found(value)
    assert [entity for entity, _, _ in results] == ["EMAIL_ADDRESS"]
    _, text, seen = results[0]
    assert seen == layers
    assert text == (source if source is not None else value)


@pytest.mark.parametrize(
    "card",
    ["４１１１ １１１１ １１１１ １１１１", "4111\u00a01111\u00a01111\u00a01111", "٤١١١١١١١١١١١١١١١",
     "4111‐1111‐1111‐1111"],
    ids=["full width", "no-break spaces", "arabic digits", "hyphens"],
)  # fmt: skip
def test_card_is_found_as(card: str) -> None:
    """Look-alike digits and separators count as plain ones."""
    assert [(entity, text) for entity, text, _ in found(f"card {card} ok")] == [("CREDIT_CARD", card)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("login password=hunter2&x=1", "hunter2"), ("user 7 first_name: Maria Jose, tier 2", "Maria Jose"),
        ('dump {"firstName":"Bob"} end', "Bob"), ("first name=Åsa;", "Åsa"), ("[first_name => 'Li Na']", "Li Na"),
    ],
    ids=["query string", "log line", "json in a log line", "words as key", "php"],
)  # fmt: skip
def test_pairs_in_text(text: str, expected: str) -> None:
    """A telling key before ``=`` or ``:`` inside a text decides as a member's key does."""
    assert expected in [value for _, value, _ in found(text)]


@pytest.mark.parametrize("text", ["password = get_password()", "password: ${SECRET}", "the password=", "first_name=%s"])
def test_code_and_blanks_are_no_pairs(text: str) -> None:
    """A call, a template and nothing at all are no values."""
    assert found(text) == []


def test_keys_are_data_too() -> None:
    """A value that stands as a key is found there, with the path of the member."""
    scan = engine().batch([json.dumps({"who": {MAIL: 1}}).encode()])[0]
    assert [(f.path, f.where, f.kind) for f in scan.findings] == [(f"/who/{MAIL}", "key", "key")]


def test_numbers_are_looked_at_and_keep_their_text() -> None:
    """A card as a number is found, with offsets in its source text; a mere count is not."""
    scan = engine().batch([b'{"pan": 4111111111111111, "n": 41}'])[0]
    assert [(f.path, f.start, f.end, f.kind) for f in scan.findings] == [("/pan", 0, 16, "number")]


def test_our_tokens_and_labels_are_left_alone_but_no_look_alikes() -> None:
    """A token or label of ours is no finding; what merely begins like one is looked at."""
    token = "mg1.0a1b2c3d." + "A" * 30
    assert found(token, "password") == [] and found("<EMAIL_ADDRESS>", "email") == []
    assert found("mg1.4111111111111111") != [] and found(f"<{MAIL}>") != []


def test_bounds_hold() -> None:
    """Wrapping deeper than the bound and a bomb of gzip end without an error and without much time."""
    deep = MAIL
    for _ in range(30):
        deep = json.dumps({"x": deep}) if len(deep) < 20_000 else deep
    bomb = base64.b64encode(gzip.compress(b"0" * 50_000_000)).decode()
    for value in (deep, bomb):
        assert engine().batch([json.dumps({"v": value}).encode()])[0].error is None
