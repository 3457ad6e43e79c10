"""The schedule of the storm replays, and holds what it has to hold."""

from __future__ import annotations

from collections import Counter

from benchmarks.chaos import schedule
from benchmarks.chaos.storm import Plan


def test_a_seed_gives_the_same_schedule_again() -> None:
    """Equal seeds and sizes are one schedule; another seed is another one."""
    first, again, other = (schedule.schedule(seed, 50, 3, 1.0) for seed in (5, 5, 6))
    assert first == again
    assert schedule.digest(first) == schedule.digest(again) != schedule.digest(other)


def test_the_schedule_of_a_seed_is_that_of_every_machine() -> None:
    """A seed in a report means the same blows later: a change of the generator shows here."""
    assert schedule.digest(schedule.schedule(1, 200, 12, 1.5)) == "50d26ca8f48a5036"


def test_the_long_run_holds_every_blow() -> None:
    """200 kills and every fault, each as often as was asked; a stop is longer than the session of a consumer."""
    steps = Plan().steps()
    found = Counter(step.kind for step in steps)
    assert sum(step.is_kill for step in steps) == 200
    assert set(found) == set(schedule.KILLS) | set(schedule.FAULTS)
    assert all(found[kind] == (1 if kind in schedule.ONCE else 12) for kind in schedule.FAULTS)
    assert all(step.lasts_s > 6.0 for step in steps if step.kind.startswith("stop_"))
    assert {step.target for step in steps if step.kind == "cut_broker"} == set(range(schedule.BROKERS))


def test_without_transactions_only_workers_are_killed() -> None:
    """What is left then is what makes doubles."""
    assert {step.kind for step in Plan(transactions=False).steps()} == {"worker"}
