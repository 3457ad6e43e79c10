"""Spans, splices and dropped members."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskgate.base.document import Edit, byte_offsets, decode, drop_edits, escape, nodes, splice
from maskgate.base.errors import RecordError

TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from('"\\\n/é😀\u2028'), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(TEXT, st.booleans())
def test_escape_and_decode_are_inverse(text: str, ascii_only: bool) -> None:
    """A text comes back from its JSON spelling, ours or json's."""
    assert decode(escape(text)) == text
    assert decode(json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode()) == text
    assert json.loads(b'"' + escape(text) + b'"') == text


def test_lone_surrogates_survive() -> None:
    """A lone surrogate is written as an escape and read again."""
    assert escape("a\ud800b") == b"a\\ud800b"
    assert decode(b"a\\ud800b") == "a\ud800b"


@given(TEXT, st.data())
def test_byte_offsets_cut_where_the_text_is_cut(text: str, data: Any) -> None:
    """Bytes between two offsets decode to the text between the two code points, with and without escapes."""
    points = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    for content in (escape(text), json.dumps(text)[1:-1].encode(), json.dumps(text, ensure_ascii=False)[1:-1].encode()):
        found = byte_offsets(content, points)
        assert len(found) == len(points)
        for point, offset in zip(points, found, strict=True):
            assert decode(content[:offset]) == text[:point]
            assert decode(content[offset:]) == text[point:]


def test_byte_offsets_of_unpaired_surrogates() -> None:
    """A lone surrogate escape is one code point, a pair is one."""
    content = b"\\ud800x\\ud83d\\ude00\\udc00y"
    assert byte_offsets(content, [0, 1, 2, 3, 4, 5]) == [0, 6, 7, 19, 25, 26]


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_nodes_find_every_value(value: Any, indent: int | None, ascii_only: bool) -> None:
    """Each node's bytes are the value at its path."""
    raw = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    tree = nodes(raw)
    for node in tree:
        found = value
        for part in node.path.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
        assert json.loads(raw[node.start : node.end]) == found
        if node.in_object:
            key = node.path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            assert decode(raw[node.key_start : node.key_end]) == key


@given(VALUES, st.data())
def test_dropped_members_are_gone_and_the_rest_is_valid(value: Any, data: Any) -> None:
    """Whatever is dropped, the result is JSON without it; array elements become null."""
    raw = json.dumps(value).encode()
    tree = nodes(raw)
    dropped = set(data.draw(st.lists(st.integers(0, len(tree) - 1), max_size=5)))
    out = json.loads(splice(raw, drop_edits(tree, dropped)))

    def expect(index: int) -> Any:
        node = tree[index]
        below = [i for i, n in enumerate(tree) if n.parent == index]
        if index in dropped and not node.in_object:
            return None
        if node.kind == "array":
            return [expect(i) for i in below]
        if node.kind == "object":
            kept = [i for i in below if i not in dropped]
            return {decode(raw[tree[i].key_start : tree[i].key_end]): expect(i) for i in kept}
        return json.loads(raw[node.start : node.end])

    assert out == expect(0)


def test_splice_swallows_edits_inside_larger_ones_and_refuses_overlaps() -> None:
    """An edit inside another is lost with it; two that cross are an error, not a guess."""
    assert splice(b"0123456789", [Edit(2, 8, b"X"), Edit(3, 5, b"Y"), Edit(8, 9, b"")]) == b"01X9"
    with pytest.raises(RecordError, match="overlap"):
        splice(b"0123456789", [Edit(2, 5, b"X"), Edit(4, 8, b"Y")])


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a"', b'{"a":1', b"[1,", b"nope", b'{"a":\x00}'])
def test_cut_documents_are_refused(raw: bytes) -> None:
    """What is no whole document raises, with a position and no byte of it."""
    with pytest.raises(RecordError, match="not_json"):
        nodes(raw)
