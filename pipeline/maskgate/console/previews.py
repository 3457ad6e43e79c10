"""The held records as a reviewer sees them, computed here from their bytes; what more masking leaves; differences."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from maskgate.approvals.messages import items, manifest, masking, preview
from maskgate.approvals.model import RequestState
from maskgate.base.errors import RecordError, RefusedError
from maskgate.console.marks import highlight
from maskgate.console.reader import Reader, line
from maskgate.gate.view import View

MAX_ITEMS = 50
MAX_CHARS = 20_000
"""Characters of one record beside the others; ``whole`` has all of it."""
MAX_TOGETHER = 200_000


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One held record as a reviewer sees it."""

    id: str
    source: str
    size: str
    state: str
    raw: bool
    text: str = ""
    missing: str = ""
    fields: tuple[Mapping[str, Any], ...] = ()
    digest: str = ""
    left_off: int = 0  # characters that ``whole`` has more

    @property
    def html(self) -> Markup:
        return highlight(self.text)


def size(n: int) -> str:
    """A number of bytes for people."""
    return f"{n} B" if n < 1000 else f"{n / 1000:.1f} kB" if n < 1_000_000 else f"{n / 1_000_000:.1f} MB"


def shown_items(entry: RequestState, reader: Reader, limit: int = MAX_ITEMS) -> list[ShownItem]:
    """The items with their previews, computed here from the held bytes."""
    chosen = entry.request.items[:limit]
    raw = reader.read([i.offset for i in chosen])
    out: list[ShownItem] = []
    room = MAX_TOGETHER
    for item in chosen:
        where = f"{item.source.topic}/{item.source.partition}/{item.source.offset}"
        state = entry.states()[item.item_id]
        base = (item.item_id, line(where, 160), size(item.size), state.value.lower(), item.raw)
        try:
            opened = items.parse_item(raw[item.offset], reader.pipeline_keys, item.offset)
        except KeyError:
            out.append(ShownItem(*base, missing="The held record is not on the topic any more; it cannot be released."))
            continue
        except RecordError as error:
            out.append(
                ShownItem(*base, missing=f"The held record does not verify ({error.code}); it cannot be released.")
            )
            continue
        if (opened.item.item_id, opened.item.preview) != (item.item_id, item.preview):
            out.append(
                ShownItem(*base, missing="The held record is not the one that was asked for; it cannot be released.")
            )
            continue
        text = opened.text[: min(MAX_CHARS, room)]
        room -= len(text)
        left = len(opened.text) - len(text)
        out.append(ShownItem(*base, text=text, fields=opened.fields, digest=item.preview, left_off=left))
        if not item.preview:
            why = "The record is too long to be shown whole, so it cannot be approved: deny it, or leave it out."
            out[-1] = replace(out[-1], missing=why)
    return out


def masked_further(
    entry: RequestState, reader: Reader, pointers: Sequence[str], scope: Sequence[str] = ()
) -> tuple[str, list[str]]:
    """What extra masking leaves: the result digest that a vote carries, and the previews.

    Raises:
        RefusedError: ``not_readable`` where an item cannot be read, ``no_such_path`` where no item has a path.
    """
    chosen = [i for i in entry.request.items if not scope or i.item_id in scope]
    raw = reader.read([i.offset for i in chosen])
    rows, previews, present_somewhere = [], [], set()
    for item in chosen:
        try:
            opened = items.parse_item(raw[item.offset], reader.pipeline_keys, item.offset)
        except (KeyError, RecordError):
            raise RefusedError("not_readable", "a held record cannot be read; it cannot be masked further") from None
        value = masking.apply_where(opened.value, pointers)
        present_somewhere |= {p for p in pointers if masking.apply_where(opened.value, [p]) != opened.value}
        rows.append((item.item_id, items.result_of(opened, value)))
        previews.append(items.text_of(opened, value, masking.stand_ins_after(opened.value, pointers, opened.stand_ins)))
    if missing := [p for p in pointers if p not in present_somewhere]:
        raise RefusedError("no_such_path", f"no record has the path {line(missing[0], 120)}")
    return manifest.result_digest(rows), previews


def merged_fields(shown: Sequence[ShownItem]) -> list[dict[str, Any]]:
    """What was found over all items, per path (array indexes as ``*``), kind and operator."""
    out: dict[tuple[str, str, str], dict[str, Any]] = {}
    for item in shown:
        for use in item.fields:
            path = preview.without_tokens(re.sub(r"/\d+(?=/|$)", "/*", str(use["path"])))
            key = (path, str(use["entity"]), str(use["operator"]))
            row = out.setdefault(
                key,
                {
                    "path": line(path, 200),
                    "entity": line(key[1], 40),
                    "operator": line(key[2], 40),
                    "count": 0,
                    "score": 1.0,
                },
            )
            row["count"] += int(use["count"])
            row["score"] = min(row["score"], float(use["score"]))
    for row in out.values():
        row["band"] = preview.band(row.pop("count"))
    return list(out.values())


def difference(shown: Sequence[ShownItem], text: str, last: View, reader: Reader, kind: str) -> dict[str, Any]:
    """How this preview differs from the last approved one of the same kind."""
    if kind == "export":
        before = "\n".join(i.text for i in shown_items(last.entry, reader, 3)).splitlines()
        after = "\n".join(i.text for i in shown[:3]).splitlines()
    else:
        before, after = preview.action_text(last.entry.request.action).splitlines(), text.splitlines()
    raw = difflib.unified_diff(before, after, lineterm="", n=2)
    lines = [{"op": x[:1], "text": x[1:]} for x in raw if not x.startswith(("---", "+++", "@@"))]
    last_id = last.entry.request.request_id
    return {"id": last_id, "short": last_id[-8:], "at": last.changed, "lines": lines[:200]}
