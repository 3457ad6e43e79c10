"""The parent of the mask workers: loads models, forks, watches, starts again.

It imports no Kafka client and has no threads, so that a fork is safe. It trusts nothing that a dead worker left but
the in-flight file: that says on which records it died.
"""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: its threads would not survive the fork

from maskgate.base import filemodes, files
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.base.log import describe, say
from maskgate.kafka import topics
from maskgate.kafka.errors import exit_code
from maskgate.supervise import pause, tether
from maskgate.supervise.monitored import MonitorProcess, RolesMeter, forget
from maskgate.worker.context import Parts, build
from maskgate.worker.inflight import Beat, Strikes, read_flight

ROLE = "supervisor"
DRAIN_S = 30.0
_TICK_S = 0.05
_HEALTHY_S = 30.0


@dataclass(slots=True)
class Slot:
    """One worker's place."""

    number: int
    beat: Beat = field(default_factory=Beat)
    pid: int = 0
    started: float = 0.0
    start_at: float = 0.0
    starts: int = 0
    pause: pause.Pause = field(default_factory=pause.Pause)
    silenced: bool = False


class Supervisor:
    """Keeps ``settings.worker.workers`` mask workers alive. ``make`` builds what they share."""

    def __init__(
        self, settings: Settings, make: Callable[[Settings], Parts] = build, monitor: MonitorProcess | None = None
    ) -> None:
        self._settings = settings
        self._files = settings.pipeline.state_dir / "inflight"
        self._make = make
        self._slots = [Slot(n) for n in range(settings.worker.workers)]
        self._stopping = False
        self._lock = -1
        group = topics.group(settings.pipeline.name, "mask")
        self._strikes = Strikes(self._files / f"{group}.strikes")
        self._meter = RolesMeter(settings.pipeline.state_dir, "mask-supervisor")
        self._monitor = monitor

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then let the workers finish their batch.

        Raises:
            ConfigurationError: policy, keys or model are wrong, or a supervisor of this instance runs already;
                also when every worker refuses it. Whatever else a worker dies of, it is started again.
        """
        self._lock_instance()
        forget(self._settings.pipeline.state_dir, ["mask"])
        self.mourn()
        self._parts = self._make(self._settings)
        gc.collect()
        gc.freeze()  # the shared pages stay shared: no collector writes to them
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self._stop)
        say(ROLE, "started", workers=len(self._slots))
        try:
            while not self._stopping:
                self._tick()
                time.sleep(_TICK_S)
        finally:
            self._drain()
            if self._monitor is not None:
                self._monitor.stop()
        say(ROLE, "stopped")

    def mourn(self) -> None:
        """Count the workers that died with an earlier supervisor: a record may have taken the whole host down."""
        for slot in self._slots:
            if verdict := self._inquest(slot):
                say(ROLE, verdict, slot=slot.number, since="an earlier run")

    def _stop(self, *_: Any) -> None:
        self._stopping = True

    def _lock_instance(self) -> None:
        """Two supervisors with one instance name would fence each other for ever."""
        path = self._files / f"{self._settings.pipeline.name}.{self._settings.pipeline.instance}.lock"
        self._lock = filemodes.open_secret(path)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigurationError(
                f"mask workers of instance '{self._settings.pipeline.instance}' run here already; "
                "stop them or set pipeline.instance to another name"
            ) from None

    def _tick(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.pid:
                self._look_after(slot, now)
            elif now >= slot.start_at:
                self._start(slot)
        self._reap()
        if self._monitor is not None:
            self._monitor.check()
        self._show()

    def _show(self) -> None:
        """Let the monitor know how the workers do."""
        if not self._meter.due():
            return
        down = [slot for slot in self._slots if not slot.pid]
        why = ", ".join(f"worker {s.number} ended with {s.pause.code}, {s.pause.failures} times in a row" for s in down)
        restarts = sum(max(0, slot.starts - 1) for slot in self._slots)
        self._meter.show({"mask": (not down, why, restarts)})

    def _look_after(self, slot: Slot, now: float) -> None:
        deadline, batches, ready = slot.beat.read()
        if ready and (batches > 0 or now - slot.started > _HEALTHY_S):
            slot.pause.healthy()
        if now > deadline and not slot.silenced:
            slot.silenced = True
            say(ROLE, "watchdog", slot=slot.number, worker=slot.pid, silent_for_s=round(now - deadline, 1))
            os.kill(slot.pid, signal.SIGKILL)

    def _start(self, slot: Slot) -> None:
        slot.beat.promise(60.0, batches=0, ready=False)
        slot.started, slot.silenced = time.monotonic(), False
        slot.starts += 1
        parent = os.getpid()
        sys.stderr.flush()
        sys.stdout.flush()
        slot.pid = os.fork()
        if slot.pid == 0:
            self._child(slot, parent)

    def _child(self, slot: Slot, parent: int) -> None:
        """The forked process; never returns."""
        code = 0
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.close(self._lock)
            tether.tie(parent, signal.SIGTERM)
            from maskgate.worker import worker as mask_worker

            mask_worker.main(self._settings, self._parts, slot.number, slot.beat, self._files)
        except BaseException as error:
            error = files.told(error)
            code = exit_code(error)
            say("mask", "died", slot=slot.number, **describe(error))
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            slot = next((s for s in self._slots if s.pid == pid), None)
            if slot is not None:
                self._buried(slot, os.waitstatus_to_exitcode(status))

    def _buried(self, slot: Slot, code: int) -> None:
        slot.pid = 0
        if self._stopping:
            return
        wait_s = slot.pause.after(code)
        slot.start_at = time.monotonic() + wait_s
        verdict = self._inquest(slot)
        level = "error" if pause.needs_person(code) else "warning"
        say(ROLE, "worker_ended", level=level, slot=slot.number, code=code, restart_in_s=round(wait_s, 1))
        if verdict:
            say(ROLE, verdict, slot=slot.number)
        if all(not s.pid and s.pause.refused for s in self._slots):
            raise ConfigurationError("the mask workers refused their configuration; see their last lines above")

    def _inquest(self, slot: Slot) -> str:
        """Which records the worker died on, and what follows."""
        group = topics.group(self._settings.pipeline.name, "mask")
        path = self._files / f"{topics.worker_id(group, self._settings.pipeline.instance, slot.number)}.json"
        verdict = self._strikes.died(read_flight(path))
        path.unlink(missing_ok=True)
        return verdict

    def _drain(self) -> None:
        """SIGTERM to every worker, and SIGKILL to those that do not end in time."""
        self._stopping = True
        self._signal(signal.SIGTERM)
        until = time.monotonic() + DRAIN_S
        while any(s.pid for s in self._slots) and time.monotonic() < until:
            self._reap()
            time.sleep(_TICK_S)
        self._signal(signal.SIGKILL)
        self._reap()

    def _signal(self, sig: signal.Signals) -> None:
        for slot in self._slots:
            if slot.pid:
                os.kill(slot.pid, sig)


def main(settings: Settings, monitor: MonitorProcess | None = None) -> None:
    """Run the mask workers of this instance; ``monitor`` where no other supervisor on this host has one."""
    Supervisor(settings, monitor=monitor).run()
