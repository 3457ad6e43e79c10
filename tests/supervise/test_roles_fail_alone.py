"""A role that cannot start is tried again, ever more slowly, and its neighbours do not notice."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from maskgate.base.config import Pipeline, Settings
from maskgate.base.errors import ConfigurationError
from maskgate.kafka.errors import CREDENTIALS, RESTART
from maskgate.supervise import pause, roles

ENDS = "import sys; sys.stdin.read(); sys.exit({code})"
LIVES = "import sys, time; sys.stdin.read(); time.sleep(600)"


class Scripted(roles.Roles):
    """Roles whose programs are one line of Python each."""

    programs: dict[str, str]

    def _command(self, child: roles.Child) -> list[str]:
        return [sys.executable, "-c", self.programs[child.name]]


@pytest.fixture
def start(tmp_path: Path):
    """Start roles with these programs; ends them afterwards."""
    running: list[Scripted] = []

    def run(**programs: str) -> Scripted:
        made = Scripted(Settings(pipeline=Pipeline(state_dir=tmp_path)), list(programs))
        made.programs = programs
        running.append(made)
        made.start()
        return made

    yield run
    for one in running:
        one.stop()


def child(of: roles.Roles, name: str) -> roles.Child:
    """One role's child."""
    return next(c for c in of.children if c.name == name)


def until_dead(of: roles.Roles, name: str) -> roles.Child:
    """Look after the roles until this one was buried."""
    one = child(of, name)
    end = time.monotonic() + 20
    while one.process is not None:
        assert time.monotonic() < end
        of.check()
        time.sleep(0.02)
    return one


@pytest.mark.parametrize("code", [1, 2, 3, RESTART, CREDENTIALS, -9])
def test_the_end_of_one_role_ends_no_other(start, code: int) -> None:
    """Whatever a role ends with, it is waited for, and its neighbour runs on in the same process."""
    running = start(gate=ENDS.format(code=code) if code > 0 else "import os; os.kill(os.getpid(), 9)", watch=LIVES)
    neighbour = child(running, "watch").process
    dead = until_dead(running, "gate")
    assert dead.start_at - time.monotonic() > 0.5 * pause.bounds(code)[0]
    running.check()
    assert child(running, "watch").process is neighbour
    assert neighbour is not None
    assert neighbour.poll() is None


def test_a_configuration_that_no_role_can_use_ends_the_run(start) -> None:
    """Where every role refused it at its start, there is nobody to keep alive."""
    running = start(gate=ENDS.format(code=2), watch=ENDS.format(code=2))
    with pytest.raises(ConfigurationError, match="no role can use this configuration"):
        for name in ("gate", "watch"):
            until_dead(running, name)
        running.check()


def test_a_role_that_worked_once_is_not_given_up(start) -> None:
    """A configuration that was good this morning may be mended: exit 2 after a healthy life is a pause."""
    running = start(gate=ENDS.format(code=2))
    child(running, "gate").pause.healthy()
    until_dead(running, "gate")
    running.check()


@pytest.mark.parametrize(
    ("code", "first", "longest"), [(RESTART, 0.2, 5.0), (3, 2.0, 60.0), (CREDENTIALS, 60.0, 600.0)]
)
def test_pauses_grow_to_their_bound_and_shrink_after_health(code: int, first: float, longest: float) -> None:
    """Each failure doubles the pause; refused credentials are never tried twice within a minute."""
    one = pause.Pause()
    waits = [one.after(code) for _ in range(12)]
    assert waits[:2] == [first, 2 * first]
    assert waits[-1] == longest
    one.healthy()
    assert one.after(code) == first


def test_credentials_rest_a_minute_after_crashes() -> None:
    """The kind of the last failure counts, not the pauses of the crashes before it."""
    one = pause.Pause()
    for _ in range(5):
        one.after(RESTART)
    assert one.after(CREDENTIALS) >= 60
