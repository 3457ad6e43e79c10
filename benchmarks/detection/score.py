"""Characters leaked, characters spoiled, per set and per kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.detection.marks import Case


@dataclass
class Score:
    """Counts of one set; rates are shares of characters."""

    cases: int = 0
    gold: int = 0
    hit: int = 0
    said: int = 0
    spoiled: int = 0
    touched: int = 0  # records in which something was found that is nothing
    errors: int = 0
    kinds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    false: Counter[str] = field(default_factory=Counter)
    false_at: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def leak(self) -> float:
        return 1 - self.hit / self.gold if self.gold else 0.0

    @property
    def precision(self) -> float:
        return 1 - self.spoiled / self.said if self.said else 1.0

    @property
    def f2(self) -> float:
        recall = 1 - self.leak
        below = 4 * self.precision + recall
        return 5 * self.precision * recall / below if below else 0.0

    @property
    def share_touched(self) -> float:
        return self.touched / self.cases if self.cases else 0.0

    def figures(self) -> dict[str, float]:
        """What is compared with the baseline, rounded."""
        names = ("leak", "precision", "f2", "share_touched")
        return {
            "cases": self.cases,
            "characters": self.gold,
            **{name: round(getattr(self, name), 4) for name in names},
            "errors": self.errors,
        }


def leaf_text(data: Any, path: str) -> str:
    """The decoded leaf at a JSON Pointer of parsed data."""
    for raw in path.split("/")[1:]:
        part = raw.replace("~1", "/").replace("~0", "~")
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data if isinstance(data, str) else str(data)


def score(cases: Sequence[Case], scans: Iterable[Any], keep: int = 400) -> Score:
    """Compare what was found with what there is; a record with an error counts as found (it is held back)."""
    import json

    total = Score()
    for case, scan in zip(cases, scans, strict=True):
        total.cases += 1
        if scan.error is not None:
            total.errors += 1
        parsed = json.loads(case.data)
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        by: dict[tuple[str, str, int], str] = {}
        for item in scan.findings:
            where = "key" if item.where == "key" or item.kind == "key" else "value"
            found[item.path, where].update(range(item.start, item.end))
            for at in range(item.start, item.end):
                by[item.path, where, at] = item.detector
        asked: dict[tuple[str, str], set[int]] = defaultdict(set)
        free: dict[tuple[str, str], set[int]] = defaultdict(set)
        for gold in case.gold:
            span = set(range(gold.start, gold.end))
            place = (gold.path, gold.where)
            if gold.kind.startswith("~"):
                free[place] |= span
                continue
            asked[place] |= span
            hit = len(span) if scan.error is not None else len(span & found[place])
            total.gold += len(span)
            total.hit += hit
            total.kinds[gold.kind][0] += len(span)
            total.kinds[gold.kind][1] += hit
            if hit < len(span) and len(total.missed) < keep:
                text = gold.path.rsplit("/", 1)[1] if gold.where == "key" else leaf_text(parsed, gold.path)
                shown = text[max(0, gold.start - 30) : gold.end + 15].replace("\n", " ")
                total.missed.append((gold.kind, gold.path, shown))
        bad = False
        for place, said in found.items():
            total.said += len(said)
            wrong = said - asked[place] - free[place]
            text = place[0].rsplit("/", 1)[1] if place[1] == "key" else leaf_text(parsed, place[0])
            wrong = {at for at in wrong if at >= len(text) or text[at].isalnum()}  # punctuation between parts is free
            total.spoiled += len(wrong)
            if wrong:
                bad = True
                first = min(wrong)
                total.false[by[place[0], place[1], first]] += 1
                if len(total.false_at) < keep:
                    total.false_at.append(
                        (
                            by[place[0], place[1], first],
                            case.family,
                            place[0],
                            text[max(0, first - 15) : max(wrong) + 10],
                        )
                    )
        total.touched += bad
    return total
