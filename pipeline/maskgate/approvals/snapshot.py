"""The state as bytes, for the gate's snapshot: lines of a header, then one packed request a line.

The gate adds a keyed MAC over all of it; a snapshot without a right one is not read, and the log is replayed instead.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import orjson
from pydantic import TypeAdapter

from maskgate.approvals.export_rules import ExportRules
from maskgate.approvals.model import PolicyVersion, RequestState
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.approvals.state import State, Usage
from maskgate.approvals.store import FORMAT, PackedStore, pack, short_id, unpack
from maskgate.people.registry import People

_PEOPLE: TypeAdapter[People] = TypeAdapter(People)
SIDE = tuple(f.name for f in fields(State) if f.name not in ("requests", "relying_party", "guard"))


def snapshot(state: State) -> Iterator[bytes]:
    """Chunks: first the side tables, then (id, packed state) of every request; each with its length."""
    yield _chunk(orjson.dumps(side_to_json(state)))
    packed = state.requests.packed() if isinstance(state.requests, PackedStore) else _packed(state)
    for short, raw in packed:
        yield _chunk(len(short).to_bytes(1, "big") + short + raw)


def restore(chunks: Iterable[bytes]) -> State:
    """The state of these chunks (as ``snapshot`` gave them, or as ``split`` reads them from a file).

    Raises:
        ValueError: another format.
    """
    pieces = iter(chunks)
    store = PackedStore()
    state = side_from_json(orjson.loads(next(pieces)[4:]), store)
    for piece in pieces:
        length = piece[4]
        store.put_packed(piece[5 : 5 + length], piece[5 + length :])
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


def snapshot_side(state: State) -> dict[str, Any]:
    """Everything but the requests, JSON-ready, for a gate that keeps the requests in a store of its own."""
    return side_to_json(state)


def restore_side(state: State, tree: dict[str, Any]) -> None:
    """Put the side tables into this state; its requests stay as they are.

    Raises:
        ValueError: another format.
    """
    fresh = side_from_json(tree, state.requests)
    for name in SIDE:
        setattr(state, name, getattr(fresh, name))


def side_to_json(state: State) -> dict[str, Any]:
    """Everything but the requests, JSON-ready."""
    return {
        "format": FORMAT,
        "people": _PEOPLE.dump_python(state.people, mode="json"),
        "policy": state.policy.model_dump(mode="json"),
        "policy_ref": [state.policy_ref.id, state.policy_ref.version, state.policy_ref.digest],
        "destinations": state.destinations,
        "exports": state.exports.model_dump(mode="json") if state.exports else None,
        "position": state.position,
        "items": b"".join(state.items).hex(),
        "open_count": state.open_count,
        "alike": _hexed(state.alike),
        "by_key": {key.hex(): [short.hex() for short in held] for key, held in state.by_key.items()},
        "usage": {key: usage.slices for key, usage in state.usage.items()},
        "known": b"".join(state.known).hex(),
        "nonces": state.nonces,
        "sign_counts": state.sign_counts,
        "last_approved": _hexed(state.last_approved),
        "deadline": {short.hex(): when for short, when in state.deadline.items()},
    }


def side_from_json(tree: dict[str, Any], requests: Any) -> State:
    """The state of its side tables, over this mapping of requests.

    Raises:
        ValueError: another format.
    """
    if tree.get("format") != FORMAT:
        raise ValueError("the snapshot has another format")
    deadline = {bytes.fromhex(short): when for short, when in tree["deadline"].items()}
    heap = [(when, short) for short, when in deadline.items()]
    heapq.heapify(heap)
    return State(
        requests=requests,
        people=_PEOPLE.validate_python(tree["people"]),
        policy=ApprovalPolicy.model_validate(tree["policy"]),
        policy_ref=PolicyVersion(*tree["policy_ref"]),
        destinations=dict(tree["destinations"]),
        exports=ExportRules.model_validate(tree["exports"]) if tree.get("exports") else None,
        position=tree["position"],
        items=_cut(tree["items"]),
        open_count=dict(tree["open_count"]),
        alike=_unhexed(tree["alike"]),
        by_key={bytes.fromhex(k): dict.fromkeys(bytes.fromhex(s) for s in held) for k, held in tree["by_key"].items()},
        usage={key: Usage([list(s) for s in slices]) for key, slices in tree["usage"].items()},
        known=_cut(tree["known"]),
        nonces=dict(tree["nonces"]),
        sign_counts=dict(tree["sign_counts"]),
        last_approved=_unhexed(tree["last_approved"]),
        deadline=deadline,
        heap=heap,
    )


def _packed(state: State) -> Iterator[tuple[bytes, bytes]]:
    for request_id, current in state.requests.items():
        yield short_id(request_id), pack(current)


def _chunk(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


def _cut(text: str) -> set[bytes]:
    raw = bytes.fromhex(text)
    return {raw[at : at + 16] for at in range(0, len(raw), 16)}


def _hexed(table: dict[bytes, bytes]) -> dict[str, str]:
    return {key.hex(): value.hex() for key, value in table.items()}


def _unhexed(table: dict[str, str]) -> dict[bytes, bytes]:
    return {bytes.fromhex(key): bytes.fromhex(value) for key, value in table.items()}


__all__ = ["RequestState", "restore", "side_from_json", "side_to_json", "snapshot", "split", "unpack"]
