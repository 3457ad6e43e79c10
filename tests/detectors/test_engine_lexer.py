"""The lexer accepts strict JSON only and gives every leaf with its exact bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskgate_detectors.reader.lexer import CONTAINER, LITERAL, NUMBER, STRING, LexError, check_utf8, decode, lex
from maskgate_detectors.reader.lexer import decode_with_map as mapped

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def pointers(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """(pointer, scalar) of every scalar in ``value``."""
    if isinstance(value, dict):
        escaped = ((key.replace("~", "~0").replace("/", "~1"), inner) for key, inner in value.items())
        return [pair for key, inner in escaped for pair in pointers(inner, f"{path}/{key}")]
    if isinstance(value, list):
        return [pair for at, inner in enumerate(value) for pair in pointers(inner, f"{path}/{at}")]
    return [(path, value)]


@given(documents, st.booleans(), st.sampled_from((None, 1)))
@settings(max_examples=300, deadline=None)
def test_leaves_equal_those_of_a_parser(document: Any, ascii_only: bool, indent: int | None) -> None:
    """Paths, order and values are those that the json module reads."""
    data = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()
    leaves, duplicate = lex(data)
    read = []
    for leaf in leaves:
        raw = data[leaf.start : leaf.end]
        if leaf.kind == STRING:
            assert data[leaf.start - 1 : leaf.start] == data[leaf.end : leaf.end + 1] == b'"'
            read.append((leaf.path, decode(raw)))
        elif leaf.kind in (NUMBER, LITERAL):
            read.append((leaf.path, json.loads(raw)))
    assert read == pointers(document)
    assert not duplicate


@given(st.binary(max_size=40) | st.text('{}[]",:0123456789.eE+-truefalsn \\u', max_size=25).map(str.encode))
@settings(max_examples=2000, deadline=None)
def test_accepts_exactly_what_is_json(data: bytes) -> None:
    """A text passes if and only if a strict parser takes it (its constants NaN and Infinity left out)."""

    def refuse(_: str) -> Any:
        raise ValueError

    try:
        json.loads(data.decode("utf-8"), parse_constant=refuse)
        valid = True
    except (ValueError, RecursionError):
        valid = False
    try:
        check_utf8(data)
        lex(data)
        passed = True
    except LexError:
        passed = False
    assert passed == valid


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"NaN", "not_json"), (b"[Infinity]", "not_json"), (b"\xef\xbb\xbf1", "not_json"), (b'"\x01"', "not_json"),
        (b'"\xff"', "not_utf8"), (b'"\xed\xa0\x80"', "not_utf8"), (b"[" * 201 + b"]" * 201, "too_deep"),
        (b"[" + b"0," * 100_000 + b"0]", "too_many_nodes"), (b"", "not_json"), (b"{} {}", "not_json"),
        (b'{"' + b"k" * 500_000 + b'":[' + b"0," * 50_000 + b"0]}", "too_many_nodes"),
    ],
    ids=["NaN", "Infinity", "BOM", "control character", "bad UTF-8", "encoded surrogate", "too deep", "too many",
         "nothing", "two documents", "a long key above many elements"],
)  # fmt: skip
def test_refuses_with_a_code(data: bytes, code: str) -> None:
    """What is not strict JSON, or over a limit, is refused with its code and without its bytes."""
    with pytest.raises(LexError) as caught:
        check_utf8(data)
        lex(data)
    assert caught.value.code == code
    assert "k" * 20 not in caught.value.detail


def test_passes_numbers_of_any_size_and_lone_surrogate_escapes() -> None:
    """5,000 digits, 2^64 and ``\\ud800`` are JSON; the lone surrogate reads as U+FFFD."""
    data = b'{"a":' + b"1" * 5000 + b',"b":18446744073709551616,"c":"x\\ud800y\\ud83d\\ude00"}'
    leaves, _ = lex(data)
    assert [leaf.end - leaf.start for leaf in leaves[:2]] == [5000, 20]
    assert decode(data[leaves[2].start : leaves[2].end]) == "x\ufffdy\U0001f600"


def test_reports_duplicate_keys_also_when_spelled_differently() -> None:
    """``a`` and ``\\u0061`` are one key; both members are leaves."""
    leaves, duplicate = lex(b'{"a":1,"\\u0061":2,"b":{"a":3}}')
    assert duplicate
    assert [leaf.path for leaf in leaves if leaf.kind != CONTAINER] == ["/a", "/a", "/b/a"]
    assert not lex(b'[{"a":1},{"a":2}]')[1]


@given(st.text(max_size=30).map(lambda text: json.dumps(text)[1:-1]))
def test_offsets_of_a_decoded_string_lead_back(raw: str) -> None:
    """Each character of the decoded string stands for a slice that decodes to it."""
    text, starts = mapped(raw)
    assert text == decode(raw.encode())
    for at, char in enumerate(text):
        assert decode(raw[starts[at] : starts[at + 1]].encode()) == char
