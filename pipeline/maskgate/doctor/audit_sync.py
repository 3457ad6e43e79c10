"""Whether the log reaches the audit systems outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from maskgate.base import meters
from maskgate.doctor import Line, Scope
from maskgate.sync.cursor import CursorFile

_LATE_S = 300.0
_ROLE = "audit-sync"


def audit_sync(scope: Scope) -> Iterator[Line]:
    """Of each sink: what the running role says, or that none runs."""
    sinks = scope.settings.audit.sinks
    if not sinks:
        return
    state = scope.settings.pipeline.state_dir
    told = next((tree for tree in meters.read(state) if tree["role"] == _ROLE), None)
    for sink in sinks:
        cursor = CursorFile(state, sink.name).load()
        sent = f"entries below {cursor.next} were sent" if cursor else "nothing was sent yet"
        if told is None:
            do = "start `maskgate run audit-sync`, on one host"
            yield Line(_ROLE, "fail", f"{sink.name}: no audit-sync runs on this host; {sent}", do)
        else:
            yield _running(sink.name, told, sent)


def _running(name: str, told: dict[str, object], sent: str) -> Line:
    why = [str(note).partition(": ")[2] for note in _list(told["notes"]) if str(note).startswith(f"audit sink {name}:")]
    waiting, age = _sample(told, "lag_records", name), _sample(told, "lag_seconds", name)
    lag = f"{waiting:.0f} entries wait, the next for {age:.0f} s"
    if why:
        return Line(
            _ROLE, "fail", f"{name}: {why[0]}; {sent}, {lag}", "mend the receiver or audit.sinks; nothing is lost"
        )
    if age > _LATE_S:
        return Line(_ROLE, "warn", f"{name}: {lag}", "see whether the receiver is slow")
    return Line(_ROLE, "ok", f"{name}: {sent}, {lag}")


def _sample(told: dict[str, object], what: str, name: str) -> float:
    for metric, labels, value in _list(told["samples"]):
        if metric == f"maskgate_audit_sync_{what}" and labels.get("sink") == name:
            return float(value)
    return 0.0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
