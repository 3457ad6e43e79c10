"""The files of all processes of a host as one Prometheus page, and as an answer to "are you ready"."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from maskgate.base.meters import BUCKETS_S, METRICS, keys_of

Tree = Mapping[str, Any]
STALE_S = 20.0
_SUPERVISORS = ("roles", "mask-supervisor")


def page(trees: Sequence[Tree], max_lag_s: float) -> str:
    """Text format 0.0.4: every sample with the role (and slot) of its process."""
    samples: dict[str, list[tuple[dict[str, str], Any]]] = {name: [] for name in METRICS}
    for tree in trees:
        labels = {"role": str(tree["role"])}
        if tree.get("slot") is not None:
            labels["slot"] = str(tree["slot"])
        for name, more, value in tree["samples"]:
            if name in samples:
                samples[name].append((_labels(labels, more), value))
    for role, reasons in readiness(trees, max_lag_s).items():
        samples["maskgate_ready"].append(({"role": role}, int(not reasons)))
    return "".join(_family(name, found) for name, found in samples.items() if found)


def _labels(own: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """A supervisor speaks ``of`` its roles: their names stand where its own would."""
    merged = dict(own) | dict(more)
    role = merged.pop("of", None)
    return merged | {"role": role} if role else merged


def _family(name: str, found: Iterable[tuple[dict[str, str], Any]]) -> str:
    metric = METRICS[name]
    lines = [f"# HELP {name} {metric.help}", f"# TYPE {name} {metric.kind}"]
    for labels, value in found:
        lines += _histogram(name, labels, value) if metric.kind == "histogram" else [_line(name, labels, value)]
    return "\n".join(lines) + "\n"


def _histogram(name: str, labels: dict[str, str], value: Mapping[str, Any]) -> Iterator[str]:
    total = 0
    for bound, count in zip([*map(str, BUCKETS_S), "+Inf"], value["counts"], strict=True):
        total += count
        yield _line(f"{name}_bucket", labels | {"le": bound}, total)
    yield _line(f"{name}_sum", labels, value["sum"])
    yield _line(f"{name}_count", labels, total)


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{key}="{_escaped(str(text))}"' for key, text in labels.items())
    return f"{name}{{{shown}}} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def readiness(trees: Sequence[Tree], max_lag_s: float) -> dict[str, list[str]]:
    """Role → why it is not ready; an empty list where it is. Only roles that run (or should) on this host are named."""
    wanted: dict[str, list[str]] = {}
    for tree in trees:
        if tree["role"] in _SUPERVISORS:
            for role, reason in tree.get("roles", {}).items():
                wanted.setdefault(role, []).extend([reason] if reason else [])
    for role, reasons in wanted.items():
        own = [tree for tree in trees if tree["role"] == role]
        if not own and not reasons:
            reasons.append("has not come up yet")
        for tree in own:
            reasons.extend(_own_reasons(tree, max_lag_s))
    return wanted


def _own_reasons(tree: Tree, max_lag_s: float) -> Iterator[str]:
    slot = f"worker {tree['slot']}: " if tree.get("slot") is not None else ""
    if time.time() - tree["at"] > STALE_S:
        yield f"{slot}no sign of life for {time.time() - tree['at']:.0f} s"
    if not tree["ready"]:
        yield slot + ("; ".join(tree["notes"]) or "starting")
    if text := overload(tree["samples"], max_lag_s):
        yield slot + text


def overload(samples: Sequence[Sequence[Any]], max_lag_s: float) -> str:
    """In words, that a process falls behind: by how much, and what limits it."""
    behind = sum(value for name, _, value in samples if name == "maskgate_lag_records")
    age = max((value for name, _, value in samples if name == "maskgate_lag_seconds"), default=0.0)
    if not behind or age <= max_lag_s:
        return ""
    part = next((labels["part"] for name, labels, value in samples if name == "maskgate_bottleneck" and value), "")
    return f"overloaded: {behind:.0f} records, {age:.0f} s behind; {_ADVICE.get(part, 'add processes or hosts')}"


_ADVICE = {
    "mask": "bottleneck: mask (CPU); add workers, hosts or partitions",
    "commit": "bottleneck: commit (the broker); look at its disks and acks, or raise worker.batch_records",
    "none": "bottleneck: none of its own; it catches up, or the broker gives no more",
}


def notes(trees: Sequence[Tree]) -> list[str]:
    """What roles that are ready want to have said."""
    told = [f"{tree['role']}: {note}" for tree in trees if tree["ready"] for note in tree["notes"]]
    return told + [_uses(tree["slot"], used) for tree in trees if (used := keys_of(tree))]


def _uses(slot: int, used: Mapping[str, str]) -> str:
    return f"mask: worker {slot} uses " + ", ".join(f"{purpose} {key_id}" for purpose, key_id in sorted(used.items()))
