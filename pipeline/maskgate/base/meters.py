"""What a process counts: counters, gauges and histograms, written to a file that another process serves.

Mask workers have no threads and serve nothing themselves. Each process owns one file below ``meters/`` of the state
folder and replaces it about once a second at a border of its loop; ``maskgate.supervise.monitor`` reads them all. No
label ever carries a value of a record.
"""

from __future__ import annotations

import json
import os
import resource
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from maskgate.base import filemodes

FOLDER = "meters"
EVERY_S = 1.0
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[tuple[str, str], ...]


class Metric(NamedTuple):
    """One family: its kind and what it says."""

    kind: Kind
    help: str


METRICS: dict[str, Metric] = {
    "maskgate_up": Metric("gauge", "1 while the role's process runs"),
    "maskgate_ready": Metric("gauge", "1 while the role does its work and is not overloaded"),
    "maskgate_restarts_total": Metric("counter", "Starts of the role or mask worker after its first"),
    "maskgate_cpu_seconds_total": Metric("counter", "CPU time of the process"),
    "maskgate_resident_bytes": Metric("gauge", "Memory of the process"),
    "maskgate_policy_info": Metric("gauge", "1, with id, version and digest of the policy in force"),
    "maskgate_policy_kept": Metric("gauge", "1 while the last good policy is used because the file is broken"),
    "maskgate_key_info": Metric("gauge", "1, with purpose and id of each key of the keyring that is in use"),
    "maskgate_model_info": Metric("gauge", "1, with name and version of each part of the detectors"),
    "maskgate_records_total": Metric("counter", "Records by topic and outcome: masked, unchanged, held, dead_letter"),
    "maskgate_bytes_total": Metric("counter", "Bytes of record values that were read"),
    "maskgate_findings_total": Metric("counter", "Findings by entity"),
    "maskgate_dead_letters_total": Metric("counter", "Dead letters by topic and reason"),
    "maskgate_batches_total": Metric("counter", "Batches that were committed"),
    "maskgate_commit_seconds": Metric("histogram", "Time of a commit: transaction, results, offsets"),
    "maskgate_phase_seconds_total": Metric("counter", "Time that a worker spent by phase: wait, mask, commit"),
    "maskgate_lag_records": Metric("gauge", "Records that wait in the input, by topic and partition"),
    "maskgate_lag_seconds": Metric("gauge", "Age of the record that is next, by topic and partition; 0 without lag"),
    "maskgate_bottleneck": Metric("gauge", "1 for what limits the worker now: none, mask or commit"),
    "maskgate_open_requests": Metric("gauge", "Requests that wait for a decision, a release or a review"),
    "maskgate_oldest_request_seconds": Metric("gauge", "Age of the oldest open request"),
    "maskgate_requests_total": Metric("counter", "Requests that were opened"),
    "maskgate_votes_total": Metric("counter", "Votes that counted"),
    "maskgate_moves_total": Metric("counter", "Decisions and what followed, by state: released, denied, expired, …"),
    "maskgate_refusals_total": Metric("counter", "Inputs that the gate refused, by code"),
    "maskgate_log_events_total": Metric("counter", "Events that were added to the audit log"),
    "maskgate_notices_total": Metric("counter", "Notices by channel and result: delivered, kept, stale"),
    "maskgate_notices_waiting": Metric("gauge", "Notices that wait for their channel, by channel"),
    "maskgate_notices_kept": Metric("gauge", "Notices that a channel refused, kept for `maskgate watch redeliver`"),
    "maskgate_watch_failures_total": Metric("counter", "Log and lineage records that the watch could not take"),
    "maskgate_audit_sync_sent_total": Metric("counter", "Log entries that an audit sink took, by sink"),
    "maskgate_audit_sync_failures_total": Metric("counter", "Sends that failed, by sink and result: again, refused"),
    "maskgate_audit_sync_lag_records": Metric("gauge", "Log entries that wait for an audit sink, by sink"),
    "maskgate_audit_sync_lag_seconds": Metric("gauge", "Age of the entry that the sink gets next; 0 without lag"),
    "maskgate_lineage_rows_total": Metric("counter", "Lineage rows that were written to files"),
    "maskgate_lineage_files_total": Metric("counter", "Lineage files that were published"),
}
"""Every metric of the roles; docs/operations.md has a line for each."""


