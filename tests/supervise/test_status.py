"""`maskgate status` and `maskgate top`: one screen of what the processes of a state folder wrote."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from maskgate.base.meters import Meters
from maskgate.cli import cli
from maskgate.supervise import glance


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "maskgate.yaml").write_text("pipeline: {name: shop, state_dir: state}\n")
    (tmp_path / "state" / "meters").mkdir(parents=True, mode=0o700)
    return tmp_path / "state"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def supervise(state: Path, **roles: str) -> None:
    """What the supervisor says of its roles; "" is all right."""
    tree = {"role": "roles", "slot": None, "pid": os.getpid(), "at": time.time(), "ready": True, "notes": []}
    (state / "meters" / "roles.json").write_text(json.dumps(tree | {"samples": [], "roles": roles}))


def worker(state: Path, slot: int, masked: int) -> None:
    one = Meters(state, "mask", slot)
    one.ready = True
    one.count("maskgate_records_total", masked, topic="orders", outcome="masked")
    one.count("maskgate_dead_letters_total", 2, topic="orders", reason="not_json")
    one.set("maskgate_lag_records", 40, topic="orders", partition=str(slot))
    one.set("maskgate_lag_seconds", 3.0 + slot, topic="orders", partition=str(slot))
    one.set("maskgate_policy_info", 1, id="default", version="7", digest="ab")
    one.flush()


def gate(state: Path) -> None:
    one = Meters(state, "gate")
    one.ready = True
    one.set("maskgate_open_requests", 12)
    one.set("maskgate_oldest_request_seconds", 600)
    one.flush()


def test_status_tells_everything_on_one_screen(state: Path) -> None:
    """Counts of all workers are summed, the longest lag counts, the exit code is that of health."""
    supervise(state, mask="", gate="")
    worker(state, 0, 100)
    worker(state, 1, 50)
    gate(state)
    shown = run("status")
    assert shown.exit_code == 0
    for line in (
        "records       150 masked",
        "lag           orders 80 (4 s)",
        "held          12, the oldest 10 min",
        "dead letters  4 not json",
        "policy        default 7",
    ):
        assert line in shown.output.splitlines()
    told = json.loads(run("status", "--json").output)
    assert told["held"] == {"open": 12, "oldest_s": 600} and told["workers"] == 2 and told["roles"]["gate"] == []


def test_a_role_that_is_not_ready_is_named(state: Path) -> None:
    supervise(state, mask="", gate="it cannot start: no key")
    worker(state, 0, 1)
    shown = run("status")
    assert shown.exit_code == 1
    assert "gate  it cannot start: no key" in shown.output


def test_nothing_that_runs_is_said(state: Path) -> None:
    """Files of processes that are gone count as nothing."""
    shown = run("status")
    assert shown.exit_code == 3
    assert "Nothing runs" in shown.output


def test_rates_are_those_between_two_looks() -> None:
    """A worker that was started anew begins at zero: no rate is negative."""

    def at(when: float, masked: float, held: float) -> list[dict[str, Any]]:
        samples = [["maskgate_records_total", {"outcome": k}, n] for k, n in (("masked", masked), ("held", held))]
        head = {"role": "mask", "slot": 0, "pid": 1, "at": when, "ready": True, "notes": []}
        return [head | {"samples": samples}]

    told = glance.glance(at(110.0, 600, 3), at(100.0, 100, 50), 120.0)
    assert told["rates"] == {"masked": 50.0}
    assert "a second      50.0 masked" in glance.lines(told)


def test_top_shows_screen_after_screen(state: Path) -> None:
    supervise(state, mask="")
    worker(state, 0, 7)
    shown = run("top", "--every", "1", "--count", "2")
    assert shown.exit_code == 0
    assert shown.output.count("maskgate top") == 2 and "\x1b" not in shown.output
    assert "records       7 masked" in shown.output
