"""The role ``audit-sync``: one thread a sink, each with its own reader, cursor and pace.

It only reads the log, and without a group: neither a full disk nor a receiver that is down reaches the gate.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

from maskgate.base.audit_settings import AuditSink
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, MaskgateError, WorldError
from maskgate.base.log import describe, say
from maskgate.base.meters import EVERY_S, Meters
from maskgate.kafka import topics
from maskgate.kafka.topic_id import topic_id
from maskgate.sync import make
from maskgate.sync.courier import Courier
from maskgate.sync.cursor import CursorFile
from maskgate.sync.source import LogReader

_PAUSE_S = (1.0, 60.0)
_ASK_S = 30.0


class Line:
    """One sink in a thread: opened, run, and opened again after a trouble with the broker."""

    def __init__(self, sink: AuditSink, open_courier: Callable[[AuditSink], Courier], stop: threading.Event) -> None:
        self.name, self._sink, self._open, self._stop = sink.name, sink, open_courier, stop
        self.courier: Courier | None = None
        self.stopped: ConfigurationError | None = None
        """What a person has to mend before this sink gets anything."""
        self.counts = {"sent": 0, "again": 0, "refused": 0}
        self.lag: tuple[int, float] | None = None
        self.why = "not started yet"
        self.thread = threading.Thread(target=self._run, name=f"sink-{sink.name}", daemon=True)

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                self._work()
                return
            except ConfigurationError as error:
                self.stopped, self.why = error, str(error)
                say("audit-sync", "sink_stopped", level="error", sink=self.name, **describe(error))
                return
            except Exception as error:
                failures += 1
                self.why = str(error) if isinstance(error, MaskgateError) else f"failed: {type(error).__name__}"
                say("audit-sync", "failed", sink=self.name, **describe(error))
                self._stop.wait(min(_PAUSE_S[1], _PAUSE_S[0] * 2 ** min(failures, 10)))

    def _work(self) -> None:
        courier = self._open(self._sink)
        before, look_at = dict(self.counts), 0.0
        try:
            courier.start()
            while not self._stop.is_set():
                wait_s = courier.step()
                self.counts = {name: before[name] + n for name, n in courier.counts.items()}
                self.why = courier.trouble
                if wait_s or time.monotonic() >= look_at:
                    self.lag, look_at = courier.lag(), time.monotonic() + EVERY_S
                self._stop.wait(wait_s)
        finally:
            courier.close()


def opener(settings: Settings, log_id: str) -> Callable[[AuditSink], Courier]:
    """Opens the courier of a sink; the cursor is this process's from then on."""

    def open_courier(sink: AuditSink) -> Courier:
        file = CursorFile(settings.pipeline.state_dir, sink.name)
        file.claim()
        try:
            made, reader = make.sink(sink, settings.kafka), LogReader(settings.kafka)
        except BaseException:
            file.release()
            raise
        return Courier(sink.name, made, make.FORMS[sink.format], file, reader, log_id, sink.batch, sink.whole)

    return open_courier


def show(meters: Meters, lines: list[Line]) -> None:
    """Let the monitor know."""
    for line in lines:
        meters.set("maskgate_audit_sync_sent_total", line.counts["sent"], sink=line.name)
        for result in ("again", "refused"):
            meters.set("maskgate_audit_sync_failures_total", line.counts[result], sink=line.name, result=result)
        if line.lag is not None:
            meters.set("maskgate_audit_sync_lag_records", line.lag[0], sink=line.name)
            meters.set("maskgate_audit_sync_lag_seconds", round(line.lag[1], 3), sink=line.name)
    meters.notes = [f"audit sink {line.name}: {line.why}" for line in lines if line.why]
    meters.ready = not meters.notes
    meters.flush()


def main(settings: Settings) -> None:
    """Run until SIGTERM.

    Raises:
        ConfigurationError: there are no sinks, or none of them can go on. WorldError: the log was created anew.
    """
    if not settings.audit.sinks:
        raise ConfigurationError("audit-sync: there is nowhere to send to; write audit.sinks (docs/audit.md)")
    log_id = topic_id(settings, topics.LOG)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lines = [Line(sink, opener(settings, log_id), stop) for sink in settings.audit.sinks]
    for line in lines:
        line.thread.start()
    say("audit-sync", "started", sinks=len(lines))
    _attend(settings, log_id, lines, stop)
    for line in lines:
        line.thread.join(20.0)


def _attend(settings: Settings, log_id: str, lines: list[Line], stop: threading.Event) -> None:
    meters = Meters(settings.pipeline.state_dir, "audit-sync")
    asked = time.monotonic()
    while not stop.wait(EVERY_S):
        show(meters, lines)
        if all(line.stopped for line in lines):
            raise lines[0].stopped or ConfigurationError("audit-sync: no sink can go on")
        if time.monotonic() - asked > _ASK_S:
            asked = time.monotonic()
            if topic_id(settings, topics.LOG) != log_id:
                raise WorldError(f"{topics.LOG} was created anew")
