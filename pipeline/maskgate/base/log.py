"""One line on stderr per happening, of one form for all roles and libraries: JSON, or text for people.

Never a record's value: of an unknown error only its type and place, and of a library's line only its template and the
numbers in it, because what it quotes could be anything.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from typing import Any

from maskgate.base.errors import MaskgateError

LEVELS = ("debug", "info", "warning", "error")
_chosen = {"level": 1, "json": True}
_LOUD = {
    "died": "error",
    "hangs": "error",
    "watchdog": "error",
    "condemned": "error",
    "policy_doubted": "error",
    "careful": "warning",
    "failed": "warning",
    "feed_stopped": "warning",
    "lineage_gap": "error",
    "not_loaded": "error",
    "policy_message_refused": "warning",
    "policy_refused": "warning",
    "refused": "warning",
    "skipped": "warning",
    "warning": "warning",
}
"""Events that are not of level ``info`` wherever they are said."""


def configure(level: str, form: str) -> None:
    """Write lines of ``level`` and above, as ``json`` or ``text``."""
    _chosen.update(level=LEVELS.index(level), json=form == "json")


def say(role: str, event: str, *, level: str = "", **fields: Any) -> None:
    """Write one line."""
    level = level or _LOUD.get(event, "info")
    if LEVELS.index(level) < _chosen["level"]:
        return
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    head = {"time": now, "level": level, "role": role, "pid": os.getpid(), "event": event}
    sys.stderr.write((json.dumps(head | fields, default=str) if _chosen["json"] else _text(head, fields)) + "\n")
    sys.stderr.flush()


def _text(head: dict[str, Any], fields: dict[str, Any]) -> str:
    rest = " ".join(f"{name}={json.dumps(value, default=str)}" for name, value in fields.items())
    return f"{head['time']} {head['level']:<7} {head['role']}[{head['pid']}] {head['event']} {rest}".rstrip()


def describe(error: BaseException) -> dict[str, Any]:
    """What may be said of an error: our own messages are safe, those of others may quote what they choked on."""
    out: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, MaskgateError):
        out["message"] = str(error)
    else:
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        out["at"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    return out


class Foreign(logging.Handler):
    """Writes what libraries log (faust, aiokafka, uvicorn) as lines of ours."""

    def __init__(self, role: str) -> None:
        super().__init__(logging.WARNING)
        self._role = role

    def emit(self, record: logging.LogRecord) -> None:
        """One line; arguments that are no numbers are left out of it."""
        try:
            fields: dict[str, Any] = {"logger": record.name, "message": _template(record)}
            if record.exc_info and record.exc_info[1] is not None:
                fields |= describe(record.exc_info[1])
            say(self._role, "library", level="error" if record.levelno >= logging.ERROR else "warning", **fields)
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say that a line was lost, without it: the standard library would print its arguments."""
        say(self._role, "library_line_lost", level="warning", logger=record.name)


def _template(record: logging.LogRecord) -> str:
    message = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    args = record.args if isinstance(record.args, tuple) else ()
    numbers = [arg for arg in args if isinstance(arg, int | float)]
    return f"{message} {numbers}" if numbers else message


def adopt(role: str) -> None:
    """From now on every library of this process logs through :class:`Foreign`."""
    root = logging.getLogger()
    root.handlers[:] = [Foreign(role)]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        found = logging.getLogger(name)
        found.handlers.clear()
        found.propagate = True
        found.disabled = False
        found.setLevel(logging.NOTSET)