@dataclass(slots=True)
class _Histogram:
    counts: list[int]
    total: float = 0.0


class Meters:
    """The figures of one process; ``path`` None keeps them in memory."""

    def __init__(self, state_dir: Path | None = None, role: str = "", slot: int | None = None) -> None:
        name = role if slot is None else f"{role}-{slot}"
        self._path = state_dir / FOLDER / f"{name}.json" if state_dir else None
        self._head = {"role": role, "slot": slot, "pid": os.getpid()}
        self._plain: dict[tuple[str, Labels], float] = defaultdict(float)
        self._histograms: dict[tuple[str, Labels], _Histogram] = {}
        self._next = 0.0
        self.ready = False
        self.notes: list[str] = []
        """Why this process is not as it should be; shown by ``/readyz``."""

    def count(self, name: str, by: float = 1, /, **labels: str) -> None:
        """Add to a counter."""
        self._plain[name, tuple(labels.items())] += by

    def set(self, name: str, value: float, /, **labels: str) -> None:
        """Set a gauge (or a counter that something else counts)."""
        self._plain[name, tuple(labels.items())] = value

    def forget(self, name: str) -> None:
        """Drop every series of a gauge: partitions went away, a policy changed."""
        for key in [key for key in self._plain if key[0] == name]:
            del self._plain[key]

    def observe(self, name: str, seconds: float, /, **labels: str) -> None:
        """Add to a histogram."""
        key = (name, tuple(labels.items()))
        found = self._histograms.get(key)
        if found is None:
            found = self._histograms[key] = _Histogram([0] * (len(BUCKETS_S) + 1))
        found.counts[bisect_left(BUCKETS_S, seconds)] += 1
        found.total += seconds

    def due(self) -> bool:
        """Whether the file is older than a second."""
        return time.monotonic() >= self._next

    def flush(self) -> None:
        """Replace the file; a disk that does not take it costs the figures, not the work."""
        self._next = time.monotonic() + EVERY_S
        if self._path is None:
            return
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self.set("maskgate_cpu_seconds_total", round(usage.ru_utime + usage.ru_stime, 3))
        self.set("maskgate_resident_bytes", _resident())
        part = self._path.with_name(f".{self._path.name}")
        try:
            part.unlink(missing_ok=True)  # a killed process may have left one
            with os.fdopen(filemodes.open_secret(part, os.O_WRONLY | os.O_EXCL), "w") as out:
                out.write(json.dumps(self.as_tree()))
            part.replace(self._path)
        except OSError:
            return

    def as_tree(self) -> dict[str, Any]:
        """JSON-ready."""
        samples: list[list[Any]] = [[name, dict(labels), value] for (name, labels), value in self._plain.items()]
        samples += [
            [name, dict(labels), {"counts": h.counts, "sum": round(h.total, 6)}]
            for (name, labels), h in self._histograms.items()
        ]
        return self._head | {"at": time.time(), "ready": self.ready, "notes": self.notes, "samples": samples}


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0


def in_background(meters: Meters, look: Callable[[], str]) -> None:
    """Write once a second from a thread of a server; ``look`` says why it is not ready, or nothing."""

    def write() -> None:
        while True:
            why = look()
            meters.ready, meters.notes = not why, [why] if why else []
            meters.flush()
            time.sleep(EVERY_S)

    threading.Thread(target=write, name="meters", daemon=True).start()


def read(state_dir: Path) -> list[dict[str, Any]]:
    """What every process of this state folder wrote last; files of processes that are gone are left out."""
    found = []
    for path in sorted((state_dir / FOLDER).glob("*.json")):
        try:
            tree = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(tree, dict) and _lives(int(tree["pid"])):
                found.append(tree)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def keys_in_use(state_dir: Path) -> dict[str, dict[str, str]]:
    """Each running mask worker of this state folder → purpose → id of the key that it uses."""
    return {f"worker {tree['slot']}": used for tree in read(state_dir) if (used := keys_of(tree)) is not None}


def keys_of(tree: Mapping[str, Any]) -> dict[str, str] | None:
    """Purpose → id of the key, as a mask worker wrote them; None for what is no worker or has not come up."""
    if tree["role"] != "mask" or tree["slot"] is None:
        return None
    found = [labels for name, labels, _ in tree["samples"] if name == "maskgate_key_info"]
    return {str(labels["purpose"]): str(labels["id"]) for labels in found}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
