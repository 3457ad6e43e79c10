"""What a reviewer sees of a held record: all of it, but for the stand-ins that the worker signed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.fake_office import Office, refusals
from maskgate.approvals.messages import items, masking, plain, preview, shown
from maskgate.approvals.model import Action
from maskgate.base.records import Header, StandIn

BLIND = b"b" * 32

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_SPELLINGS: list[dict[str, Any]] = [
    {},
    {"separators": (",", ":")},
    {"indent": 2},
    {"indent": 3},
    {"ensure_ascii": False},
]


def text_of(value: bytes, key: bytes | None = b"k", headers: tuple[Header, ...] = (), *found: StandIn) -> str:
    return shown.record(value, key, headers, found, BLIND)


def test_only_signed_stand_ins_are_hidden_and_numbered() -> None:
    """Equal stand-ins have equal signs, whatever they look like; a text that only looks like a token stays text."""
    value = b'{"mail":"mg1.x1","again":"mg1.x1","card":"4929-1234","note":"ask mg1.k.looks/like:one please","n":1.10}'
    found = [StandIn("value", value.index(t), value.index(t) + len(t), e) for t, e in ((b"4929-1234", "CREDIT_CARD"),)]
    found += [StandIn("value", at, at + 6, "EMAIL_ADDRESS") for at in (9, 26)]
    text = text_of(value, None, (), *found)
    first = text.split('"mail": "')[1].split('"')[0]
    assert first.startswith("⟦EMAIL_ADDRESS#1·")
    assert text.count(first) == 2
    assert "⟦CREDIT_CARD#1·" in text
    assert "ask mg1.k.looks/like:one please" in text
    assert "1.10" in text
    assert "4929" not in text


def test_words_beside_a_stand_in_are_never_swallowed() -> None:
    """What a producer glues to an address with the characters of a token leaves, so it is seen."""
    value = b'{"note":"ref mg1.abc/Q1-merger-with-Northwind:91.40=per+share ok"}'
    text = text_of(value, None, (), StandIn("value", value.index(b"mg1"), value.index(b"mg1") + 7, "EMAIL_ADDRESS"))
    assert "⟧/Q1-merger-with-Northwind:91.40=per+share ok" in text


def test_key_and_headers_are_seen() -> None:
    """A key, the name and value of a header, none, and bytes that are no text, all of them whole."""
    key = b"\x00\xff" * 200
    text = text_of(b"1", key, (("note", b"meet at nine"), ("b", b"\xfe\x01"), ("n", None), ("e", b"")))
    assert f"key: hex {key.hex()}" in text
    assert 'header "note" = "meet at nine"' in text
    assert 'header "b" = hex fe01' in text
    assert 'header "n" = none' in text
    assert 'header "e" = ""' in text
    found = StandIn("header:0", 0, 7, "PERSON")
    assert "mg1.abc" not in text_of(b"1", None, (("who", b"mg1.abc"),), found)


def test_nothing_is_cut() -> None:
    """Numbers over 80 digits, strings over 500 characters, records over 20,000: to the last character."""
    digits, long = "1" * 300 + "7", "x" * 30_000 + "end"
    text = text_of(json.dumps({"n": int(digits), "s": long}).encode())
    assert digits in text
    assert long in text


@pytest.mark.parametrize(
    "char", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041", "\u3164", "\x7f", "⟦"]
)
def test_what_cannot_be_seen_is_marked(char: str) -> None:
    """Zero-width, bidi, tag and blank characters, and our own signs, stand as their code, in every part."""
    mark = f"⟨U+{ord(char):04X}⟩"
    raw = json.dumps({f"a{char}": f"b{char}c"}, ensure_ascii=False).encode()
    text = text_of(raw, f"k{char}".encode(), ((f"h{char}", char.encode()),))
    assert text.count(mark) == 5
    assert char not in text
    action = Action("v", arguments=json.dumps({"q": f"a{char}b"}, separators=(",", ":"), ensure_ascii=False))
    assert mark in preview.action_text(action)
    assert plain.one_line(f"a{char}b") == f"a{mark}b" or char in "\u3164⟦"


def test_escapes_of_usual_writers_are_read_for_people() -> None:
    """A writer that puts all but ASCII into escapes is shown as people read it, and said to have done so."""
    assert '"Mü" (as \\u)' in text_of(b'["M\\u00fc"]')
    assert '"Mü"' in text_of('["Mü"]'.encode())
    assert "\\u00FC" in text_of(b'["M\\u00FC"]')  # no usual spelling: shown as it is


def test_arguments_of_an_action_are_whole() -> None:
    """The tail of an argument of any length is shown."""
    tail = "; DROP TABLE customers"
    action = Action("db.run", arguments=json.dumps({"sql": "x" * 60_000 + tail}, separators=(",", ":")))
    assert tail in preview.action_text(action)


def test_a_megabyte_is_shown_in_time() -> None:
    """A record of a megabyte costs its parsing and no more."""
    start = time.process_time()
    text = text_of(json.dumps({"rows": list(range(150_000))}).encode())
    assert time.process_time() - start < 6
    assert text.endswith("149999\n  ]\n}")
    assert text_of(b"[" * 100_000).endswith("[")


@given(_JSON, st.sampled_from(_SPELLINGS), st.binary(max_size=6), st.binary(max_size=6), st.data())
@settings(max_examples=300, deadline=None)
def test_every_byte_outside_a_stand_in_changes_the_view(
    tree: Any, spelling: dict[str, Any], key: bytes, header: bytes, data: st.DataObject
) -> None:
    """Whatever byte of key, header or value is changed, added or taken away: the view is another one."""
    value = json.dumps({"t": "mg1.token", "x": tree}, **spelling).encode()
    at = value.index(b"mg1.token")
    found = StandIn("value", at, at + 9, "PERSON")
    before = text_of(value, key, (("h", header),), found)
    new = bytes([data.draw(st.integers(0, 255))]) if data.draw(st.booleans()) else b""
    where = data.draw(st.sampled_from(["value", "key", "header", "name"]))
    if where == "value":
        place = data.draw(st.integers(at + 9, len(value)))
        after_value = value[:place] + new + value[place + data.draw(st.integers(0, 1)) :]
        same = after_value == value
        after = text_of(after_value, key, (("h", header),), found)
    elif where == "name":
        name = data.draw(st.text(max_size=3))
        same, after = name == "h", text_of(value, key, ((name, header),), found)
    else:
        old = key if where == "key" else header
        place = data.draw(st.integers(0, len(old)))
        changed = old[:place] + new + old[place + data.draw(st.integers(0, 1)) :]
        same = changed == old
        parts = (changed, header) if where == "key" else (key, changed)
        after = text_of(value, parts[0], (("h", parts[1]),), found)
    assert (before == after) is same


@given(st.binary(min_size=9, max_size=9))
def test_every_byte_inside_a_stand_in_changes_its_mark(data: bytes) -> None:
    """Inside a stand-in the keyed mark beside it changes, and another item's key gives other marks."""
    value = b'{"t":"mg1.token"}'
    found = StandIn("value", 6, 15, "PERSON")
    changed = value[:6] + data + value[15:]
    assert (text_of(value, b"k", (), found) == text_of(changed, b"k", (), found)) is (changed == value)
    assert shown.record(value, b"k", (), [found], b"c" * 32) != text_of(value, b"k", (), found)


