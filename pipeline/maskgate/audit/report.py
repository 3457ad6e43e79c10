"""Evidence for a period: what was asked, who decided, what left, what was refused; as data, CSV or one HTML page.

Everything comes from the log. Texts of requesters appear as plain text, counts of findings as they are in the log.
"""

from __future__ import annotations

import csv
import html
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from maskgate.approvals import events as ev
from maskgate.approvals.messages import plain
from maskgate.approvals.model import ItemState, Request

COLUMNS = (
    "request_id",
    "opened",
    "requester",
    "assurance",
    "verb",
    "destination",
    "tier",
    "rule",
    "items",
    "state",
    "decided",
    "seconds_to_decision",
    "approved_by",
    "denied_by",
    "policy",
    "digest",
)


@dataclass
class _Row:
    request: Request
    state: str = "PENDING"
    first_move: int = 0
    last_move: int = 0
    approved: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    glass: str = ""


def period(log: Sequence[ev.Event], start: int | None, end: int | None) -> tuple[int, int]:
    """[start, end) in ms; what is not given is where the log begins, or ends."""
    times = [event.meta.at for event in log] or [0]
    return min(times) if start is None else start, max(times) + 1 if end is None else end


def build(log: Sequence[ev.Event], start: int | None = None, end: int | None = None) -> dict[str, Any]:
    """The report over requests that were opened in [start, end) (ms), with all that happened to them since.

    Without dates the period is what the log covers.
    """
    start, end = period(log, start, end)
    rows: dict[str, _Row] = {}
    refusals: Counter[str] = Counter()
    alarms: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    reviewers: dict[str, Counter[str]] = {}
    speeds: dict[str, list[int]] = {}
    for event in log:
        inside = start <= event.meta.at < end
        match event:
            case ev.RequestOpened() if inside:
                rows[event.request_id] = _Row(event.request)
            case ev.Refused() if inside:
                refusals[event.code] += 1
                if event.alarm:
                    alarms.append(_alarm(event))
            case ev.PeopleChanged() | ev.PeopleLoaded() | ev.PolicyLoaded() if inside:
                people.append({"at": _iso(event.meta.at), "what": getattr(event, "change", event.type)})
            case ev.VoteAccepted() if event.request_id in rows:
                _vote(rows[event.request_id], event, reviewers, speeds)
            case ev.GlassBroken() if event.request_id in rows:
                rows[event.request_id].glass = event.person_id
            case ev.Moved() if event.request_id in rows:
                _move(rows[event.request_id], event)
            case _:
                pass
    return {
        "from": _iso(start),
        "to": _iso(end),
        "requests": [_plain_row(row) for row in rows.values()],
        "states": dict(Counter(row.state for row in rows.values())),
        "tiers": dict(Counter(row.request.tier for row in rows.values())),
        "seconds_to_decision": _percentiles(
            [row.first_move - row.request.created for row in rows.values() if row.first_move and not row.request.auto]
        ),
        "reviewers": [_reviewer(name, reviewers[name], speeds.get(name, [])) for name in sorted(reviewers)],
        "broken_glass": [
            {"request_id": row.request.request_id, "by": row.glass, "state": row.state}
            for row in rows.values()
            if row.glass
        ],
        "refused": dict(refusals),
        "alarms": alarms,
        "changes": people,
    }


def to_csv(report: dict[str, Any]) -> str:
    """One line a request; a cell that a spreadsheet would run as a formula starts with an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in report["requests"]:
        writer.writerow({name: _cell(row[name]) for name in COLUMNS})
    return out.getvalue()


def to_html(report: dict[str, Any], head: str = "") -> str:
    """One page without scripts; ``head`` is the tree head it rests on."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>maskgate approvals</title><style>"
        "body{font:14px/1.5 system-ui;margin:2rem}table{border-collapse:collapse;margin:1rem 0}"
        "td,th{border:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}</style>",
        f"<h1>Approvals {html.escape(report['from'])} – {html.escape(report['to'])}</h1>",
        f"<p>Log: <code>{html.escape(head)}</code></p>" if head else "",
    ]
    counts = ("states", "tiers", "seconds_to_decision", "refused")
    parts += [_table(title, ["what", "value"], [[k, v] for k, v in report[title].items()]) for title in counts]
    for title in ("reviewers", "broken_glass", "alarms", "changes"):
        rows = report[title]
        parts.append(_table(title, list(rows[0]) if rows else ["none"], [list(row.values()) for row in rows]))
    parts.append(_table("requests", COLUMNS, [[row[name] for name in COLUMNS] for row in report["requests"]]))
    return "\n".join(parts) + "</html>\n"


def _vote(row: _Row, event: ev.VoteAccepted, reviewers: dict[str, Counter[str]], speeds: dict[str, list[int]]) -> None:
    vote = event.vote
    reviewers.setdefault(vote.person_id, Counter())[vote.decision] += 1
    speeds.setdefault(vote.person_id, []).append(vote.at - row.request.created)
    if vote.decision == "approve" and vote.person_id not in row.approved:
        row.approved.append(vote.person_id)
    if vote.decision == "deny" and vote.person_id not in row.denied:
        row.denied.append(vote.person_id)


def _move(row: _Row, event: ev.Moved) -> None:
    row.state = str(event.to) + (" (some items)" if event.items else "")
    row.last_move = event.meta.at
    if not row.first_move and event.to in (ItemState.APPROVED, ItemState.DENIED):
        row.first_move = event.meta.at


def _plain_row(row: _Row) -> dict[str, Any]:
    request = row.request
    return {
        "request_id": request.request_id,
        "opened": _iso(request.created),
        "requester": plain.one_line(str(request.requester.principal)),
        "assurance": request.requester.assurance,
        "verb": plain.one_line(request.action.verb),
        "destination": plain.one_line(request.action.destination),
        "tier": request.tier,
        "rule": plain.one_line(request.rule),
        "items": max(1, len(request.items)),
        "state": row.state,
        "decided": _iso(row.first_move) if row.first_move else "",
        "seconds_to_decision": (row.first_move - request.created) / 1000 if row.first_move else "",
        "approved_by": ", ".join(row.approved) or ("rule" if request.auto else ""),
        "denied_by": ", ".join(row.denied),
        "policy": f"{request.policy.id} {request.policy.version}",
        "digest": request.digest,
    }


def _alarm(event: ev.Refused) -> dict[str, Any]:
    return {"at": _iso(event.meta.at), "code": event.code, "request_id": event.request_id, "by": event.by}


def _reviewer(name: str, counts: Counter[str], waits: Sequence[int]) -> dict[str, Any]:
    total = sum(counts.values())
    return {
        "person": name,
        "votes": total,
        "approve_rate": round(counts["approve"] / total, 3),
        "median_seconds": _percentiles(waits).get("p50", ""),
    }


def _percentiles(values: Sequence[int]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {f"p{q}": ordered[min(len(ordered) - 1, len(ordered) * q // 100)] / 1000 for q in (50, 90, 99)}


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    top = "".join(f"<th>{html.escape(str(c))}</th>" for c in columns)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row) + "</tr>" for row in rows)
    return f"<h2>{html.escape(title.replace('_', ' '))}</h2><table><tr>{top}</tr>{body}</table>"


def _cell(value: object) -> str:
    text = str(value)
    return "'" + text if text[:1] in "=+-@\t\r" and text else text


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
