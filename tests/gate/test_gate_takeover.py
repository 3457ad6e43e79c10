"""Two gates on one group: who joins or leaves ends nobody, and one of them is active."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import gate_world
import pytest

from maskgate.approvals.model import ItemState
from maskgate.gate.port import KafkaPort, StandingBy
from maskgate.kafka import topics


class Twin:
    """A port that is looked after as the role does, with a count of its take-overs."""

    def __init__(self, site: Any, instance: str) -> None:
        pipeline = site.pipeline.model_copy(update={"instance": instance})
        self.restored = 0
        self.port = KafkaPort(site.model_copy(update={"pipeline": pipeline}), self._restore)

    def _restore(self, port: Any) -> None:
        self.restored += 1

    def look(self) -> None:
        if not self.port.active:
            self.port.stand_by(0.05)
            return
        try:
            self.port.poll(10, 0.05)
        except StandingBy:
            return
        self.port.commit([], {(topics.VOTES, 0): 0})


def turn(twins: list[Twin], until: Callable[[], bool], patience_s: float = 60.0) -> None:
    """Look after all of them until it is so."""
    end = time.monotonic() + patience_s
    while not until():
        assert time.monotonic() < end, [(t.port.active, t.restored) for t in twins]
        for twin in twins:
            twin.look()


@pytest.fixture
def site(tmp_path: Any, kafka_clean: Any) -> Iterator[Any]:
    """Settings of a gate on clean topics."""
    return gate_world.settle(tmp_path, kafka_clean.kafka)


@pytest.mark.kafka
def test_a_gate_that_joins_or_leaves_ends_no_other(site: Any) -> None:
    """A second gate takes the topics from the first for a moment; both live on, one is active, and it can write."""
    first = Twin(site, "b")
    turn([first], lambda: first.port.active)
    second = Twin(site, "a")  # sorts first: the group gives it the topics
    both = [first, second]
    turn(both, lambda: second.port.active and not first.port.active)
    assert (first.restored, second.restored) == (1, 1)
    second.port.session.consumer.unsubscribe()
    second.port.close()
    turn([first], lambda: first.port.active)
    assert first.restored == 2
    for _ in range(3):
        first.look()
    first.port.close()


def test_a_gate_that_takes_over_again_starts_from_the_log(world: Any) -> None:
    """What a gate decided before it stood by counts only as far as the log has it; its cache does not."""
    request = world.hold()
    world.vote(request, "anna")
    world.gate.snapshot()
    world.vote(request, "ben")
    before = world.of(request).state
    world.gate.restore()
    world.run()
    assert before is world.of(request).state is ItemState.RELEASED
    assert len(world.released()) == 1
    assert world.gate.replayed > 0
