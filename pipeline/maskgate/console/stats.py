"""Figures for the page, the API and Prometheus: counts and times, never a value."""

from __future__ import annotations

import statistics
from typing import Any

from maskgate.approvals.messages import plain
from maskgate.console.index import Index
from maskgate.console.reader import Reader
from maskgate.people.registry import People

HASTY_MS = 5000


def percentiles(values: list[int]) -> dict[str, int]:
    """p50, p90 and p99 in milliseconds; empty without values."""
    if not values:
        return {}
    ordered = sorted(values)
    return {f"p{p}": ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 90, 99)}


def figures(index: Index, reader: Reader) -> dict[str, Any]:
    """Everything that the figures page shows."""
    by_person: dict[str, list[tuple[str, int, int]]] = {}
    for person, decision, since_open, since_seen in index.votes_by_person():
        by_person.setdefault(person, []).append((decision, since_open, since_seen))
    reviewers = [
        {
            "person_id": person,
            "name": reader.name(person),
            "votes": len(cast),
            "approve_rate": sum(1 for d, _, _ in cast if d == "approve") / len(cast),
            "median_ms": int(statistics.median(ms for _, ms, _ in cast)),
            "hasty": sum(1 for _, _, seen in cast if 0 <= seen < HASTY_MS),
        }
        for person, cast in sorted(by_person.items(), key=lambda kv: -len(kv[1]))
    ]
    return {
        "states": {state.lower(): n for state, n in index.by_state().items()},
        "latency_ms": percentiles(index.latencies()),
        "reviewers": reviewers,
        "refused": [{"code": code, "n": n, "last": last} for code, n, last in index.refusals()],
    }


def spell_ms(ms: float) -> str:
    """A duration for people."""
    if ms < 1000:
        return f"{ms:.0f} ms"
    s = ms / 1000
    return f"{s:.1f} s" if s < 60 else f"{s / 60:.0f} min" if s < 7200 else f"{s / 3600:.1f} h"


def metrics(index: Index) -> str:
    """Prometheus exposition."""
    lines = ["# HELP maskgate_requests Requests by state.", "# TYPE maskgate_requests gauge"]
    lines += [f'maskgate_requests{{state="{state.lower()}"}} {n}' for state, n in sorted(index.by_state().items())]
    lines += ["# HELP maskgate_refused_total Refused inputs by code.", "# TYPE maskgate_refused_total counter"]
    lines += [f'maskgate_refused_total{{code="{code}"}} {n}' for code, n, _ in index.refusals()]
    lines += [
        "# HELP maskgate_approval_seconds Time from opening to release.",
        "# TYPE maskgate_approval_seconds summary",
    ]
    lines += [
        f'maskgate_approval_seconds{{quantile="0.{name[1:]}"}} {ms / 1000}'
        for name, ms in percentiles(index.latencies()).items()
    ]
    return "\n".join(lines) + "\n"


def people_view(people: People, now_ms: int) -> dict[str, Any]:
    """The registry for people: names, groups, accounts, key ids."""
    persons = []
    for person in people.persons.values():
        away = any(a.person_id == person.person_id and a.start <= now_ms < a.end for a in people.absences)
        note = "revoked" if person.revoked_at else "away" if away else ""
        persons.append(
            {
                "person_id": person.person_id,
                "name": plain.one_line(person.name or person.person_id, 80)
                + (f" ({person.domain})" if person.domain else ""),
                "groups": list(people.groups_of(person.person_id, now_ms)),
                "accounts": [
                    {"iss": plain.one_line(a.iss, 120), "sub": plain.one_line(a.sub, 120)} for a in person.accounts
                ],
                "keys": [k.key_id + ("" if k.usable else " (ended)") for k in person.keys],
                "owns": [plain.one_line(p.sub, 80) for p in person.owns],
                "note": note,
            }
        )
    return {"version": people.version, "persons": persons}
