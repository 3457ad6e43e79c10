"""Held items that wait for others like them: those of one requester, destination and rule become one request."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from maskgate.approvals import commands as cmd
from maskgate.approvals.messages import items
from maskgate.approvals.messages.items import OpenedItem
from maskgate.approvals.model import InputRef
from maskgate.approvals.rules import Caps
from maskgate.kafka import topics

Key = tuple[str, ...]


class Groups:
    """Items by what makes them alike, until their window is over or a request is full."""

    def __init__(self, window_ms: int) -> None:
        self._window_ms = window_ms
        self._items: dict[Key, list[OpenedItem]] = {}
        self._began: dict[Key, int] = {}

    def take(self, opened: OpenedItem, at: int, caps: Caps) -> Iterator[cmd.OpenExport]:
        """Add an item (once); the commands that open its group, where that is full by now."""
        key = items.group_key(opened)
        group = self._items.setdefault(key, [])
        if all(o.item.item_id != opened.item.item_id for o in group):
            group.append(opened)
        self._began.setdefault(key, at)
        full = len(group) >= caps.items_per_request
        if full or sum(o.item.size for o in group) >= caps.bytes_per_request:
            yield from self._open(key)

    def due(self, now: int) -> Iterator[cmd.OpenExport]:
        """The commands that open the groups whose window is over."""
        for key in [k for k, at in self._began.items() if now - at >= self._window_ms]:
            yield from self._open(key)

    def offsets(self) -> Iterator[int]:
        """Where the items that wait lie on the requests topic."""
        return (o.item.offset for group in self._items.values() for o in group)

    def _open(self, key: Key) -> Iterator[cmd.OpenExport]:
        group, began = self._items.pop(key), self._began.pop(key)
        for part in [group] if self._window_ms else [[opened] for opened in group]:
            yield _command(part, began)


def _command(group: list[OpenedItem], began: int) -> cmd.OpenExport:
    first = group[0]
    return cmd.OpenExport(
        request_id=cmd.new_request_id(began),
        nonce=secrets.token_hex(16),
        requester=first.requester,
        items=tuple(o.item for o in group),
        verb=str(first.export.get("verb", "export")),
        destination=first.destination,
        topic=first.topic,
        purpose=str(first.export.get("purpose", "")),
        tier=str(first.export.get("tier", "")),
        rule=first.item.rule,
        detectors=first.detectors,
        expected_outcome=str((first.export.get("declared") or {}).get("expected_outcome", "")),
        input=InputRef(topics.REQUESTS, group[-1].item.offset, began),
    )
