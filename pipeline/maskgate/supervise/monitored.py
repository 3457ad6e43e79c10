"""The supervisor's side of the monitor: its process, and the file that says how the roles do."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maskgate.base.log import say
from maskgate.base.meters import FOLDER, Meters
from maskgate.supervise import pause, tether


class RolesMeter(Meters):
    """The meters of a supervisor: ``roles`` says per role why it is not ready (empty: it runs)."""

    def __init__(self, state_dir: Path, role: str) -> None:
        super().__init__(state_dir, role)
        self.ready = True
        self.roles: dict[str, str] = {}

    def as_tree(self) -> dict[str, Any]:
        """JSON-ready, with the roles."""
        return super().as_tree() | {"roles": self.roles}

    def show(self, states: Mapping[str, tuple[bool, str, int]]) -> None:
        """Per role: whether it runs, why not, how often it was started again; written once a second."""
        if not self.due():
            return
        self.roles = {name: "" if up else why for name, (up, why, _) in states.items()}
        for name, (up, _, restarts) in states.items():
            self.set("maskgate_up", int(up), of=name)
            self.set("maskgate_restarts_total", restarts, of=name)
        self.flush()


def forget(state_dir: Path, names: list[str]) -> None:
    """Remove what earlier processes of these roles wrote."""
    for name in names:
        for path in [state_dir / FOLDER / f"{name}.json", *(state_dir / FOLDER).glob(f"{name}-[0-9]*.json")]:
            path.unlink(missing_ok=True)


class MonitorProcess:
    """Starts the monitor and starts it again; whatever becomes of it, the roles go on."""

    def __init__(self, settings_json: bytes, enabled: bool) -> None:
        self._settings_json, self._enabled = settings_json, enabled
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = pause.Pause()
        self._start_at = 0.0

    def check(self) -> None:
        """Start it when it is due; say what it ended with."""
        now = time.monotonic()
        if self._process is not None and (code := self._process.poll()) is not None:
            wait_s = max(self._pause.after(code), 10.0)
            self._process, self._start_at = None, now + wait_s
            say("roles", "monitor_ended", level="warning", code=code, restart_in_s=round(wait_s, 1))
        if self._enabled and self._process is None and now >= self._start_at:
            self._process = spawn([sys.executable, "-m", "maskgate.supervise.role", "monitor"], self._settings_json)

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def spawn(command: list[str], settings_json: bytes) -> subprocess.Popen[bytes]:
    """A process of ours, tied to this one, with its settings on stdin, in a session of its own.

    Its own session: Ctrl-C goes to the supervisor, which ends its children in order.
    """
    process = subprocess.Popen(tether.command(command), stdin=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    try:
        process.stdin.write(settings_json)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it died at once: the next look finds it
    return process
