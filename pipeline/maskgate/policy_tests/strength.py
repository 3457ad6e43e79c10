"""Whether another policy shows more or less of the same events: judged by what comes out, not by operators' names.

For every path and kind three things are measured on both results: how many letters and digits of the value can still
be read, how many different values can still be told apart, and whether somebody with the key can get the value back.
More of one and less of none is weaker; the other way round stronger; anything else is other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from maskgate.base.records import Held, Masked, Outcome, Record
from maskgate.operators.catalogue import OPERATORS
from maskgate.policy_tests.cases import kind_of, leaves

Verdict = Literal["weaker", "stronger", "other", "same"]
_NOTICED = 0.5  # characters a value, in the mean: keyed digits and fakes share a few with the value by chance
_REVERSIBLE = frozenset(name for name, cls in OPERATORS.items() if cls.reversible)
_KEYED = frozenset({"hash", "pseudonym", "tokenize", "fpe", "encrypt"})  # share characters with a value by chance
_BY_CHANCE = 3
_FRESH = frozenset({"encrypt"})  # gives another result each time
_WORD = re.compile(r"[^\W\d_]{4,}")  # of digits, groups come back by chance
_RANK = {"masked": 0, "held": 1, "quarantined": 2}


@dataclass(frozen=True)
class Effect:
    """What a change of policy does to one kind of value at one path."""

    path: str
    kind: str
    verdict: Verdict
    why: str
    operators: tuple[str, str]
    example: tuple[str, str]  # the same value under the old and under the new policy
    values: int


@dataclass
class _Seen:
    """The values of one path and kind: (before masking, under the old, under the new policy)."""

    rows: list[tuple[str | None, str | None, str | None]] = field(default_factory=list)
    old: dict[str, None] = field(default_factory=dict)
    new: dict[str, None] = field(default_factory=dict)


def effects(records: Sequence[Record], old: Sequence[Outcome], new: Sequence[Outcome]) -> list[Effect]:
    """What differs between two policies on the same events, weaker first; without what stays the same."""
    seen: dict[tuple[str, str], _Seen] = {}
    moved: dict[tuple[str, str], int] = {}
    for record, before, after in zip(records, old, new, strict=True):
        kinds = kind_of(before), kind_of(after)
        if kinds[0] != kinds[1]:
            moved[kinds] = moved.get(kinds, 0) + 1
        if isinstance(before, Masked | Held) and isinstance(after, Masked | Held):
            _gather(seen, record, before, after)
    out = [_of_record(*kinds, count) for kinds, count in moved.items()]
    out += [effect for (path, kind), rows in seen.items() if (effect := _judge(path, kind, rows)).verdict != "same"]
    return sorted(out, key=lambda e: (("weaker", "other", "stronger").index(e.verdict), e.path, e.kind))


def _of_record(before: str, after: str, count: int) -> Effect:
    weaker = _RANK[after] < _RANK[before]
    why = "leaves without a decision" if after == "masked" else f"is {after}"
    return Effect("", "the record", "weaker" if weaker else "stronger", why, (before, after), (before, after), count)


def _gather(seen: dict[tuple[str, str], _Seen], record: Record, old: Masked | Held, new: Masked | Held) -> None:
    raw, was, now = (_leaves(value) for value in (record.value, old.value, new.value))
    one, two = _uses(old), _uses(new)
    for path in dict.fromkeys([*one, *two]):
        kinds = " + ".join(sorted(one.get(path, {}) or two[path]))
        rows = seen.setdefault((re.sub(r"/\d+(?=/|$)", "/*", path), kinds), _Seen())
        rows.rows.append((raw.get(path), was.get(path), now.get(path)))
        rows.old |= dict.fromkeys(_operators(one.get(path)))
        rows.new |= dict.fromkeys(_operators(two.get(path)))


def _leaves(value: bytes | None) -> dict[str, str]:
    return {path: str(found) for path, found in leaves(value or b"null").items()}


def _uses(outcome: Masked | Held) -> dict[str, dict[str, str]]:
    """Path → kind → operator."""
    out: dict[str, dict[str, str]] = {}
    for use in outcome.fields:
        out.setdefault(use.path, {})[use.entity] = use.operator
    return out


def _operators(kinds: Mapping[str, str] | None) -> Iterable[str]:
    return dict.fromkeys(kinds.values()) if kinds else ("-",)


def _judge(path: str, kind: str, seen: _Seen) -> Effect:
    rows = seen.rows
    known = [row for row in rows if row[0] is not None]
    more: list[str] = []
    less: list[str] = []
    for text, change in (
        (_shown(known, seen), "readable characters a value"),
        (_told_apart(known), "different results"),
        (_returns(seen), "reversible with the key"),
    ):
        before, after = text
        if abs(after - before) >= (_NOTICED if change.startswith("readable") else 1):
            (more if after > before else less).append(f"{change}: {before:g} → {after:g}")
    differs = any(was != now for _, was, now in rows) and not (seen.new.keys() | seen.old.keys()) & _FRESH
    verdict: Verdict = "same"
    if more or less:
        verdict = "other" if more and less else "weaker" if more else "stronger"
    elif differs or seen.old.keys() != seen.new.keys():
        verdict = "other"
    row = next((r for r in rows if r[1] != r[2]), rows[0])
    why = "; ".join(more + less) or "another result that shows as much"
    names = " + ".join(seen.old), " + ".join(seen.new)
    return Effect(path, kind, verdict, why, names, (_told(row[0], row[1]), _told(row[0], row[2])), len(rows))


def _shown(rows: Sequence[tuple[str | None, str | None, str | None]], seen: _Seen) -> tuple[float, float]:
    """Letters and digits of the value that are left, in the mean over different values."""
    by_value = {row[0]: row for row in rows}.values()
    runs = [_BY_CHANCE if operators.keys() <= _KEYED else 1 for operators in (seen.old, seen.new)]
    sums = [sum(readable(row[0] or "", row[at], run) for row in by_value) for at, run in zip((1, 2), runs, strict=True)]
    return round(sums[0] / max(1, len(by_value)), 2), round(sums[1] / max(1, len(by_value)), 2)


def readable(value: str, result: str | None, run: int = 1) -> int:
    """How many letters and digits of a value stand in a result: from its start, from its end, or as words within.

    Shorter runs than ``run`` do not count.
    """
    if result is None:
        return 0
    one = [c for c in value.casefold() if c.isalnum()]
    two = [c for c in result.casefold() if c.isalnum()]
    if one == two:
        return len(one)
    start = _same_start(one, two)
    end = min(min(len(one), len(two)) - start, _same_start(one[::-1], two[::-1]))
    ends = sum(count for count in (start, end) if count >= run)
    words = set(_WORD.findall(result.casefold()))
    return max(ends, sum(len(word) for word in _WORD.findall(value.casefold()) if word in words))


def _same_start(one: Sequence[str], two: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _told_apart(rows: Sequence[tuple[str | None, str | None, str | None]]) -> tuple[float, float]:
    """Different results of different values."""
    by_value = {row[0]: row for row in rows}
    return len({row[1] for row in by_value.values()}), len({row[2] for row in by_value.values()})


def _returns(seen: _Seen) -> tuple[float, float]:
    return float(bool(seen.old.keys() & _REVERSIBLE)), float(bool(seen.new.keys() & _REVERSIBLE))


def _told(value: str | None, result: str | None) -> str:
    """The result as it may be shown: what would leave as it came is not repeated."""
    if result is None:
        return "(gone)"
    return "(as it came)" if value is not None and result == value else result
