"""One JSON line on stderr per happening; never a record's value, and of an unknown error only its type and place."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from typing import Any

from maskgate.base.errors import MaskgateError


def say(role: str, event: str, *, level: str = "info", **fields: Any) -> None:
    """Write one line."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    head = {"time": now, "level": level, "role": role, "pid": os.getpid()}
    sys.stderr.write(json.dumps(head | {"event": event} | fields, default=str) + "\n")
    sys.stderr.flush()


def describe(error: BaseException) -> dict[str, Any]:
    """What may be said of an error: our own messages are safe, those of others may quote what they choked on."""
    out: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, MaskgateError):
        out["message"] = str(error)
    else:
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        out["at"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    return out
