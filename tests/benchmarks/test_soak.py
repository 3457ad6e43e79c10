"""The soak can fail: growth, a role that ended, and an event that is missing are seen."""

from __future__ import annotations

import random
from typing import Any

import pytest
from benchmarks.chaos import soak

HOUR = [float(at) for at in range(0, 3600, 10)]


def series(name: str, grows: float = 0.0, until_s: float = 1e9) -> soak.Series:
    """Memory that grows by so many MB an hour until some time, with the noise of an allocator."""
    some = random.Random(name)
    rss = [100 + grows * min(at, until_s) / 3600 + some.choice((0.0, 0.1, 0.2)) for at in HOUR]
    return soak.Series(name, list(HOUR), rss, list(rss))


def found(*changed: soak.Series, **events: int) -> dict[str, Any]:
    """A report of an hour in which these processes, or these counts, were other than they should be."""
    whole = {name: series(name) for name in soak.EVERYBODY} | {one.name: one for one in changed}
    counted = {f"{name}_answers": 9 for name in ("list", "page", "door", "metrics")}
    counted |= {"missing": 0, "not_released": 0} | events
    return soak.report(dict(enumerate(whole.values())), counted, 60)


def test_an_hour_without_growth_is_sound() -> None:
    """Nothing grew, nothing ended, nothing is missing."""
    assert soak.sound(found(), 2.0)


@pytest.mark.parametrize("name", sorted(soak.EVERYBODY))
def test_growth_of_any_process_is_seen(name: str) -> None:
    """Six MB an hour are found within a tenth."""
    grown = found(series(name, 6.0))
    assert grown["processes"][name]["mb_per_hour"] == pytest.approx(6.0, rel=0.1)
    assert not soak.sound(grown, 2.0) and soak.sound(grown, 7.0)


def test_growth_that_stops_is_a_plateau() -> None:
    """Caches that fill for a while are named as such."""
    full = found(series("gate", 30.0, until_s=1500))
    assert full["processes"]["gate"]["plateau"] and soak.sound(full, 2.0)


def test_one_jump_is_no_slope() -> None:
    """A single high sample decides nothing."""
    jump = series("gate")
    jump.rss[200] += 500
    assert found(jump)["processes"]["gate"]["mb_per_hour"] < 0.5


@pytest.mark.parametrize("events", [{"missing": 1}, {"not_released": 2}, {"page_answers": 0}], ids=str)
def test_an_event_without_an_end_is_seen(events: dict[str, int]) -> None:
    """Memory alone does not make a run sound."""
    assert not soak.sound(found(**events), 2.0)


def test_a_process_that_ended_is_seen() -> None:
    """Its successor begins with little memory, so that a slope would not show it."""
    ended = series("gate")
    ended.at_s, ended.rss, ended.anonymous = ended.at_s[:100], ended.rss[:100], ended.anonymous[:100]
    run = found(ended)
    assert run["ended"] == ["gate"] and not soak.sound(run, 2.0)
