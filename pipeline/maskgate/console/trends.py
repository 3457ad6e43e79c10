"""Figures over time for the dashboard: from counts that are kept, never from rows; a count may be small, so a band.

The counts of lineage come from the roll-up of its files, those of decisions from the index of the log.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from maskgate.approvals.messages import preview
from maskgate.base import meters
from maskgate.console.index import Index
from maskgate.console.stats import HASTY_MS, spell_ms
from maskgate.lineage.ask.rollup import Rollup


@dataclass(frozen=True, slots=True)
class Span:
    """How far back, by which kept step, and how long one bar is, in seconds."""

    label: str
    seconds: int
    step: int
    every: int


SPANS = {
    "hour": Span("Last hour", 3600, 60, 60),
    "day": Span("Last day", 86_400, 900, 1800),
    "week": Span("Last week", 604_800, 3600, 10_800),
}
_WORKER = ("masked", "passed", "held", "quarantined")
_DECIDED = {"RELEASED": "released", "DENIED": "denied", "EXPIRED": "expired"}
_KINDS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot: series of one value a step of time; ``unit`` says how values are spelled."""

    id: str
    title: str
    at: Sequence[int]
    series: Mapping[str, Sequence[float]]
    unit: str = "count"

    @property
    def top(self) -> float:
        """The highest value of all series; 0 where there is none."""
        return max((max(values, default=0.0) for values in self.series.values()), default=0.0)

    def spell(self, value: float) -> str:
        """A value for people."""
        return spell(value, self.unit)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the dashboard shows of a span."""

    span: Span
    plots: Sequence[Plot] = ()
    cards: Sequence[tuple[str, str]] = field(default_factory=tuple)


def spell(value: float, unit: str) -> str:
    """A value for people; counts of values as bands, where a small one could name somebody."""
    if unit == "rate":
        return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")
    if unit == "ms":
        return spell_ms(value) if value else "–"
    if unit == "percent":
        return f"{value:.0f} %"
    if unit == "band":
        return preview.band(int(value)) if value < 1000 else f"{value:,.0f}"
    return f"{value:,.0f}"


def coarse(n: float) -> float:
    """The least count of its band, so that the height of a bar and the width of a line tell no more than the band."""
    floors = [0, 1, *(limit for limit, _ in preview.BANDS)]
    return n if n >= floors[-1] else max(floor for floor in floors if floor <= n)


def moments(span: Span, now: float) -> list[int]:
    """Where the bars begin, oldest first; the last one is of now."""
    last = int(now) - int(now) % span.every
    n = span.seconds // span.every
    return [last - span.every * (n - 1 - i) for i in range(n)]


def board(index: Index, rollup: Rollup | None, state_dir: Path, name: str, now: float) -> Board:
    """The dashboard of a span."""
    span = SPANS.get(name, SPANS["hour"])
    at = moments(span, now)
    plots, cards = _of_lineage(rollup, span, at) if rollup is not None else ([], [])
    cards = [*cards, *_cards(index, at[0], now), *_lags(rollup, state_dir, now)]
    return Board(span, [*plots, *_of_decisions(index, span, at)], cards)


def _of_lineage(rollup: Rollup, span: Span, at: Sequence[int]) -> tuple[list[Plot], list[tuple[str, str]]]:
    moved = _series(rollup.by_time(span.step, at[0], span.every), at)
    found = _series(rollup.values_by_time(span.step, at[0], span.every), at)
    rates = {kind: [n / span.every for n in moved[kind]] for kind in _WORKER if kind in moved}
    dead = {"dead letters": moved["quarantined"]} if "quarantined" in moved else {}
    plots = [
        Plot("rate", "Records a second", at, rates, "rate"),
        Plot("kinds", "Values masked by kind", at, _most(found), "band"),
        Plot("dead", "Dead letters", at, dead),
    ]
    records = sum(sum(moved[kind]) for kind in rates)
    cards = [
        ("records a second", spell(records / span.seconds, "rate")),
        ("values masked", spell(sum(map(sum, found.values())), "band")),
        ("secrets stopped", spell(sum(found.get("SECRET", ())), "band")),
        ("dead letters", spell(sum(moved.get("quarantined", ())), "count")),
    ]
    return plots, cards


def _most(found: Mapping[str, Sequence[float]]) -> dict[str, Sequence[float]]:
    """The kinds that were found most, and the others together."""
    names = sorted(found, key=lambda kind: -sum(found[kind]))
    shown = {kind: found[kind] for kind in names[:_KINDS_SHOWN]}
    if rest := [found[kind] for kind in names[_KINDS_SHOWN:]]:
        shown["others"] = [sum(values) for values in zip(*rest, strict=True)]
    return {kind: [coarse(n) for n in values] for kind, values in shown.items()}


def _of_decisions(index: Index, span: Span, at: Sequence[int]) -> list[Plot]:
    rows = index.ask(
        "SELECT at/1000 - at/1000 % ?, type, CASE type WHEN 'moved' THEN code ELSE '' END, count(*), "
        "sum(latency>=0 AND latency<?) FROM log WHERE type IN ('request_opened','moved','vote_accepted','refused') "
        "AND at>=? GROUP BY 1, 2, 3",
        (span.every, HASTY_MS, at[0] * 1000),
    )
    told = [(when, "asked", n) for when, kind, _, n, _ in rows if kind == "request_opened"]
    told += [(when, _DECIDED[to], n) for when, kind, to, n, _ in rows if kind == "moved" and to in _DECIDED]
    votes = _series([(when, "votes", n) for when, kind, _, n, _ in rows if kind == "vote_accepted"], at)
    hasty = _series([(when, "votes", n) for when, kind, _, _, n in rows if kind == "vote_accepted"], at)
    share = [100 * h / v if v else 0.0 for h, v in zip(hasty.get("votes", ()), votes.get("votes", ()), strict=True)]
    return [
        Plot("asked", "Requests asked and decided", at, _series(told, at)),
        Plot("time", "Median time to release", at, _medians(index, span, at), "ms"),
        Plot(
            "stamp", "Votes within 5 s of seeing the request", at, {"of all votes": share} if share else {}, "percent"
        ),
    ]


def _medians(index: Index, span: Span, at: Sequence[int]) -> dict[str, list[float]]:
    rows = index.ask(
        "SELECT approved/1000, approved-created FROM requests WHERE approved>=? ORDER BY approved DESC LIMIT 5000",
        (max(1, at[0] * 1000),),
    )
    times: dict[int, list[int]] = defaultdict(list)
    for when, ms in rows:
        times[when - when % span.every].append(ms)
    return {"median": [statistics.median(times[a]) if a in times else 0.0 for a in at]} if times else {}


def _series(rows: Iterable[tuple[int, str, int]], at: Sequence[int]) -> dict[str, list[float]]:
    place = {moment: i for i, moment in enumerate(at)}
    out: dict[str, list[float]] = {}
    for moment, name, n in rows:
        if moment in place:
            out.setdefault(name, [0.0] * len(at))[place[moment]] += n
    return out


def _cards(index: Index, since: int, now: float) -> list[tuple[str, str]]:
    held, oldest = index.ask("SELECT count(*), min(created) FROM requests WHERE open=1")[0]
    votes, hasty = index.ask(
        "SELECT count(*), total(latency>=0 AND latency<?) FROM log WHERE type='vote_accepted' AND at>=?",
        (HASTY_MS, since * 1000),
    )[0]
    cards = [("held now", f"{held:,}"), ("oldest held", spell_ms(now * 1000 - oldest) if oldest else "–")]
    return [*cards, ("votes within 5 s", spell(100 * hasty / votes, "percent"))] if votes else cards


def _lags(rollup: Rollup | None, state_dir: Path, now: float) -> list[tuple[str, str]]:
    samples = [sample for tree in meters.read(state_dir) for sample in tree["samples"]]
    waits = [value for name, _, value in samples if name == "maskgate_lag_seconds"]
    cards = [("lag of the workers", spell_ms(max(waits) * 1000))] if waits else []
    reach = rollup.reach() if rollup else None
    if reach and reach.appended_ms:
        cards.append(("since the newest lineage row", spell_ms(max(0.0, now * 1000 - reach.appended_ms))))
    return cards
