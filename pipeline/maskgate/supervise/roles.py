"""Roles as processes: each is started by exec, watched, and started again; the settings travel over its stdin."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.base.log import describe, say
from maskgate.kafka.errors import Unrecoverable, exit_code
from maskgate.supervise import tether

ROLES = {
    "gate": "maskgate.gate.role",
    "lineage": "maskgate.sink.role",
    "mask": "maskgate.supervise.supervisor",
    "watch": "maskgate.watch.app",
    "console": "maskgate.console.server",
}
"""Role → module with ``main(settings)``; in this order they start, in the reverse they end."""

BACKOFF_S = (0.2, 5.0)
START_PATIENCE_S = 30.0
DRAIN_S = 40.0
_HEALTHY_S = 15.0
_TICK_S = 0.05


def to_json(settings: Settings) -> str:
    """The settings with their secrets, for a pipe between our own processes."""

    def plain(value: Any) -> Any:
        if isinstance(value, SecretStr):
            return value.get_secret_value()
        if isinstance(value, Path):
            return str(value)
        raise TypeError(type(value).__name__)

    return json.dumps(settings.model_dump(), default=plain)


def child_main(name: str) -> None:
    """The started process: read the settings, become the role, end with the code that says whether to start again."""
    code = 0
    try:
        settings = Settings.model_validate_json(sys.stdin.read())
        importlib.import_module(ROLES[name]).main(settings)
    except KeyboardInterrupt:
        code = 130
    except BaseException as error:
        code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else exit_code(error)
        if code:
            say(name, "died", **describe(error))
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(code)  # threads of clients do not hold up the end


@dataclass(slots=True)
class Child:
    """One role's process."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    pause_s: float = BACKOFF_S[0]
    lived: bool = False


class Roles:
    """Starts roles and keeps them alive; ``stop`` ends them in order."""

    def __init__(self, settings: Settings, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in ROLES]
        if unknown:
            raise ConfigurationError(f"unknown role {', '.join(unknown)}; roles: {', '.join(ROLES)}, all")
        self._settings_json = to_json(settings).encode()
        self.children = [Child(name) for name in ROLES if name in names]
        self._born = time.monotonic()

    def start(self) -> None:
        """Start every role that is not running and due."""
        for child in self.children:
            if child.process is None and time.monotonic() >= child.start_at:
                self._spawn(child)

    def _spawn(self, child: Child) -> None:
        command = [sys.executable, "-m", "maskgate.supervise.role", child.name]
        child.process = subprocess.Popen(
            tether.command(command), stdin=subprocess.PIPE, start_new_session=True
        )  # its own session: Ctrl-C goes to us, and we end them in order
        child.started = time.monotonic()
        assert child.process.stdin is not None
        try:
            child.process.stdin.write(self._settings_json)
            child.process.stdin.close()
        except BrokenPipeError:
            pass  # it died at once: the next look finds it

    def check(self) -> None:
        """Bury the dead and start them again after a pause.

        Raises:
            Unrecoverable, ConfigurationError, WorldError: a role ended with what no restart cures, or never came up.
        """
        for child in self.children:
            if child.process is None:
                continue
            now = time.monotonic()
            if now - child.started > _HEALTHY_S:
                child.lived, child.pause_s = True, BACKOFF_S[0]
            code = child.process.poll()
            if code is not None:
                self._ended(child, code, now)
        self.start()

    def _ended(self, child: Child, code: int, now: float) -> None:
        child.process = None
        say("roles", "role_ended", name=child.name, code=code)
        if code == 3:
            raise Unrecoverable(f"role '{child.name}' stopped for good; see its last line above")
        if code == 2:
            raise ConfigurationError(f"role '{child.name}' refused its configuration; see its last line above")
        if not child.lived and now - self._born > START_PATIENCE_S:
            raise WorldError(f"role '{child.name}' does not come up; see its lines above")
        child.start_at = now + child.pause_s
        child.pause_s = min(child.pause_s * 2, BACKOFF_S[1])

    def stop(self) -> None:
        """End the roles, those that make work before those that take it."""
        until = time.monotonic() + DRAIN_S
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def run(settings: Settings, names: Sequence[str]) -> None:
    """Run roles until SIGTERM or Ctrl-C.

    Raises:
        Unrecoverable, ConfigurationError, WorldError: see :meth:`Roles.check`.
    """
    roles = Roles(settings, names)
    stopping: list[int] = []
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda number, _: stopping.append(number))
    try:
        roles.start()
        while not stopping:
            roles.check()
            time.sleep(_TICK_S)
    finally:
        roles.stop()
