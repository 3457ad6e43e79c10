"""A demo waits as long as things get on, and no longer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from maskgate.base.errors import WorldError
from maskgate.local.demo import stage


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the stage."""
    found = Clock()
    monkeypatch.setattr(stage, "time", found)
    return found


def roles(tmp_path: Path) -> stage.Roles:
    """Roles that live and say nothing."""
    (tmp_path / "log").touch()
    return SimpleNamespace(log=tmp_path / "log", alive=lambda: None)  # type: ignore[return-value]


def test_a_slow_machine_has_its_time(clock: Clock, tmp_path: Path) -> None:
    """An hour is no reason to give up while the count goes on."""
    found = stage.wait_for("x", lambda: clock.now > 3600, roles(tmp_path), lambda: int(clock.now) // 100, every_s=30)
    assert found


def test_a_log_that_grows_is_progress(clock: Clock, tmp_path: Path) -> None:
    """Roles that restart and say so are waited for."""
    running = roles(tmp_path)

    def look() -> bool:
        with running.log.open("a") as file:
            file.write("line\n")
        return clock.now > 1000

    assert stage.wait_for("x", look, running, every_s=30)


def test_nothing_that_gets_on_is_an_error(clock: Clock, tmp_path: Path) -> None:
    """Where nothing changes, the demo says for what it waited."""
    with pytest.raises(WorldError, match="waited for the moon; nothing got on for 120 s"):
        stage.wait_for("the moon", lambda: None, roles(tmp_path), every_s=30)
    assert clock.now < 300
