"""Learns from lineage what the records of each topic hold, and tells where that changes.

Told are a path at which nothing was found before, a new kind at a known path, and a kind that becomes much more
frequent. A finding that no rule masks is an alarm. False alarms cost attention, so a topic is learned first, a new
place has to come back in a few records, and each is told once.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from maskgate.base import filemodes
from maskgate.policy.drift_profile import Place, TopicProfile
from maskgate.watch.feed import replace_text
from maskgate.watch.notices import Level, Notice, clean

_TOPICS = 200
_PENDING = 500
_CHANGES = 200
_WINDOW = 1_000
_JUMP = 2.0  # times as frequent as before
_SIGMAS = 8.0  # and as far from chance: a thousand places are looked at in every window
_LEAST_JUMP = 30
_SAVED_EVERY = 2_000

Row = Mapping[str, Any]
"""A row of lineage, decoded."""
What = Literal["new path", "new kind", "more frequent"]


@dataclass(frozen=True)
class Change:
    """One place of one topic that changed."""

    topic: str
    path: str
    kind: str
    what: What
    operator: str
    partition: int
    offset: int
    time_ms: int
    share: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the value is left as it is."""
        return self.operator == "keep"

    def notice(self, lineage: str) -> Notice:
        """What people are told: the place, never a value."""
        level: Level = "alarm" if self.is_open else "action"
        done = "no rule masks it" if self.is_open else f"masked by {clean(self.operator, 30)}"
        rate = f", in {self.share:.1%} of the records" if self.what == "more frequent" else ""
        text = (
            f"Drift in {clean(self.topic)}: {self.what}, {clean(self.kind, 40)} at {clean(self.path, 60) or '(record)'}"
            f"{rate}, first at {self.partition}/{self.offset}; {done}. See `maskgate drift show`"
        )
        ident = f"drift/{lineage}/{self.topic}/{self.path}/{self.kind}/{self.what}/{round(self.share, 2)}"
        return Notice(ident, level, "drift", self.time_ms, text)


@dataclass
class _Topic:
    profile: TopicProfile = field(default_factory=TopicProfile)
    pending: dict[Place, list[int]] = field(default_factory=dict)
    window: Counter[Place] = field(default_factory=Counter)
    window_records: int = 0
    told: dict[Place, float] = field(default_factory=dict)
    """Places whose rate was told, with the share they had then."""


def path_of(state_dir: Path) -> Path:
    """Where the tables lie."""
    return state_dir / "watch" / "drift.json"


def read(state_dir: Path) -> tuple[dict[str, TopicProfile], list[Change]]:
    """What was learned, and what changed since; empty at first."""
    _, topics, changes = _read(path_of(state_dir))
    return topics, changes


def _read(file: Path) -> tuple[str, dict[str, TopicProfile], list[Change]]:
    try:
        tree = json.loads(file.read_text(encoding="utf-8"))
        topics = {name: TopicProfile.from_json(topic) for name, topic in tree["topics"].items()}
        return str(tree["lineage"]), topics, [Change(**change) for change in tree["changes"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "", {}, []


class Drift:
    """The running tables."""

    def __init__(self, state_dir: Path, lineage: str = "", learn_records: int = 10_000, least: int = 3) -> None:
        self._file, self._lineage = path_of(state_dir), lineage
        self._learn_records, self._least = learn_records, least
        filemodes.secret_folder(self._file.parent)
        life, topics, changes = _read(self._file)
        self._topics = {name: _Topic(profile) for name, profile in topics.items()} if life == lineage else {}
        self.changes = changes if life == lineage else []
        self._unsaved = 0

    def add(self, event: Row) -> list[Notice]:
        """Take one row of lineage; what is to be told."""
        name, kind = str(event["source_topic"]), str(event["kind"])
        if not self._learn_records or not name or kind not in ("masked", "passed", "held"):
            return []
        topic = self._topics.get(name)
        if topic is None:
            if len(self._topics) >= _TOPICS:
                return []
            topic = self._topics[name] = _Topic()
        records = int(event["records"])
        self._unsaved += 1
        learning = topic.profile.records < self._learn_records
        topic.profile.records += records
        topic.window_records += records
        places = topic.profile.places(event["fields"])
        changes = [] if learning else self._judge(topic, name, places, event)
        topic.profile.learn(place for place in places if learning or topic.profile.has(place))
        if topic.window_records >= _WINDOW:
            changes += [] if learning else self._rates(topic, name, event)
            topic.window.clear()
            topic.window_records = 0
        self.changes = [*self.changes, *changes][-_CHANGES:]
        self._unsaved += _SAVED_EVERY * bool(changes)
        return [change.notice(self._lineage) for change in changes]

    def _judge(self, topic: _Topic, name: str, places: Mapping[Place, str], event: Row) -> list[Change]:
        """Places that are new; each is learned once it was told."""
        out = []
        for place, operator in places.items():
            topic.window[place] += 1
            known_path = place[0] in topic.profile.paths
            if topic.profile.has(place) or (topic.profile.is_full and not known_path):
                continue
            if place not in topic.pending and len(topic.pending) >= _PENDING:
                topic.pending.pop(next(iter(topic.pending)))
            seen = topic.pending.setdefault(place, [0, int(event["source_partition"]), int(event["source_offset"])])
            seen[0] += 1
            if seen[0] >= self._least:
                topic.pending.pop(place)
                what: What = "new kind" if known_path else "new path"
                out.append(Change(name, *place, what, operator, seen[1], seen[2], int(event["time"])))
                topic.profile.learn([place])
                topic.told[place] = 1.0  # its rate starts from nothing, which is no news
        return out

    def _rates(self, topic: _Topic, name: str, event: Row) -> list[Change]:
        """Kinds that became much more frequent than they were over all records."""
        out = []
        n, total = topic.window_records, max(1, topic.profile.records)
        for place, count in topic.window.items():
            before = topic.profile.paths.get(place[0], {}).get(place[1], 0) / total
            usual, share = n * max(before, topic.told.get(place, 0.0)), count / n
            chance = math.sqrt(usual * max(0.0, 1 - usual / n)) + 1
            if count >= _LEAST_JUMP and count > _JUMP * usual and count - usual > _SIGMAS * chance:
                topic.told[place] = share
                operator = next((u["operator"] for u in event["fields"] if u["entity"] == place[1]), "")
                at = int(event["source_partition"]), int(event["source_offset"])
                out.append(Change(name, *place, "more frequent", operator, *at, int(event["time"]), share))
        return out

    def save(self, always: bool = False) -> None:
        """Replace the file, now and then."""
        if self._unsaved < _SAVED_EVERY and not always:
            return
        self._unsaved = 0
        tree = {
            "lineage": self._lineage,
            "topics": {name: topic.profile.as_json() for name, topic in self._topics.items()},
            "changes": [asdict(change) for change in self.changes],
        }
        replace_text(self._file, json.dumps(tree, ensure_ascii=False, sort_keys=True))


__all__ = ["Change", "Drift", "path_of", "read"]
