"""One screen of what runs on this host: roles, lag, rates, held, dead letters, policy; from the files of the roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from maskgate.supervise import exposition
from maskgate.supervise.exposition import Tree

Told = Tree
_GAUGES = {"maskgate_open_requests": "open", "maskgate_oldest_request_seconds": "oldest_s"}


def glance(trees: Sequence[Tree], before: Sequence[Tree], max_lag_s: float) -> Told:
    """Everything as a JSON-ready tree; rates are those since ``before``, an earlier look, and left out without one."""
    now, then = _counted(trees), _counted(before)
    elapsed = _at(trees) - _at(before) if before else 0.0
    rates = {name: (n - then[name]) / elapsed for name, n in now.items() if n >= then[name]} if elapsed > 0 else {}
    return {
        "roles": exposition.readiness(trees, max_lag_s),
        "notes": exposition.notes(trees),
        "records": dict(now),
        "rates": {name: round(rate, 1) for name, rate in rates.items()},
        "lag": _lag(trees),
        "held": _held(trees),
        "dead_letters": dict(_by(trees, "maskgate_dead_letters_total", "reason")),
        "policy": _policy(trees),
        "workers": sum(tree["role"] == "mask" and tree.get("slot") is not None for tree in trees),
    }


def is_well(told: Told) -> bool:
    """Whether every role that should run is ready."""
    return bool(told["roles"]) and not any(told["roles"].values())


def lines(told: Told) -> list[str]:
    """The screen, a line each."""
    width = max((len(role) for role in told["roles"]), default=0)
    out = [f"{role:<{width}}  {'; '.join(why) if why else 'ready'}" for role, why in told["roles"].items()]
    out += [""] if out else []
    out.append(f"records       {_named(told['records'], '{:,.0f}') or 'none yet'}")
    if told["rates"]:
        out.append(f"a second      {_named(told['rates'], '{:,.1f}')}")
    lag = [f"{topic} {one['records']:,.0f} ({_spell(one['seconds'])})" for topic, one in told["lag"].items()]
    out.append(f"lag           {', '.join(lag) or 'not known'}")
    if told["held"]:
        out.append(f"held          {told['held']['open']:,.0f}, the oldest {_spell(told['held']['oldest_s'])}")
    out.append(f"dead letters  {_named(told['dead_letters'], '{:,.0f}') or 'none'}")
    out.append(f"policy        {', '.join(told['policy']) or 'not known'}")
    return out + [f"note: {note}" for note in told["notes"]]


def _counted(trees: Sequence[Tree]) -> Counter[str]:
    return _by(trees, "maskgate_records_total", "outcome")


def _by(trees: Sequence[Tree], name: str, label: str) -> Counter[str]:
    """The sum of a counter over all processes, by one label."""
    out: Counter[str] = Counter()
    for tree in trees:
        for one, labels, value in tree["samples"]:
            if one == name:
                out[str(labels.get(label, ""))] += value
    return out


def _lag(trees: Sequence[Tree]) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for tree in trees:
        for name, labels, value in tree["samples"]:
            if name in ("maskgate_lag_records", "maskgate_lag_seconds"):
                one = out.setdefault(str(labels.get("topic", "")), {"records": 0.0, "seconds": 0.0})
                if name == "maskgate_lag_records":
                    one["records"] += value
                else:
                    one["seconds"] = max(one["seconds"], value)
    return dict(sorted(out.items()))


def _held(trees: Sequence[Tree]) -> dict[str, float]:
    found = {"open": 0.0, "oldest_s": 0.0}
    seen = False
    for tree in trees:
        for name, _, value in tree["samples"]:
            if name in _GAUGES:
                found[_GAUGES[name]], seen = max(found[_GAUGES[name]], value), True
    return found if seen else {}


def _policy(trees: Sequence[Tree]) -> list[str]:
    """Each policy in force: more than one while workers change over."""
    told = {
        f"{labels.get('id', '')} {labels.get('version', '')}".strip()
        for tree in trees
        for name, labels, value in tree["samples"]
        if name == "maskgate_policy_info" and value
    }
    kept = any(name == "maskgate_policy_kept" and value for tree in trees for name, _, value in tree["samples"])
    return sorted(told) + (["the last good one is kept: the file is broken"] if kept else [])


def _at(trees: Sequence[Tree]) -> float:
    return max((float(tree["at"]) for tree in trees), default=0.0)


def _named(counts: Mapping[str, float], form: str) -> str:
    return ", ".join(f"{form.format(n)} {name.replace('_', ' ')}" for name, n in sorted(counts.items()))


def _spell(seconds: float) -> str:
    if seconds < 1:
        return "0 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
