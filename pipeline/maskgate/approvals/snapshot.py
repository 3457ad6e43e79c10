"""The state as bytes, for the gate's snapshot: lines of a header, then one packed request a line.

The gate adds a keyed MAC over all of it; a snapshot without a right one is not read, and the log is replayed instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any

import orjson
from pydantic import TypeAdapter

from maskgate.approvals.compact import KEY, Table
from maskgate.approvals.export_rules import ExportRules
from maskgate.approvals.model import PolicyVersion
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.approvals.state import State, Usage
from maskgate.approvals.store import FORMAT, PackedStore, pack, short_id
from maskgate.people.registry import People


@cache
def _people() -> TypeAdapter[People]:
    return TypeAdapter(People)


SIDE = tuple(f.name for f in fields(State) if f.name not in ("requests", "relying_party", "guard"))


def snapshot(state: State) -> Iterator[bytes]:
    """Chunks: the side, the parts of the tables, then (id, packed state) of every request; each with its length."""
    yield _chunk(orjson.dumps(side_to_json(state)))
    for name, part in parts_of(state):
        yield _chunk(bytes([len(name)]) + name.encode() + part)
    packed = state.requests.packed() if isinstance(state.requests, PackedStore) else _packed(state)
    for short, raw in packed:
        yield _chunk(b"\0" + short + raw)


def restore(chunks: Iterable[bytes]) -> State:
    """The state of these chunks (as ``snapshot`` gave them, or as ``split`` reads them from a file).

    Raises:
        ValueError: another format.
    """
    pieces = iter(chunks)
    store = PackedStore()
    state, side = State(requests=store), orjson.loads(next(pieces)[4:])
    for piece in pieces:
        length = piece[4]
        if length:
            load_part(state, piece[5 : 5 + length].decode(), piece[5 + length :])
        else:
            store.put_packed(piece[5 : 5 + KEY], piece[5 + KEY :])
    restore_side(state, side)
    return state


def split(raw: bytes) -> Iterator[bytes]:
    """The chunks of a snapshot that was written end to end.

    Raises:
        ValueError: it stops in the middle.
    """
    at, view = 0, memoryview(raw)
    while at < len(raw):
        size = int.from_bytes(view[at : at + 4], "big") + 4
        if at + size > len(raw):
            raise ValueError("the snapshot stops in the middle")
        yield bytes(view[at : at + size])
        at += size


def tables_of(state: State) -> dict[str, Table]:
    """The tables that a snapshot keeps beside its JSON."""
    return {
        "items": state.items,
        "open_count": state.open_count.table,
        "alike": state.alike,
        "by_key": state.by_key.few,
        "known": state.known,
        "last_approved": state.last_approved,
        "agenda": state.agenda.when,
    }


def parts_of(state: State) -> Iterator[tuple[str, bytes]]:
    """(table, part) of every table, in an order that stays."""
    for name, table in tables_of(state).items():
        for part in table.dump():
            yield name, part


def load_part(state: State, name: str, part: bytes) -> None:
    """Take one part into a new state.

    Raises:
        ValueError: another format.
    """
    table = tables_of(state).get(name)
    if table is None:
        raise ValueError("a table of another version")
    table.load(part)


def side_to_json(state: State) -> dict[str, Any]:
    """Everything but the requests and the tables, JSON-ready."""
    return {
        "format": FORMAT,
        "people": _people().dump_python(state.people, mode="json"),
        "policy": state.policy.model_dump(mode="json"),
        "policy_ref": [state.policy_ref.id, state.policy_ref.version, state.policy_ref.digest],
        "destinations": state.destinations,
        "exports": state.exports.model_dump(mode="json") if state.exports else None,
        "position": state.position,
        "many": {key.hex(): [short.hex() for short in held] for key, held in state.by_key.many.items()},
        "usage": {key: usage.slices for key, usage in state.usage.items()},
        "nonces": state.nonces,
        "sign_counts": state.sign_counts,
    }


def restore_side(state: State, tree: dict[str, Any]) -> None:
    """Put the side into a state whose tables are loaded.

    Raises:
        ValueError: another format.
    """
    if tree.get("format") != FORMAT:
        raise ValueError("the snapshot has another format")
    state.people = _people().validate_python(tree["people"])
    state.policy = ApprovalPolicy.model_validate(tree["policy"])
    state.policy_ref = PolicyVersion(*tree["policy_ref"])
    state.destinations = dict(tree["destinations"])
    state.exports = ExportRules.model_validate(tree["exports"]) if tree.get("exports") else None
    state.position = tree["position"]
    state.by_key.many = {
        bytes.fromhex(key): dict.fromkeys(bytes.fromhex(s) for s in held) for key, held in tree["many"].items()
    }
    state.usage = {key: Usage([list(s) for s in slices]) for key, slices in tree["usage"].items()}
    state.nonces, state.sign_counts = dict(tree["nonces"]), dict(tree["sign_counts"])
    state.agenda.rebuild()


def _packed(state: State) -> Iterator[tuple[bytes, bytes]]:
    for request_id, current in state.requests.items():
        yield short_id(request_id), pack(current)


def _chunk(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw
