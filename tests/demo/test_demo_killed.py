"""A demo that is killed outright takes its roles with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maskgate.local.kafka_local import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal is Linux's")]

_PARENT = """
import sys, time
from pathlib import Path
from maskgate.local.demo.stage import Roles
roles = Roles(Path(sys.argv[1]), Path(sys.argv[2]))
print(roles._process.pid, flush=True)
time.sleep(120)
"""


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def _until(check: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not check() and time.monotonic() < until:
        time.sleep(0.1)


def test_the_roles_end_with_a_demo_that_was_killed(tmp_path: Path) -> None:
    """No SIGTERM, no clean-up: the kernel tells the roles."""
    config = tmp_path / "maskgate.yaml"
    (port,) = free_ports(1)
    config.write_text(
        "kafka: {bootstrap_servers: '127.0.0.1:9'}\nmonitor: {enabled: false}\n"
        f"pipeline: {{topics: [events], state_dir: {tmp_path / 'state'}}}\nconsole: {{port: {port}}}\n"
    )
    log = tmp_path / "log"
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, config, log], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        roles = int(parent.stdout.readline())
    try:
        _until(lambda: "listening" in log.read_text() or not _alive(roles))  # without a broker they go on trying
        assert _alive(roles), log.read_text()
        parent.kill()
        parent.wait()
        _until(lambda: not _alive(roles))
        assert not _alive(roles)
    finally:
        parent.kill()
        if _alive(roles):
            os.kill(roles, signal.SIGKILL)
