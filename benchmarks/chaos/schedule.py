"""What is done to the pipeline and when: a pure function of the seed, so that a run can be done again."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass

KILLS = ("worker", "worker", "worker", "gate", "lineage", "supervisor", "broker", "host")
"""Who is sent SIGKILL, in turn; ``supervisor`` is the workers' parent, ``host`` every process of a host."""

FAULTS = {
    "stop_worker": (7.0, 13.0),
    "stop_gate": (7.0, 13.0),
    "stop_host": (7.0, 13.0),
    "cut_host": (2.0, 14.0),
    "cut_broker": (2.0, 14.0),
    "full_disk": (3.0, 8.0),
    "clock": (8.0, 20.0),
    "policy_swap": (0.0, 0.0),
    "policy_broken": (4.0, 10.0),
    "bad_key": (4.0, 10.0),
    "rolling_restart": (0.0, 0.0),
    "all_brokers": (0.0, 0.0),
    "partitions": (0.0, 0.0),
    "recreate": (0.0, 0.0),
}
"""Fault → the shortest and longest seconds it lasts; a stopped process is stopped beyond its session of 6 s."""

ONCE = frozenset(("partitions", "recreate"))
"""Faults that come once however many rounds there are."""

HOSTS, BROKERS = 2, 3
CLOCK_HOST = 1
"""The host whose clock jumps; the other one keeps time."""


@dataclass(frozen=True, slots=True)
class Step:
    """One blow: ``target`` is a host or a broker, ``amount`` the seconds of a clock's jump or a random number."""

    kind: str
    target: int
    pause_s: float
    lasts_s: float = 0.0
    amount: int = 0

    @property
    def is_kill(self) -> bool:
        """Whether it sends SIGKILL and nothing else."""
        return self.kind in KILLS


def schedule(seed: int, kills: int, rounds: int, pause_s: float) -> tuple[Step, ...]:
    """``kills`` kills and every fault ``rounds`` times, in an order and with times that the seed decides."""
    rng = random.Random(seed)
    kinds = [KILLS[n % len(KILLS)] for n in range(kills)]
    kinds += [kind for kind in FAULTS for _ in range(min(rounds, 1) if kind in ONCE else rounds)]
    rng.shuffle(kinds)
    turns: Counter[str] = Counter({kind: rng.randrange(BROKERS * HOSTS) for kind in (*FAULTS, *sorted(set(KILLS)))})
    return tuple(_step(rng, kind, turns, pause_s) for kind in kinds)


def _step(rng: random.Random, kind: str, turns: Counter[str], pause_s: float) -> Step:
    turns[kind] += 1  # each host and broker in turn
    target = turns[kind] % (BROKERS if "broker" in kind else HOSTS)
    amount = rng.choice((-7200, -60, 60, 7200)) if kind == "clock" else rng.randrange(1 << 16)
    lasts = round(rng.uniform(*FAULTS.get(kind, (0.0, 0.0))), 2)
    pause = round(pause_s * (0.3 + 1.4 * rng.random()), 2)
    return Step(kind, CLOCK_HOST if kind == "clock" else target, pause, lasts, amount)


def digest(steps: Sequence[Step]) -> str:
    """A name of the schedule: equal for equal seeds and sizes."""
    return hashlib.sha256(repr([astuple(step) for step in steps]).encode()).hexdigest()[:16]
