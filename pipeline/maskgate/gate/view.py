"""What the gate writes to ``maskgate.approvals.state``: one request as readers see it. A view, never an input.

The key is the request's id; a record with the key ``#tick`` is the gate's clock and carries no request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson
from pydantic import TypeAdapter, ValidationError

from maskgate.approvals.model import RequestState
from maskgate.base.errors import RecordError

TICK_KEY = b"#tick"
_STATE: TypeAdapter[RequestState] = TypeAdapter(RequestState)


@dataclass(frozen=True, slots=True)
class View:
    """A request's state as of one event of the log."""

    entry: RequestState
    changed: int  # broker time of the event, milliseconds
    log_index: int  # how many events the log held after it
    permit: str = ""  # the signed permit of an approved action, until it is spent
    readers: tuple[str, ...] = ()  # groups that had read past a recalled item


def encode_entry(entry: RequestState) -> bytes:
    """JSON of a request's state; the gate's own store uses it as well."""
    return orjson.dumps(entry)


def decode_entry(raw: bytes) -> RequestState:
    """The state of its JSON."""
    return _STATE.validate_json(raw)


def for_readers(entry: RequestState) -> RequestState:
    """A request without what only the gate and the log need: MACs, digests, blinds and subjects of its records.

    A digest of a short value can be tried out, and a subject that stands in two requests says that both are about one
    person. What votes are bound to, the manifest root and the digests of what was shown, stays.
    """
    bare = (
        replace(i, content_mac="", masked_digest="", key_mac="", blind="", subjects=()) for i in entry.request.items
    )
    return replace(entry, request=replace(entry.request, items=tuple(bare)))


def encode_view(view: View) -> bytes:
    """Bytes of the record."""
    head = {"schema": "state.v1", "changed": view.changed, "log_index": view.log_index}
    return orjson.dumps(head | {"permit": view.permit, "readers": view.readers, "entry": for_readers(view.entry)})


def decode_view(raw: bytes) -> View:
    """The view of a record.

    Raises:
        RecordError: code ``malformed_state``.
    """
    try:
        tree = orjson.loads(raw)
        entry = _STATE.validate_python(tree["entry"])
        return View(entry, int(tree["changed"]), int(tree["log_index"]), str(tree["permit"]), tuple(tree["readers"]))
    except (orjson.JSONDecodeError, ValidationError, KeyError, TypeError, ValueError):
        raise RecordError("malformed_state", "not a state record of this version") from None
