"""Print what the detectors leak and spoil, set by set; fail where a figure is worse than the committed baseline.

``python -m benchmarks.detection [--model none|default|…] [--check] [--update] [--show SET] [--only SET …]``
"""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.detection import (
    benign,
    bypass,
    forms,
    handwritten,
    lookalikes,
    probe,
    prose,
    secret_set,
    secret_ways,
    structured,
)
from benchmarks.detection.marks import Case, deep, make, read_marked
from benchmarks.detection.score import Score, score
from benchmarks.detection.values import LATIN, LOCALES, Person

HERE = Path(__file__).parent
# The most that may leak (or be touched), from the product's targets: set → (figure, limit).
TARGETS = {
    "structured.test": ("leak", 0.02), "forms": ("leak", 0.03), "benign.events": ("share_touched", 0.02), "benign.corpus": ("share_touched", 0.01),
    "bypass.plain": ("leak", 0.01), "bypass.all": ("leak", 0.10), "secrets.decoded": ("leak", 0.01), "secrets.escaped": ("leak", 0.01),
    "secrets.bare": ("leak", 0.05), "secrets.negatives": ("share_touched", 0.03), "prose.test": ("leak", 0.25),
    "lookalikes.test": ("share_touched", 0.02), "told.test": ("leak", 0.01), "named.test": ("leak", 0.05),
    "probe.people": ("leak", 0.25), "probe.things": ("share_touched", 0.02),
}  # fmt: skip
SLACK = 0.002  # a figure may be this much worse than the baseline before the run fails


def people(seed: str, locales: list[str], count: int) -> list[tuple[random.Random, Person]]:
    """``count`` persons, the locales in turn."""
    out = []
    for at in range(count):
        rng = random.Random(f"{seed}:{at}")
        out.append((rng, Person(rng, locales[at % len(locales)])))
    return out


def from_families(name: str, families: Iterable[Any], locales: list[str], each: int) -> list[Case]:
    """``each`` records of every family."""
    return [make(f.__name__, f(rng, p)) for f in families for rng, p in people(f"{name}:{f.__name__}", locales, each)]