@pytest.mark.parametrize("spans", [((0, 5), (3, 7)), ((5, 99),), ((4, 4),), ((-1, 2),)])
def test_stand_ins_that_are_none_are_refused(spans: tuple[tuple[int, int], ...]) -> None:
    """Overlapping, empty and outlying stand-ins are no item."""
    with pytest.raises(ValueError, match="stand-ins"):
        text_of(b'{"a":"bcde"}', b"k", (), *(StandIn("value", *s, "PERSON") for s in spans))


def test_stand_ins_move_with_extra_masking() -> None:
    """After a reviewer masked more, the remaining stand-ins are still where the worker wrote them."""
    value = b'{"city":"Rome","mail":"mg1.abc","id":"mg1.def"}'
    found = [StandIn("value", value.index(t), value.index(t) + 7, "PERSON") for t in (b"mg1.abc", b"mg1.def")]
    after = masking.apply_where(value, ["/city", "/mail"])
    moved = masking.stand_ins_after(value, ["/city", "/mail"], found)
    assert [after[s.start : s.end] for s in moved] == [b"mg1.def"]


def test_what_cannot_be_shown_whole_cannot_be_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    """An approval of a record that is too long to be seen is refused with what to do; a denial counts."""
    monkeypatch.setattr(shown, "MAX_CHARS", 40)
    office = Office()
    request = office.open(tier="standard")
    assert refusals(office.vote(request, "dan")) == ["not_shown"]
    assert not refusals(office.vote(request, "dan", "deny"))
    assert not office.open(tier="auto").auto


def test_size_and_text_cover_key_and_headers() -> None:
    """Budgets count, and votes are bound to, everything that would leave."""
    bare = Office().item(b'{"n":1}', key_=None)
    full = Office().item(b'{"n":1}', key_=b"secret plan", headers=(("memo", b"x" * 100),))
    assert full.item.size == bare.item.size + 11 + 104
    assert "secret plan" in full.text
    assert full.item.preview == preview.digest(full.text)
    assert items.size_of(None, b"1", (("n", None),)) == 2
