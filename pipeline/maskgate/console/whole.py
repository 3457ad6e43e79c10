"""All that would leave, page by page: the action, then every held record with its key, headers and value.

A page never cuts a text short; what is longer goes on with the next page. Joined again, the parts of a record are the
text whose digest the gate put into the request, so whoever signs can hold them against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from maskgate.approvals.messages import items, preview
from maskgate.approvals.model import RequestState
from maskgate.base.errors import RecordError, RefusedError
from maskgate.console.reader import Reader, line

PAGE = 20_000
"""Characters a page, about."""
ACTION = "action"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of one text on one page; ``number`` of ``of`` records, 0 for the action."""

    id: str
    number: int
    of: int
    source: str
    begins: bool
    ends: bool
    text: str


def pages_of(entry: RequestState, reader: Reader, size: int = PAGE) -> list[list[Part]]:
    """All pages of a request.

    Raises:
        RefusedError: code ``not_readable``: a held record is gone, or is not the one that was asked for.
    """
    pages: list[list[Part]] = [[]]
    room = size
    for part in _texts(entry, reader):
        at = 0
        while at < len(part.text) or at == 0:
            if room < min(len(part.text) - at, size // 2):
                pages.append([])
                room = size
            end = _break(part.text, at, at + room)
            done = end >= len(part.text)
            pages[-1].append(Part(part.id, part.number, part.of, part.source, at == 0, done, part.text[at:end]))
            room, at = room - (end - at), end
            if done:
                break
    return pages


def page_of(pages: list[list[Part]], item_id: str) -> int:
    """The page on which a record begins, from 1; 1 where there is no such record."""
    return next((n for n, page in enumerate(pages, 1) if any(p.id == item_id and p.begins for p in page)), 1)


def _break(text: str, at: int, wanted: int) -> int:
    """Where a page ends: after a line where one ends in its second half, else in the middle of it."""
    if wanted >= len(text):
        return len(text)
    end = text.rfind("\n", at + (wanted - at) // 2, wanted)
    return end + 1 if end > at else wanted


def _texts(entry: RequestState, reader: Reader) -> Iterator[Part]:
    request = entry.request
    yield Part(ACTION, 0, len(request.items), "", True, True, preview.action_text(request.action))
    raw = reader.read([item.offset for item in request.items])
    for number, item in enumerate(request.items, 1):
        try:
            opened = items.parse_item(raw[item.offset], reader.pipeline_keys, item.offset)
        except (KeyError, RecordError):
            raise RefusedError(
                "not_readable", "a held record cannot be read, so it cannot be released either"
            ) from None
        if opened.item.item_id != item.item_id or preview.digest(opened.text) != (item.preview or "?"):
            raise RefusedError("not_shown", "a held record is too long to be shown, or not the one that was asked for")
        source = line(f"{item.source.topic}/{item.source.partition}/{item.source.offset}", 160)
        yield Part(item.item_id, number, len(request.items), source, True, True, opened.text)
