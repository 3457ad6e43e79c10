"""What a mask worker counts, and what limits it: waiting for input, masking, or the broker's commits."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from maskgate.base.meters import Meters
from maskgate.base.records import Held, Masked, Outcome, Quarantined, Record
from maskgate.kafka.lag import Lag

Place = tuple[str, int]
_SMOOTH = 0.3  # how much the newest window says: about the last ten seconds count
_IDLE_SHARE = 0.25  # a worker that waits longer than this for input has room left


class WorkerMeter:
    """Counts batches and time; cheap enough for the hot path."""

    def __init__(self, meters: Meters) -> None:
        self.meters = meters
        self._mark = time.perf_counter()
        self._window = dict.fromkeys(("wait", "mask", "commit"), 0.0)
        self._share = dict(self._window)
        self._lag = Lag()

    def lap(self, phase: str) -> float:
        """The time since the last lap belongs to ``phase``."""
        now = time.perf_counter()
        took, self._mark = now - self._mark, now
        self._window[phase] += took
        self.meters.count("maskgate_phase_seconds_total", took, phase=phase)
        return took

    def polled(self, records: Sequence[Record]) -> None:
        """A poll ended, with or without records."""
        self.lap("wait")
        self._lag.polled(bool(records))
        for record in records:
            self._lag.read(record.topic, record.partition, record.offset, record.timestamp_ms)

    def outcomes(self, records: Sequence[Record], outcomes: Sequence[Outcome]) -> None:
        """What became of a batch."""
        meters = self.meters
        meters.count("maskgate_bytes_total", sum(len(record.value or b"") for record in records))
        seen = Counter((r.topic, _name(o)) for r, o in zip(records, outcomes, strict=True))
        for (topic, name), n in seen.items():
            meters.count("maskgate_records_total", n, topic=topic, outcome=name)
        kinds: Counter[str] = Counter()
        for record, outcome in zip(records, outcomes, strict=True):
            if isinstance(outcome, Quarantined):
                meters.count("maskgate_dead_letters_total", topic=record.topic, reason=outcome.code)
            else:
                for use in outcome.fields:
                    kinds[use.entity] += use.count
        for entity, n in kinds.items():
            meters.count("maskgate_findings_total", n, entity=entity)

    def committed(self) -> None:
        """A batch is stored."""
        self.meters.observe("maskgate_commit_seconds", self.lap("commit"))
        self.meters.count("maskgate_batches_total")

    def show(self, ends: Mapping[Place, int]) -> None:
        """Lag of the partitions in ``ends`` (what the client knows of their ends) and the bottleneck; then write."""
        meters = self.meters
        self._lag.show(meters, ends)
        limit = self.bottleneck()
        for part in ("none", "mask", "commit"):
            meters.set("maskgate_bottleneck", int(part == limit), part=part)
        meters.flush()

    def bottleneck(self) -> str:
        """What limits this worker: none, mask (its CPU) or commit (the broker)."""
        total = sum(self._window.values())
        if total:
            for phase, took in self._window.items():
                self._share[phase] += _SMOOTH * (took / total - self._share[phase])
            self._window = dict.fromkeys(self._window, 0.0)
        if self._share["wait"] > _IDLE_SHARE:
            return "none"
        return "mask" if self._share["mask"] >= self._share["commit"] else "commit"


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, Masked):
        return "masked" if outcome.changed or outcome.fields else "unchanged"
    return "held" if isinstance(outcome, Held) else "dead_letter"


def policy_shown(meters: Meters, policy: Any, fallback: str, versions: Mapping[str, str] | None = None) -> None:
    """Say which policy is in force, and which detectors."""
    meters.forget("maskgate_policy_info")
    ref = policy.ref
    meters.set("maskgate_policy_info", 1, id=ref.id, version=ref.version, digest=ref.digest[:12])
    meters.set("maskgate_policy_kept", int(bool(fallback)))
    for name, version in (versions or {}).items():
        meters.set("maskgate_model_info", 1, part=name, version=version)


def keys_shown(meters: Meters, in_use: Mapping[str, str]) -> None:
    """Say which key is in use for each purpose."""
    meters.forget("maskgate_key_info")
    for purpose, key_id in in_use.items():
        meters.set("maskgate_key_info", 1, purpose=purpose, id=key_id)
