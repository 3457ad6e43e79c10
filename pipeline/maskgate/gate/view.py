"""What the gate writes to ``maskgate.approvals.state``: one request as readers see it. A view, never an input.

The key is the request's id; a record with the key ``#tick`` is the gate's clock or its
heartbeat and carries no request.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import orjson
from pydantic import TypeAdapter, ValidationError

from maskgate.approvals.messages import preview
from maskgate.approvals.model import RequestState
from maskgate.base.errors import RecordError
from maskgate.crypto import sealing, signing

TICK_KEY = b"#tick"


@cache
def _state() -> TypeAdapter[RequestState]:
    """Made when it is asked for: few commands that import this read a state, and making it takes 50 ms."""
    return TypeAdapter(RequestState)


@dataclass(frozen=True, slots=True)
class View:
    """A request's state as of one event of the log."""

    entry: RequestState
    changed: int  # broker time of the event, milliseconds
    log_index: int  # how many events the log held after it
    permits: Mapping[str, str] = field(default_factory=dict)  # key of an intake → the permit, sealed to that key
    readers: tuple[str, ...] = ()  # groups that had read past a recalled item
    found: tuple[tuple[str, str], ...] = ()  # kind → band of how often it was found in all items, most first


def encode_entry(entry: RequestState) -> bytes:
    """JSON of a request's state; the gate's own store uses it as well."""
    return orjson.dumps(entry)


def decode_entry(raw: bytes) -> RequestState:
    """The state of its JSON."""
    return _state().validate_json(raw)


def for_readers(entry: RequestState) -> RequestState:
    """A request without what only the gate and the log need: MACs, digests, blinds, subjects and exact counts.

    A digest of a short value can be tried out, a subject that stands in two requests says that both are about one
    person, and a count (in an item, or in what a budget came to) can name one. What votes are bound to, the manifest
    root and the digests of what was shown, stays.
    """
    bare = tuple(
        replace(i, content_mac="", masked_digest="", key_mac="", blind="", subjects=(), entities=())
        for i in entry.request.items
    )
    return replace(entry, request=replace(entry.request, items=bare, spent=()))


def found_in(entry: RequestState) -> tuple[tuple[str, str], ...]:
    """Every kind that was found with the band of its count over all items, most first."""
    total: Counter[str] = Counter()
    for item in entry.request.items:
        total.update(dict(item.entities))
    return tuple((kind, preview.band(count)) for kind, count in total.most_common())


def sealed_permit(permit: str, request_id: str, intakes: Mapping[str, bytes]) -> dict[str, str]:
    """An unspent permit for the view: each intake API can open it, and nobody else who reads the topic."""
    if not permit:
        return {}
    sealed = {key_id: sealing.seal_to_signer(permit.encode(), key, _use(request_id)) for key_id, key in intakes.items()}
    return {key_id: base64.b64encode(raw).decode() for key_id, raw in sealed.items()}


def open_permit(view: View, intake: signing.Signer | None) -> str:
    """The permit of a view, for the intake API; "" where there is none, or it was sealed to another key."""
    sealed = view.permits.get(intake.key_id, "") if intake is not None else ""
    if not sealed or not isinstance(intake, signing.FileSigner):
        return ""
    try:
        return sealing.unseal_as_signer(base64.b64decode(sealed), intake, _use(view.entry.request.request_id)).decode()
    except (RecordError, ValueError):
        return ""


def _use(request_id: str) -> str:
    return f"maskgate.permit.v1 {request_id}"


def encode_view(view: View) -> bytes:
    """Bytes of the record."""
    head = {"schema": "state.v1", "changed": view.changed, "log_index": view.log_index}
    tree = head | {"permits": dict(view.permits), "readers": view.readers, "entry": for_readers(view.entry)}
    tree["found"] = view.found or found_in(view.entry)
    return orjson.dumps(tree | {"permit": ""})  # consoles of 0.2.0 read this member


def decode_view(raw: bytes) -> View:
    """The view of a record; a permit in the clear and exact counts, as older gates wrote them, are left out.

    Raises:
        RecordError: code ``malformed_state``.
    """
    try:
        tree = orjson.loads(raw)
        entry = _state().validate_python(tree["entry"])
        permits = {str(key_id): str(sealed) for key_id, sealed in tree.get("permits", {}).items()}
        place = int(tree["changed"]), int(tree["log_index"])
        if "found" not in tree:
            return View(for_readers(entry), *place, permits, tuple(tree["readers"]), found_in(entry))
        found = tuple((str(kind), str(band)) for kind, band in tree["found"])
        return View(entry, *place, permits, tuple(tree["readers"]), found)
    except (orjson.JSONDecodeError, ValidationError, KeyError, TypeError, ValueError, AttributeError):
        raise RecordError("malformed_state", "not a state record of this version") from None
