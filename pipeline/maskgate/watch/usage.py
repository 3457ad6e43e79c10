"""Usage statistics from lineage: what was masked, held, released, by topic, entity and policy.

The counts and the offsets they reach lie in one file that is replaced in one step, before the offsets are committed:
a record that Kafka delivers twice is counted once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maskgate.base import filemodes
from maskgate.watch.feed import replace_text

_HOURS = 48
_HOUR_MS = 3_600_000
_MAX_KEYS = 5000
_OTHER = "(other)"

Counts = dict[str, int]


def path(state_dir: Path) -> Path:
    """Where the statistics lie."""
    return state_dir / "watch" / "usage.json"


def read(state_dir: Path) -> dict[str, Any]:
    """The statistics as last written: {kinds, topics, entities, policies, actions, hours, offsets}; empty at first."""
    try:
        found = json.loads(path(state_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _bump(counts: Counts, key: str, by: int) -> None:
    if key not in counts and len(counts) >= _MAX_KEYS:
        key = _OTHER
    counts[key] = counts.get(key, 0) + by


class Usage:
    """The running counts."""

    def __init__(self, state_dir: Path, lineage: str = "") -> None:
        """``lineage`` names the topic's life (its id): with another one the counts start anew."""
        self._path = path(state_dir)
        filemodes.secret_folder(self._path.parent)
        stored = read(state_dir)
        if stored.get("lineage") != lineage:
            stored = {}
        self._lineage = lineage
        self._counts: dict[str, Counts] = {
            name: dict(stored.get(name) or {}) for name in ("kinds", "topics", "entities", "policies", "actions")
        }
        self._hours: dict[str, Counts] = {hour: dict(c) for hour, c in (stored.get("hours") or {}).items()}
        self._offsets: Counts = dict(stored.get("offsets") or {})
        self.dropped = 0

    def add(self, event: Mapping[str, Any], partition: int, offset: int) -> bool:
        """Count one lineage event; false if it was counted before."""
        at = str(partition)
        if offset < self._offsets.get(at, 0):
            return False
        self._offsets[at] = offset + 1
        records, kind = int(event["records"]), str(event["kind"])
        _bump(self._counts["kinds"], kind, records)
        _bump(self._counts["topics"], f"{event['source_topic'] or '-'} {kind}", records)
        if event["policy_id"]:
            _bump(self._counts["policies"], f"{event['policy_id']} {event['policy_version']}", records)
        if event["action"]:
            _bump(self._counts["actions"], str(event["action"]), records)
        if kind in ("masked", "held"):
            for use in event["fields"]:
                name = f"{event['source_topic']} {use['entity']} {use['operator']}"
                _bump(self._counts["entities"], name, int(use["count"]))
        hour = self._hours.setdefault(str(int(event["time"]) // _HOUR_MS * _HOUR_MS), {})
        _bump(hour, kind, records)
        return True

    def skip(self, partition: int, offset: int) -> None:
        """Go past a record that is not a lineage event."""
        self._offsets[str(partition)] = max(self._offsets.get(str(partition), 0), offset + 1)
        self.dropped += 1

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        for old in sorted(self._hours, key=int)[:-_HOURS]:
            del self._hours[old]
        return {"lineage": self._lineage, **self._counts, "hours": self._hours, "offsets": self._offsets}

    def save(self) -> None:
        """Replace the file."""
        replace_text(self._path, json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True))
