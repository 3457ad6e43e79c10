"""The form in which entries leave, where it is our own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from maskgate.sync.bare import bare
from maskgate.sync.entry import Entry

SCHEMA = "maskgate.audit/1"
_LAST_MS = 253_402_300_799_999  # the year 9999: what a clock that jumped may claim

Form = Callable[[Entry, str, bool], dict[str, Any]]
"""From an entry and the id of its topic to what is sent; true: with all that the log holds (:mod:`bare`)."""


def clamped(ms: int) -> int:
    """The time within what receivers take."""
    return max(0, min(ms, _LAST_MS))


def instant(ms: int) -> str:
    """The time in RFC 3339, UTC; never fails, whatever a clock has claimed."""
    return datetime.fromtimestamp(clamped(ms) / 1000, UTC).isoformat(timespec="milliseconds")


def ident(entry: Entry, topic_id: str) -> str:
    """The id of an entry: the same however often it is sent."""
    return f"{topic_id}/0/{entry.offset}"


def event_of(entry: Entry) -> dict[str, Any] | None:
    """The event, also one of a newer version; None for what is no event: somebody else wrote to the log."""
    try:
        tree = json.loads(entry.value)
    except (ValueError, RecursionError):  # deeper than the reader goes: no event of ours either
        return None
    return tree if isinstance(tree, dict) else None


def plain(entry: Entry, topic_id: str, whole: bool = False) -> dict[str, Any]:
    """The event with its place; of what is no event only its digest."""
    head = {"schema": SCHEMA, "id": ident(entry, topic_id), "offset": entry.offset, "time": instant(entry.at_ms)}
    event = event_of(entry)
    if event is None:
        return head | {"event": None, "unreadable_sha256": hashlib.sha256(entry.value).hexdigest()}
    return head | {"event": event if whole else bare(event), "whole": whole}
