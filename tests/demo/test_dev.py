"""`maskgate dev`: other commands find its broker, and it says what to type."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maskgate.base import config
from maskgate.base.config import Console, Kafka, Lineage, Settings, Watch
from maskgate.cli import dev_cmd

MASKGATE = [sys.executable, "-m", "maskgate"]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a run, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Settings(
        kafka=Kafka(bootstrap_servers="127.0.0.1:1234", embedded=True),
        lineage=Lineage(dir=Path("lineage/dev-1")),
        watch=Watch(webhook_secret="hush"),  # type: ignore[arg-type]
    )


def test_the_file_says_what_is_in_force(settings: Settings, tmp_path: Path) -> None:
    """Every command that looks for maskgate.yaml gets the same settings, while the run lasts; nobody else reads it."""
    with dev_cmd.written(settings) as file:
        assert file == Path("maskgate.yaml")
        assert config.load()[0] == settings
        assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob("*.yaml")) == []


def test_a_file_of_ones_own_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    """Then the settings lie beside the lineage, and the printed commands name them."""
    own = tmp_path / "maskgate.yaml"
    own.write_text("pipeline: {name: mine}\n")
    with dev_cmd.written(settings) as file:
        assert file == Path("lineage/dev.yaml")
        assert config.load(file)[0] == settings
    assert own.read_text() == "pipeline: {name: mine}\n"
    assert not Path("lineage/dev.yaml").exists()


def test_a_file_that_a_killed_run_left_is_replaced(settings: Settings) -> None:
    """Ours is known by its first line."""
    Path("maskgate.yaml").write_text(dev_cmd._MARK + "kafka: {bootstrap_servers: 'gone:1'}\n")
    with dev_cmd.written(settings):
        assert config.load()[0].kafka.bootstrap_servers == "127.0.0.1:1234"


def test_a_port_in_use_is_said_before_anything_starts(tmp_path: Path) -> None:
    """One line with the port and the setting."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*MASKGATE, "dev"], capture_output=True, text=True, cwd=tmp_path, check=False, timeout=120,
            env=os.environ | {"MASKGATE_CONSOLE_PORT": str(port)},
        )  # fmt: skip
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{port} is in use" in line
    assert "console.port" in line
    assert done.returncode == 3


@pytest.mark.slow
def test_what_it_prints_works(tmp_path: Path) -> None:
    """The printed commands, typed in the same folder, show a record masked; afterwards nothing is left behind."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {
        "MASKGATE_CONSOLE_PORT": str(port), "MASKGATE_MONITOR_PORT": "0", "MASKGATE_DETECTION_MODEL": "none",
    }  # fmt: skip
    dev = subprocess.Popen([*MASKGATE, "dev"], stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=env)
    try:
        assert dev.stderr is not None
        printed = []
        while not printed or "Ctrl-C" not in printed[-1]:
            printed.append(dev.stderr.readline())
            assert printed[-1], "".join(printed)
        produce, consume = (next(line for line in printed if f" {verb} " in line) for verb in ("produce", "consume"))
        on_path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        shell = {"shell": True, "cwd": tmp_path, "env": env | {"PATH": on_path}, "check": True, "capture_output": True}
        subprocess.run(produce, **shell)  # type: ignore[call-overload]
        until = time.monotonic() + 120
        while not (out := subprocess.run(consume, **shell).stdout):  # type: ignore[call-overload]
            assert time.monotonic() < until
        assert json.loads(out)["note"] == "write to <EMAIL_ADDRESS>"
    finally:
        dev.send_signal(signal.SIGINT)
        dev.stderr.close() if dev.stderr else None
        dev.wait(60)
    assert not (tmp_path / "maskgate.yaml").exists()
    assert Console().port == 8300