def build(each: int) -> dict[str, list[Case]]:
    """All sets by name."""
    sets: dict[str, list[Case]] = {}
    for split, families in structured.SPLITS.items():
        sets[f"structured.{split}"] = from_families(f"s:{split}", families, LOCALES, each * 2)
    for split, families in prose.SPLITS.items():
        locales = {"other_languages": ["de_DE", "fr_FR", "es_ES"]}.get(split, LATIN)
        sets[f"prose.{split}"] = from_families(f"p:{split}", families, locales, each * 3)
    sets["forms"] = from_families("forms", forms.FAMILIES, LATIN, each)
    sets["handwritten"] = [make("hand", _read(tree)) for tree in handwritten.RECORDS]
    for name in ("people", "things"):
        sets[f"probe.{name}"] = [make(kind, tree) for kind, tree in probe.records(name)]
    plain: list[Case] = []
    every: list[Case] = []
    for rng, person in people("bypass", ["en_US", "de_DE", "fr_FR", "pl_PL"], max(2, each // 10)):
        for kind, tree in bypass.cases(rng, person):
            case = make(kind, tree)
            every.append(case)
            if kind == bypass.PLAIN:
                plain.append(case)
    sets["bypass.plain"], sets["bypass.all"] = plain, every
    rng = random.Random("benign")
    sets["benign.events"] = [make(name, tree) for name, tree in benign.events(rng, max(1200, each * 40))]
    sets["benign.corpus"] = [make(name, tree) for name, tree in benign.corpus()]
    for name in ("decoded", "escaped", "bare", "negatives"):
        rng = random.Random(f"secrets:{name}")
        sets[f"secrets.{name}"] = [make(name, tree) for tree in getattr(secret_set, name)(rng)]
    for split in lookalikes.SPLITS:
        sets[f"lookalikes.{split}"] = [make(name, tree) for name, tree in lookalikes.events(split, each)]
        for ways in (secret_ways.told, secret_ways.named):
            sets[f"{ways.__name__}.{split}"] = [make(ways.__name__, tree) for tree in ways(split, max(4, each // 4))]
    return sets


def _read(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _read(value) for key, value in tree.items()}
    return deep(tree, read_marked) if not isinstance(tree, list) else [_read(item) for item in tree]


def run(sets: dict[str, list[Case]], model: str) -> dict[str, Score]:
    """Scan every set with one engine."""
    from maskgate_detectors import Engine, EngineConfig

    engine = Engine(EngineConfig(model=model, time_budget_s=5.0))
    engine.warm()
    out = {}
    for name, cases in sets.items():
        scans: list[Any] = []
        for at in range(0, len(cases), 64):
            scans += engine.batch([case.data for case in cases[at : at + 64]])
        out[name] = score(cases, scans)
    return out


def table(scores: dict[str, Score]) -> str:
    """The figures as text."""
    lines = [
        f"{'set':24} {'cases':>6} {'leak':>7} {'precis.':>8} {'recall':>7} {'F2':>6} {'touched':>8} "
        f"{'errors':>6}  target"
    ]
    for name, s in scores.items():
        figure, limit = TARGETS.get(name, ("", 0.0))
        value = getattr(s, figure) if figure else 0.0
        verdict = f"{figure} ≤ {limit:.0%} {'ok' if value <= limit else 'MISSED'}" if figure else ""
        lines.append(
            f"{name:24} {s.cases:6} {s.leak:7.2%} {s.precision:8.2%} {1 - s.leak:7.2%} {s.f2:6.3f} "
            f"{s.share_touched:8.2%} {s.errors:6}  {verdict}"
        )
    return "\n".join(lines)


def kinds(scores: dict[str, Score]) -> str:
    """Leak by kind over the structured, prose, form and hand-written sets."""
    total: dict[str, list[int]] = {}
    for name, s in scores.items():
        if name.split(".")[0] in ("structured", "prose", "forms", "handwritten"):
            for kind, (gold, hit) in s.kinds.items():
                row = total.setdefault(kind, [0, 0])
                row[0] += gold
                row[1] += hit
    lines = [f"{'kind':26} {'chars':>8} {'leak':>7}"]
    lines += [
        f"{kind:26} {gold:8} {1 - hit / gold:7.2%}"
        for kind, (gold, hit) in sorted(total.items(), key=lambda i: i[1][1] / i[1][0])
    ]
    return "\n".join(lines)


def worse(now: dict[str, dict[str, float]], then: dict[str, dict[str, float]]) -> list[str]:
    """What dropped against the baseline, in words."""
    out = []
    for name, old in then.items():
        new = now.get(name)
        if new is None:
            continue
        for figure, sign in (("leak", 1), ("share_touched", 1), ("precision", -1)):
            if figure == "precision" and not old.get("characters", 1):
                continue  # nothing is asked for: the share of records touched says it all
            if (new[figure] - old[figure]) * sign > SLACK:
                out.append(f"{name}: {figure} was {old[figure]:.4f}, is {new[figure]:.4f}")
    return out


def main() -> int:
    """Run from the command line; 1 when a figure dropped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection")
    parser.add_argument("--model", default="none")
    parser.add_argument("--each", type=int, default=20, help="records of every family")
    parser.add_argument("--only", nargs="*", default=None)
    parser.add_argument("--show", nargs="*", default=(), help="print misses and false alarms of these sets")
    parser.add_argument("--check", action="store_true", help="fail on a drop against the baseline")
    parser.add_argument("--update", action="store_true", help="write the baseline")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    sets = build(options.each)
    if options.only:
        sets = {name: cases for name, cases in sets.items() if any(name.startswith(prefix) for prefix in options.only)}
    scores = run(sets, options.model)
    print(table(scores), kinds(scores), sep="\n\n")
    for name, s in scores.items():
        if any(name.startswith(prefix) for prefix in options.show):
            print(f"\n{name}: false {dict(s.false.most_common(30))}")
            for line in s.false_at[:60]:
                print("  false", *line, sep=" | ")
            for miss in s.missed[:80]:
                print("  missed", *miss, sep=" | ")
    figures = {name: s.figures() for name, s in scores.items()}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    baseline = HERE / f"baseline-{options.model}.json"
    if options.update:
        baseline.write_text(json.dumps(figures, indent=1) + "\n")
    if options.check:
        drops = worse(figures, json.loads(baseline.read_text()))
        print("\n".join(drops) if drops else "no figure dropped against the baseline", file=sys.stderr)
        return 1 if drops else 0
    return 0


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the generators walk through sets: the same order in every run
        again = [sys.executable, "-m", "benchmarks.detection", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | {"PYTHONHASHSEED": "0"})
    sys.exit(main())
