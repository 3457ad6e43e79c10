"""A request as text, for terminals."""

from __future__ import annotations

import textwrap
import time
from typing import Any

_LABEL = 12


def render(r: dict[str, Any], width: int = 0) -> str:
    """A request as text; everything in it was made plain before. With ``width`` long lines go on under their value."""
    head = f"{r['title']}  [{r['state']}, {r['tier']}]"
    lines = [*_wrapped(head, width), "─" * min(len(head), width or 100)]
    if r.get("raw"):
        lines += _wrapped(
            "!! THE ORIGINALS LEAVE, NOT THE MASKED RECORDS: the preview shows the masked form only", width
        )
    for label, value in _facts(r):
        lines += _wrapped(f"{label:<{_LABEL}}{value}", width, _LABEL)
    if r["kind"] == "action":
        lines += ["", r["arguments_text"]]
    for i in r["items"]:
        lines += [
            "",
            f"── {i['source']} [{i['item_id'][:12]}] " + (i["state"] if r["partial"] else ""),
            *([i["preview"]] if i["preview"] else []),
            *([i["problem"]] if i["problem"] else []),
            *([f"… {i['left_off']:,} more characters: show --whole"] if i["left_off"] else []),
        ]
    if r["items_more"]:
        lines += ["", f"… and {r['items_more']} more records: show --whole"]
    if r["diff"]:
        lines += ["", f"── compared with the last approved ({r['diff']['short']})"]
        lines += [f"{d['op']} {d['text']}" for d in r["diff"]["lines"]] or ["  the same shape"]
    lines += ["", "── history"]
    for e in r["events"]:
        lines += _wrapped(f"{time.strftime('%H:%M:%S', time.gmtime(e['at'] / 1000))}  {e['text']}", width, 10)
    return "\n".join(lines)


def render_page(told: dict[str, Any]) -> str:
    """One page of all that would leave."""
    lines = []
    for part in told["parts"]:
        of = f"record {part['number']} of {part['of']}: {part['source']} [{part['item_id'][:12]}]"
        goes_on = "" if part["begins"] else ", goes on"
        lines += [f"── {of if part['number'] else 'what is asked for'}{goes_on}", part["text"], ""]
    return "\n".join([*lines, f"page {told['page']} of {told['pages']}"])


def _facts(r: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of what is known of a request, in the order of the page."""
    need = ", ".join(f"{s['group']}: {s['person'] or '–'}" for s in r["slots"])
    found: list[tuple[str, str]] = [
        ("request", r["request_id"]),
        ("asked by", f"{r['requester']['name']} ({r['requester']['kind']}; {r['requester']['assurance_text']})"),
        ("for", ", ".join(r["for_whom"])),
        ("purpose", r["purpose"]),
        ("outcome", r["outcome"]),
        ("destination", r["destination"] + (f" (topic {r['topic']})" if r["topic"] else "")),
        ("held by", f"rule {r['rule'] or '–'}, policy {r['policy']['id']} {r['policy']['version']}"),
        ("may not", ", ".join(r["excluded"])),
        ("time", r["left"]["text"] if r["left"] else ""),
        ("must agree", need or "nobody (by rule)"),
    ]
    found += [
        ("vote", f"{v['name']}: {v['decision']}" + (f" — {v['reason']}" if v["reason"] else ""))
        for v in r["votes"]
        if "name" in v
    ]
    found += [
        ("found", f"{f['entity']:<18} {f['band']:>7}  {f['path']}  ({f['operator']}, {f['score']:.2f})")
        for f in r["fields"]
    ]
    return [(label, value) for label, value in found if value or label == "destination"]


def _wrapped(line: str, width: int, indent: int = 0) -> list[str]:
    if not width or len(line) <= width:
        return [line]
    return textwrap.wrap(
        line,
        max(width, indent + 8),
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )
