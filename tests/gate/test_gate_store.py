"""The gate's store and checkpoints: a row carries no authority, a rewritten log is noticed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_office as office
import pytest

from maskgate.approvals.model import ItemState
from maskgate.approvals.store import long_id, pack, short_id, unpack
from maskgate.base import filemodes
from maskgate.gate.store import EntryStore, TamperedStore
from maskgate.kafka import topics
from maskgate.kafka.errors import Unrecoverable

SIDE = b'{"position":7}'


def database(world: Any) -> Path:
    return Path(world.settings.pipeline.state_dir) / "gate" / "requests.sqlite"


def filled(path: Path, n: int = 20, cache: int = 4) -> tuple[EntryStore, dict[str, Any]]:
    """A store with requests of an office, more than fit its cache."""
    machine = office.Office()
    entries = {}
    for _ in range(n):
        request = machine.open()
        entries[request.request_id] = machine.of(request)
    store = EntryStore(path, b"key", cache=cache)
    for request_id, entry in entries.items():
        store[request_id] = entry
    return store, entries


def test_what_was_stored_comes_back(tmp_path: Path) -> None:
    """Entries survive leaving the cache, and the store counts and lists them."""
    store, entries = filled(tmp_path / "s.sqlite")
    assert dict(store) == entries
    assert len(store) == len(entries)
    assert "nothing" not in store
    with pytest.raises(KeyError):
        store["nothing"]
    store.close()


def test_a_snapshot_is_restored_with_its_side_state(tmp_path: Path) -> None:
    """After a sealed snapshot a new process sees the same entries; later unsealed changes are gone."""
    store, entries = filled(tmp_path / "s.sqlite")
    store.snapshot(SIDE)
    first = next(iter(entries))
    del store[first]
    store.close()
    again = EntryStore(tmp_path / "s.sqlite", b"key")
    assert again.restore() == SIDE
    assert dict(again) == entries
    again.close()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("UPDATE snapshot SET side='{}'", id="position rewound"),
        pytest.param("UPDATE snapshot SET seal=x'00'", id="seal replaced"),
        pytest.param("DELETE FROM parts WHERE n=0", id="tags removed"),
        pytest.param("UPDATE parts SET body=zeroblob(length(body))", id="tags overwritten"),
        pytest.param("UPDATE parts SET body='text'", id="tags of another type"),
        pytest.param("UPDATE parts SET name='items' WHERE name='alike'", id="a table passed for another"),
        pytest.param("UPDATE parts SET body=substr(body, 1, length(body) - 1)", id="tables cut short"),
        pytest.param("INSERT INTO parts SELECT n + 1000, name, body FROM parts", id="a table twice"),
    ],
)
def test_a_store_that_was_edited_is_not_believed(tmp_path: Path, harm: str) -> None:
    """Any change of what is sealed: the store is emptied and the log is replayed."""
    store, _ = filled(tmp_path / "s.sqlite")
    store.snapshot(SIDE, [("alike", b"0123"), ("known", b"4567")])
    store.close()
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        assert db.execute(harm).rowcount > 0
    db.close()
    again = EntryStore(tmp_path / "s.sqlite", b"key")
    assert again.restore() is None
    assert len(again) == 0
    again.close()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("UPDATE entries SET body=(SELECT max(body) FROM entries)", id="rows overwritten"),
        pytest.param("UPDATE entries SET body='text'", id="rows of another type"),
        pytest.param("DELETE FROM entries", id="rows removed"),
        pytest.param("UPDATE entries SET body=(SELECT body FROM old WHERE old.id=entries.id)", id="old rows put back"),
    ],
)
def test_a_row_that_was_edited_is_noticed_when_it_is_read_and_the_next_start_replays(tmp_path: Path, harm: str) -> None:
    """Rows are checked one by one as they are read; the first that differs costs the snapshot its credit."""
    store, entries = filled(tmp_path / "s.sqlite")
    store.snapshot(SIDE)
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        db.execute("CREATE TABLE old AS SELECT * FROM entries")
    db.close()
    for request_id, entry in entries.items():
        store[request_id] = replace(entry, rest=ItemState.DENIED)
    store.snapshot(SIDE)
    store.close()
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        assert db.execute(harm).rowcount > 0
    db.close()
    again = EntryStore(tmp_path / "s.sqlite", b"key")
    assert again.restore() == SIDE
    with pytest.raises(TamperedStore):
        dict(again)
    for act in (lambda: dict(again), lambda: again.snapshot(SIDE)):
        with pytest.raises(TamperedStore):
            act()
    again.close()
    after = EntryStore(tmp_path / "s.sqlite", b"key")
    assert after.restore() is None
    after.close()


def test_a_row_that_was_added_is_no_request(tmp_path: Path) -> None:
    """What the gate did not write is not there."""
    store, entries = filled(tmp_path / "s.sqlite")
    store.snapshot(SIDE)
    store.close()
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        db.execute("INSERT INTO entries SELECT zeroblob(16), body FROM entries LIMIT 1")
    db.close()
    again = EntryStore(tmp_path / "s.sqlite", b"key")
    assert again.restore() == SIDE
    assert dict(again) == entries
    assert long_id(bytes(16)) not in again
    again.close()


def test_the_file_of_another_version_is_emptied(tmp_path: Path) -> None:
    """A file whose rows mean something else is never read."""
    store, _ = filled(tmp_path / "s.sqlite")
    store.snapshot(SIDE)
    store.close()
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        db.execute("PRAGMA user_version=1")
    db.close()
    again = EntryStore(tmp_path / "s.sqlite", b"key")
    assert again.restore() is None
    again.close()


def test_a_store_sealed_with_another_key_is_not_believed(tmp_path: Path) -> None:
    """Without the gate's key nobody can make a snapshot."""
    store, _ = filled(tmp_path / "s.sqlite")
    store.snapshot(SIDE)
    store.close()
    again = EntryStore(tmp_path / "s.sqlite", b"another key")
    assert again.restore() is None
    again.close()


