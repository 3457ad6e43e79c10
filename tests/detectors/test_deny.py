"""Deny lists: found wherever a value stands, in every spelling, at any size."""

from __future__ import annotations

import base64
import json
import random
import string
import time
from typing import Any

import pytest

from maskgate_detectors import DenyList, Engine, EngineConfig, Rule
from maskgate_detectors.engine.reference import Reference
from maskgate_detectors.text.deny import DenyIndex

STAFF = DenyList("staff", "PERSON", ("Zork", "Zork Blip", "O'Neil", "4711007", "#falcon", "Straße 9", "山田太郎"))
CONFIG = EngineConfig(model="none", deny=(STAFF,), time_budget_s=100.0)


def found(text: str, *values: str) -> list[str]:
    """The parts of ``text`` that a list of these values finds."""
    hits = DenyIndex([DenyList("l", "X", values)]).hits(text)
    return [text[hit.start : hit.end] for hit in hits]


@pytest.mark.parametrize(
    ("text", "values", "parts"),
    [
        ("Ask ZORK, not zorks or azork", ("Zork",), ["ZORK"]),
        ("old zork blip", ("zork blip", "old zork"), ["zork blip", "old zork"]),
        ("zork  blip", ("zork blip",), []),
        ("x#falcon #falcons #FALCON", ("#falcon",), ["#falcon", "#FALCON"]),
        ("C++ or C++11", ("c++",), ["C++", "C++"]),
        ("★★ and ★", ("★★",), ["★★"]),
        ("今日は山田太郎さんと", ("山田太郎",), ["山田太郎"]),
        ("İzmir izmir", ("izmir",), ["izmir"]),
        ("STRASSE straße", ("Straße",), ["straße"]),
        ("a_zork_b", ("zork",), ["zork"]),
        ("1 zork 1", ("1", "zork 1"), ["1", "zork 1", "1"]),
        ("nothing", (" ", ""), []),
    ],
    ids=[
        "whole words in any case", "two that overlap", "other white space", "a sign before", "signs after",
        "signs alone", "no spaces between words", "a letter whose lower case is longer", "sharp s", "underscores",
        "a number in two values", "blank values",
    ],
)  # fmt: skip
def test_values_are_found_as_whole_words(text: str, values: tuple[str, ...], parts: list[str]) -> None:
    """Case does not count; a value is found where no letter or digit goes on beside it."""
    assert found(text, *values) == parts


def spellings() -> list[bytes]:
    """Records with values of the list, plain and hidden, among records of the same layout without."""
    wrapped = base64.b64encode(b"please ask Zork Blip about it").decode()
    records = [
        '{"code": "Zork", "n": 1, "order_id": 1}',
        '{"code": "blip", "n": 4711007, "order_id": 2}',
        '{"code": "blip", "n": 3, "order_id": 4711007}',
        '{"a": "Zo\\u0072k blip", "b": "x"}',
        '{"a": "z\u200bork", "b": "x"}',
        '{"a": "q=zork%20blip", "b": "x"}',
        '{"a": "&#122;ork", "b": "x"}',
        json.dumps({"a": wrapped, "b": "x"}),
        json.dumps({"a": json.dumps({"who": ["Zork", "O'Neil"]}), "b": "x"}),
        '{"email": "zork@example.org", "name": "Zork Blip"}',
        '{"Zork": 1, "b": {"4711007": "x"}}',
        '{"t": "山田太郎さん, straße 9 #falcon"}',
    ]
    plain = ['{"code": "blip", "n": 5, "order_id": 6}', '{"a": "x", "b": "y"}', '{"Blip": 1, "b": {"1": "x"}}']
    return [record.encode() for pair in zip(records, plain * 4, strict=True) for record in pair]


@pytest.mark.slow
@pytest.mark.parametrize("prefilter", ["auto", "re2"])
def test_equals_the_reference(prefilter: Any) -> None:
    """The same findings as the plain engine, first seen and again; each spelling is found."""
    engine = Engine(EngineConfig(**{name: getattr(CONFIG, name) for name in ("model", "deny")}, prefilter=prefilter))
    oracle = Reference(CONFIG)
    records = spellings()
    expected = [oracle.scan(record) for record in records]
    assert all(any(f.detector == "deny-staff" for f in scan.findings) for scan in expected[::2])
    for _ in range(8):
        assert engine.batch(records) == expected


def test_with_no_rules_at_all() -> None:
    """An engine of nothing but a list finds its values, also behind an escape."""
    engine = Engine(EngineConfig(model="none", rules=(), deny=(STAFF,)))
    records = [b'{"a": "x"}', b'{"a": "Zo\\u0072k"}']
    for _ in range(8):
        assert [len(scan.findings) for scan in engine.batch(records)] == [0, 1]


def test_bad_records_keep_their_place_and_their_code() -> None:
    """A record with a listed value that cannot be read, or on which a rule raises, fails alone."""

    def broken(_: str) -> bool:
        raise RuntimeError

    rule = Rule("broken", "X", "", r"[a-z]{3}-\d{3}", triggers=(r"[a-z]{3}-\d",), validate=broken)
    engine = Engine(EngineConfig(model="none", rules=(rule,), deny=(STAFF,), max_depth=4))
    records = [b'{"a": "zork"', b'{"a": "zork abc-777"}', b'"\xff zork"', b'[[[[["zork"]]]]]', b'"zork"', b'"x"']
    scans = engine.batch(records)
    assert [scan.error for scan in scans] == ["not_json", "detector_failed", "not_utf8", "too_deep", None, None]
    assert scans[1].detail == "rule broken"
    assert [len(scan.findings) for scan in scans] == [0, 0, 0, 0, 1, 0]


def test_a_model_that_fails_refuses_listed_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record with a listed value and prose does not pass without its model."""
    engine = Engine(EngineConfig(model="default", rules=(), deny=(STAFF,)))

    def broken(*_: Any) -> Any:
        raise RuntimeError("secret text")

    monkeypatch.setattr(engine.ner, "find", broken)
    prose, word = engine.batch([b'{"note": "Yesterday Zork Blip went to Lisbon."}', b'{"note": "Zork"}'])
    assert (prose.error, prose.detail) == ("detector_failed", "model: RuntimeError")
    assert [f.detector for f in word.findings] == ["deny-staff"]


def test_a_list_of_two_hundred_thousand() -> None:
    """It is made in seconds, and text of a megabyte made of its words stays quick."""
    source = random.Random(5)
    words = ["".join(source.choices(string.ascii_lowercase, k=source.randint(3, 9))) for _ in range(40_000)]
    values = tuple({f"{source.choice(words)} {source.choice(words)}" for _ in range(200_000)})
    begun = time.process_time()
    index = DenyIndex([DenyList("big", "PERSON", values)])
    made = time.process_time() - begun
    text = " ".join(source.choices(words, k=150_000))
    begun = time.process_time()
    hits = index.hits(text + " " + values[0])
    looked = time.process_time() - begun
    assert (hits[-1].start, hits[-1].end) == (len(text) + 1, len(text) + 1 + len(values[0]))
    assert made < 5
    assert looked < 5


def test_one_word_in_many_values_stays_linear() -> None:
    """A word that stands in thousands of values costs one look per length, not per value."""
    index = DenyIndex([DenyList("l", "X", tuple(f"maria {number}" for number in range(50_000)))])
    text = "maria " * 100_000
    begun = time.process_time()
    assert index.hits(text) == []
    assert time.process_time() - begun < 3
