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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from maskgate.base import extras, files, log
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.base.log import describe, say
from maskgate.kafka.errors import exit_code
from maskgate.supervise import pause
from maskgate.supervise.monitored import MonitorProcess, RolesMeter, forget, spawn

ROLES = {
    "gate": "maskgate.gate.role",
    "lineage": "maskgate.sink.role",
    "mask": "maskgate.supervise.supervisor",
    "watch": "maskgate.watch.app",
    "console": "maskgate.console.server",
}
"""Role → module with ``main(settings)``; in this order they start, in the reverse they end."""

DOORS = {"api": "maskgate.gateway.server", "audit-sync": "maskgate.sync.role"}
"""Roles that not every installation has; they run only where they are asked for."""
_EXTRAS = {"lineage": "lineage", "console": "console", "api": "console"}
_PROGRAMS = ROLES | DOORS | {"monitor": "maskgate.supervise.monitor"}

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
        log.configure(settings.log.level, settings.log.format)
        log.adopt(name)
        importlib.import_module(_PROGRAMS[name]).main(settings)
    except KeyboardInterrupt:
        code = 130
    except BaseException as error:
        error = files.told(error)
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
    starts: int = 0
    pause: pause.Pause = field(default_factory=pause.Pause)


class Roles:
    """Starts roles and keeps them alive; ``stop`` ends them in order."""

    def __init__(self, settings: Settings, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in ROLES | DOORS]
        if unknown:
            raise ConfigurationError(f"unknown role {', '.join(unknown)}; roles: {', '.join(ROLES | DOORS)}, all")
        for name in names:
            if name in _EXTRAS:
                extras.need(_EXTRAS[name])
        self._settings_json = to_json(settings).encode()
        self._monitor = MonitorProcess(self._settings_json, settings.monitor.enabled)
        forget(settings.pipeline.state_dir, list(names))
        self._meter = RolesMeter(settings.pipeline.state_dir, "roles")
        self.children = [Child(name) for name in ROLES | DOORS if name in names]

    def start(self) -> None:
        """Start every role that is not running and due."""
        for child in self.children:
            if child.process is None and time.monotonic() >= child.start_at:
                self._spawn(child)

    def _command(self, child: Child) -> list[str]:
        return [sys.executable, "-m", "maskgate.supervise.role", child.name]

    def _spawn(self, child: Child) -> None:
        child.process = spawn(self._command(child), self._settings_json)
        child.started = time.monotonic()
        child.starts += 1

    def check(self) -> None:
        """Bury the dead and start them again after a pause; a role that cannot start does not end its neighbours.

        Raises:
            ConfigurationError: no role at all can use this configuration.
        """
        for child in self.children:
            if child.process is None:
                continue
            now = time.monotonic()
            if now - child.started > _HEALTHY_S:
                child.pause.healthy()
            code = child.process.poll()
            if code is not None:
                self._ended(child, code, now)
        if self.children and all(child.process is None and child.pause.refused for child in self.children):
            names = ", ".join(child.name for child in self.children)
            raise ConfigurationError(f"no role can use this configuration ({names}); see their last lines above")
        self.start()
        self._monitor.check()
        self._meter.show({child.name: _state(child) for child in self.children})

    def _ended(self, child: Child, code: int, now: float) -> None:
        child.process = None
        wait_s = child.pause.after(code)
        child.start_at = now + wait_s
        level = "error" if pause.needs_person(code) else "warning"
        say(
            "roles",
            "role_ended",
            level=level,
            name=child.name,
            code=code,
            failures=child.pause.failures,
            restart_in_s=round(wait_s, 1),
        )

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
        self._monitor.stop()


def _state(child: Child) -> tuple[bool, str, int]:
    """Whether it runs, why not, and how often it was started again."""
    up = child.process is not None
    why = f"ended with {child.pause.code}, {child.pause.failures} times in a row; see the log" if not up else ""
    return up, why, max(0, child.starts - 1)


def run(settings: Settings, names: Sequence[str]) -> None:
    """Run roles until SIGTERM or Ctrl-C.

    Raises:
        ConfigurationError: see :meth:`Roles.check`.
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
