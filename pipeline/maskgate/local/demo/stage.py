"""What a demo and `maskgate dev` stand on: a broker, the supervised roles, the commands a person types."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

from maskgate.base import filemodes
from maskgate.base.config import Kafka, Settings
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.kafka import topics as names
from maskgate.local import brokers
from maskgate.local.kafka_local import free_ports
from maskgate.supervise import tether

_DRAIN_S = 45.0
_CASTS = 6
PATIENCE_S = 120.0
"""How long nothing at all may change before a demo gives up."""
T = TypeVar("T")


def free_port() -> int:
    """A local port that nobody listens on now."""
    return free_ports(1)[0]


@contextlib.contextmanager
def broker(choice: str, folder: Path, own: Kafka | None = None, port: int | None = None) -> Iterator[Kafka]:
    """A broker for as long as the block runs: ``embedded``, ``kafka``, or HOST:PORT of one's own (left as it is).

    ``port`` is that of ``kafka``, else a free one; the embedded broker chooses its own.

    Raises:
        ConfigurationError: none of these. WorldError: it does not start or answer.
    """
    if choice == "embedded":
        running: brokers.Running = brokers.start_embedded()
    elif choice == "kafka":
        running = brokers.start_kafka(folder / "kafka", port=port)
    elif ":" in choice:
        kafka = (own or Kafka()).model_copy(update={"bootstrap_servers": choice})
        brokers.reachable(kafka)
        yield kafka
        return
    else:
        raise ConfigurationError(f"--broker {choice}: write embedded, kafka, or HOST:PORT")
    try:
        yield running.kafka
    finally:
        running.stop()


def refuse_used(kafka: Kafka) -> None:
    """Raise ConfigurationError where a broker holds records of maskgate: the demo's own account would not agree."""
    have = brokers.reachable(kafka)
    ours = [name for name in have if name in names.CONTROL or name == names.LINEAGE]
    used = sorted({topic for (topic, _), end in brokers.end_offsets(kafka, ours).items() if end}) if ours else []
    if used:
        raise ConfigurationError(
            f"{kafka.bootstrap_servers} holds records of maskgate already ({', '.join(used[:3])}…); "
            "the demo needs a broker without them, for example BROKER=kafka"
        )


def prepare_topics(settings: Settings, destinations: Sequence[str] = ()) -> None:
    """Create the topics that are missing."""
    have = brokers.reachable(settings.kafka)
    brokers.ensure_topics(settings.kafka, names.specs(settings, have, destinations))


class Roles:
    """`maskgate run all` as a process of its own, its lines in a file."""

    def __init__(self, config_file: Path, log: Path) -> None:
        self.log = log
        self._file: IO[bytes] = os.fdopen(filemodes.open_secret(log, os.O_WRONLY | os.O_APPEND), "ab")
        self._process = subprocess.Popen(
            tether.command([sys.executable, "-m", "maskgate", "-C", str(config_file), "run", "all"]),
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=self._file,
            start_new_session=True,
        )

    def alive(self) -> None:
        """Raise WorldError if the roles ended, with their last lines."""
        if self._process.poll() is not None:
            last = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
            raise WorldError(f"the roles ended (exit {self._process.returncode}); their last lines:\n{last}")

    def stop(self) -> None:
        """End them in order; what is under way is finished or left uncommitted."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_DRAIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._file.close()


class Person:
    """A person at a terminal: types maskgate commands."""

    def __init__(self, config_file: Path, key: Path) -> None:
        self._config = config_file
        self._key = key

    def decide(self, decision: str, request_id: str, reason: str) -> tuple[bool, str]:
        """(accepted, what the command said) of `maskgate approvals approve|deny`.

        A vote that a busy gate has not read yet is cast again: a repeat changes nothing.
        """
        for _ in range(_CASTS):
            done = run(self._config, "approvals", decision, request_id, "--key", str(self._key), "--reason", reason)
            if done.returncode != WorldError.exit_code:
                break
        return done.returncode == 0, (done.stdout + done.stderr).strip()


def run(config_file: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """One maskgate command."""
    command = [sys.executable, "-m", "maskgate", "-C", str(config_file), *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def requests(config_file: Path) -> list[dict[str, Any]]:
    """What `maskgate approvals list --json` shows."""
    done = run(config_file, "approvals", "list", "--json", "--state", "all")
    if done.returncode:
        return []
    found = json.loads(done.stdout)
    return list(found["requests"] if isinstance(found, dict) else found)


def wait_for(
    what: str,
    look: Callable[[], T | None],
    roles: Roles,
    progress: Callable[[], object] = lambda: None,
    every_s: float = 0.3,
) -> T:
    """The first answer of ``look`` that is not empty; a slow machine has all the time it needs while it gets on.

    ``progress`` is whatever changes while things get on; so does the log of the roles.

    Raises:
        WorldError: the roles ended, or nothing changed for ``PATIENCE_S``.
    """
    seen: object = None
    until = 0.0
    while True:
        roles.alive()
        found = look()
        if found:
            return found
        now = (progress(), roles.log.stat().st_size)
        if now != seen:
            seen, until = now, time.monotonic() + PATIENCE_S
        if time.monotonic() > until:
            raise WorldError(
                f"waited for {what}; nothing got on for {PATIENCE_S:.0f} s; the lines of the roles are in {roles.log}"
            )
        time.sleep(every_s)
