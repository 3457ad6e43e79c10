"""A demo that is killed outright takes its roles with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


def test_the_roles_end_with_a_demo_that_was_killed(tmp_path: Path) -> None:
    """No SIGTERM, no clean-up: the kernel tells the roles."""
    config = tmp_path / "maskgate.yaml"
    config.write_text("kafka: {bootstrap_servers: '127.0.0.1:9'}\npipeline: {inputs: [events]}\n")
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, config, tmp_path / "log"], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        roles = int(parent.stdout.readline())
    try:
        time.sleep(1)
        assert _alive(roles)
        parent.kill()
        parent.wait()
        until = time.monotonic() + 60
        while _alive(roles) and time.monotonic() < until:
            time.sleep(0.1)
        assert not _alive(roles)
    finally:
        parent.kill()
        if _alive(roles):
            os.kill(roles, signal.SIGKILL)