def test_garbage_in_the_place_of_the_store_is_replaced(tmp_path: Path) -> None:
    """A file that is no database costs a replay, not the gate."""
    filemodes.write_secret(tmp_path / "s.sqlite", b"not a database" * 1000)
    store = EntryStore(tmp_path / "s.sqlite", b"key")
    assert store.restore() is None
    store.close()


def test_a_row_edited_while_the_gate_runs_stops_it(tmp_path: Path) -> None:
    """A row that is not what the gate wrote raises instead of becoming a decision."""
    store, entries = filled(tmp_path / "s.sqlite", cache=2)
    store.snapshot(SIDE)
    first = next(iter(entries))
    forged = unpack(pack(entries[first]))
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        changed = db.execute("UPDATE entries SET body=? WHERE id=?", (pack(forged) + b"x", short_id(first)))
        assert changed.rowcount == 1
    db.close()
    with pytest.raises(TamperedStore):
        store[first]
    store.close()


def test_an_approved_row_planted_in_the_index_releases_nothing(make_world: Callable[..., Any]) -> None:
    """Editing the gate's database to APPROVED between two runs changes nothing that leaves."""
    world = make_world(snapshot_every=2)
    request = world.hold()
    world.hold(requester=office.verified("b", "service"))
    world.stop()
    with sqlite3.connect(database(world)) as db:
        short = short_id(request.request_id)
        body = db.execute("SELECT body FROM entries WHERE id=?", (short,)).fetchone()[0]
        approved = replace(unpack(body), rest=ItemState.APPROVED, release_by=2**50)
        db.execute("UPDATE entries SET body=? WHERE id=?", (pack(approved), short))
    db.close()
    world.start()
    with pytest.raises(TamperedStore):
        world.of(request)
    world.stop()
    world.start()
    assert world.gate.replayed == 4
    assert world.of(request).state is ItemState.PENDING
    assert world.released() == []


def test_a_truncated_log_stops_the_gate(make_world: Callable[..., Any]) -> None:
    """A log that is shorter than the last signed checkpoint is refused at the start."""
    world = make_world(snapshot_every=2)
    for n in range(4):
        world.hold(requester=office.verified(f"s{n}", "service"))
    world.stop()
    del world.broker.records[topics.LOG][-2:]
    with pytest.raises(Unrecoverable, match="was cut"):
        world.start(fresh_disk=True)


def test_a_rewritten_log_stops_the_gate(make_world: Callable[..., Any]) -> None:
    """An event changed below the last checkpoint gives another tree head: the gate does not start."""
    world = make_world(snapshot_every=2)
    for n in range(4):
        world.hold(requester=office.verified(f"s{n}", "service"))
    world.stop()
    rows = world.broker.records[topics.LOG]
    at, out = rows[3]
    rows[3] = (at, out._replace(value=out.value.replace(b"monthly settlement", b"monthly_settlement")))
    with pytest.raises(Unrecoverable, match="rewritten"):
        world.start(fresh_disk=True)


def test_while_the_gate_is_down_nothing_leaves(world: Any) -> None:
    """Votes that arrive without a gate wait; they count by their append time when it is back."""
    request = world.hold(tier="standard")
    world.stop()
    world.vote(request, "anna", run=False)
    assert world.released() == []
    world.start()
    assert len(world.released()) == 1
