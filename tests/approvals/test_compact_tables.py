"""Compact tables say what a dict, a multimap and a heap would say, however they grew."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskgate.approvals.compact import KEY, Table
from maskgate.approvals.tables import Agenda, Chains, Counts

KEYS = st.integers(0, 40).map(lambda n: n.to_bytes(KEY, "big"))
VALUES = st.binary(min_size=3, max_size=3)
MINUTE = 60_000


def short(n: int, at: int = 1_700_000_000_000) -> bytes:
    """The short form of a UUIDv7."""
    return at.to_bytes(6, "big") + b"\x70\x00" + n.to_bytes(8, "big")


@given(st.lists(st.tuples(st.sampled_from(["set", "pop", "default"]), KEYS, VALUES), max_size=200))
def test_a_table_is_a_dict(steps: list[tuple[str, bytes, bytes]]) -> None:
    """Whatever is put in and taken out, the table and a dict agree."""
    table, model = Table(3), {}
    for act, key, value in steps:
        if act == "set":
            table[key] = model[key] = value
        elif act == "pop":
            assert table.pop(key) == model.pop(key, None)
        else:
            assert table.setdefault(key, value) == model.setdefault(key, value)
        assert len(table) == len(model)
    assert dict(table.items()) == model
    assert all(key in table and table[key] == value for key, value in model.items())


def test_a_key_is_not_found_across_two_rows() -> None:
    """Bytes that only look like a key, because two rows lie side by side, are no row."""
    table = Table()
    one, two = bytes(range(16)), bytes(range(16, 32))
    table.add(one)
    table.add(two)
    assert (one + two)[8:24] not in table
    assert two in table


def test_many_rows_come_back_from_a_dump() -> None:
    """A table of many buckets is the same after it was dumped and loaded, and goes on growing."""
    rng = random.Random(1)
    table = Table(8)
    rows = {rng.randbytes(16): rng.randbytes(8) for _ in range(100_000)}
    for key, value in rows.items():
        table[key] = value
    parts = list(table.dump())
    assert len(parts) > 1
    again = Table(8)
    for part in parts:
        again.load(part)
    assert again == table
    assert len(again) == len(rows)
    for key in rows:
        assert again[key] == rows[key]
    for _ in range(5_000):
        key = rng.randbytes(16)
        again[key] = rows[key] = bytes(8)
    assert dict(again.items()) == rows


@pytest.mark.parametrize("harm", [lambda p: p[:-1], lambda p: p + b"x", lambda p: b"\xff" * 4 + p[4:], lambda p: b"\0"])
def test_a_part_of_another_form_is_refused(harm: object) -> None:
    """Nothing is made of bytes that are no dump."""
    table = Table(8)
    for n in range(100):
        table[n.to_bytes(16, "big")] = bytes(8)
    part = next(table.dump())
    with pytest.raises(ValueError, match="another form"):
        Table(8).load(harm(part))  # type: ignore[operator]


@pytest.mark.parametrize("key", [b"", b"short", bytes(17)])
def test_a_key_of_another_width_is_nowhere_and_goes_nowhere(key: bytes) -> None:
    """A width that is wrong would shift every row behind it."""
    table = Table(2)
    table[bytes(16)] = b"ab"
    assert key not in table
    with pytest.raises(ValueError, match="16 bytes"):
        table[key] = b"ab"
    with pytest.raises(ValueError, match="value of 2"):
        table[bytes(16)] = b"abc"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 30)), max_size=150))
def test_chains_are_a_dict_of_ordered_sets(steps: list[tuple[bool, int, int]]) -> None:
    """Requests of a key come in the order of their opening, few of them or many."""
    chains, model = Chains(), {}
    for adds, k, n in steps:
        key = k.to_bytes(16, "big")
        if adds:
            chains.add(key, short(n))
            model.setdefault(key, {})[short(n)] = None
        else:
            chains.discard(key, short(n))
            model.get(key, {}).pop(short(n), None)
        assert chains.of(key) == tuple(model.get(key, ()))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5 * MINUTE)), max_size=80), st.integers(0, 6 * MINUTE))
def test_an_agenda_gives_what_is_due_in_its_order(steps: list[tuple[int, int]], until: int) -> None:
    """Every request that is due by then, once, soonest first; asking changes nothing."""
    agenda, model = Agenda(), {}
    for n, when in steps:
        agenda.set(short(n), when)
        model[short(n)] = when
        if when % 7 == 0:
            list(agenda.due(when, 3))
    model = {key: when for key, when in model.items() if when}
    due = [key for when, key in sorted((when, key) for key, when in model.items()) if when <= until]
    assert list(agenda.due(until, 1000)) == list(agenda.due(until, 1000)) == due
    assert list(agenda.due(until, 2)) == due[:2]
    assert len(agenda) == len(model)
    agenda.rebuild()
    assert list(agenda.due(until, 1000)) == due


def test_the_oldest_is_the_one_that_was_opened_first() -> None:
    """Whatever is due first, and also when the first one is closed."""
    agenda = Agenda()
    agenda.set(short(1, 50_000), 900_000)
    agenda.set(short(2, 40_000), 990_000)
    agenda.set(short(3, 60_500), 100_000)
    assert agenda.oldest() == 40_000
    agenda.set(short(2, 40_000), 0)
    agenda.set(short(1, 50_000), 910_000)
    assert agenda.oldest() == 50_000
    agenda.set(short(1, 50_000), 0)
    assert agenda.oldest() == 60_000
    agenda.set(short(3, 60_500), 0)
    assert agenda.oldest() == 0


def test_counts_go_up_and_down_and_none_stays() -> None:
    """A name whose count is back at nothing takes no room."""
    counts = Counts()
    counts.add("account a", 1)
    counts.add("account a", 1)
    counts.add("account b", 1)
    counts.add("account b", -1)
    assert (counts.get("account a"), counts.get("account b"), counts.total(), len(counts.table)) == (2, 0, 2, 1)
