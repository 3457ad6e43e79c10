"""A request as text, for terminals."""

from __future__ import annotations

import time
from typing import Any


def render(r: dict[str, Any]) -> str:
    """A request as text; everything in it was made plain before."""
    head = f"{r['title']}  [{r['state']}, {r['tier']}]"
    lines = [head, "─" * min(len(head), 100), f"request     {r['request_id']}"]
    lines.append(f"asked by    {r['requester']['name']} ({r['requester']['kind']}; {r['requester']['assurance_text']})")
    if r.get("raw"):
        lines.insert(2, "!! THE ORIGINALS LEAVE, NOT THE MASKED RECORDS: the preview shows the masked form only")
    if r["for_whom"]:
        lines.append(f"for         {', '.join(r['for_whom'])}")
    lines += [f"{name:<11} {value}" for name, value in (("purpose", r["purpose"]), ("outcome", r["outcome"])) if value]
    lines.append(f"destination {r['destination']}" + (f" (topic {r['topic']})" if r["topic"] else ""))
    lines.append(f"held by     rule {r['rule'] or '–'}, policy {r['policy']['id']} {r['policy']['version']}")
    if r["excluded"]:
        lines.append(f"may not     {', '.join(r['excluded'])}")
    if r["left"]:
        lines.append(f"time        {r['left']['text']}")
    need = ", ".join(f"{s['group']}: {s['person'] or '–'}" for s in r["slots"])
    lines.append(f"must agree  {need or 'nobody (by rule)'}")
    for v in r["votes"]:
        if "name" in v:
            lines.append(f"vote        {v['name']}: {v['decision']}" + (f" — {v['reason']}" if v["reason"] else ""))
    for f in r["fields"]:
        lines.append(f"found       {f['entity']:<18} {f['band']:>7}  {f['path']}  ({f['operator']}, {f['score']:.2f})")
    if r["kind"] == "action":
        lines += ["", r["arguments_text"]]
    for i in r["items"]:
        lines += [
            "",
            f"── {i['source']} [{i['item_id'][:12]}] " + (i["state"] if r["partial"] else ""),
            i["preview"] or i["problem"],
        ]
    if r["diff"]:
        lines += ["", f"── compared with the last approved ({r['diff']['short']})"]
        lines += [f"{d['op']} {d['text']}" for d in r["diff"]["lines"]] or ["  the same shape"]
    lines += ["", "── history"] + [
        f"{time.strftime('%H:%M:%S', time.gmtime(e['at'] / 1000))}  {e['text']}" for e in r["events"]
    ]
    return "\n".join(lines)
