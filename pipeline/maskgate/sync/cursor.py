"""How far a sink is: a file of its own, written after the receiver took the entries, and a lock.

It names the log by the id of its topic and holds the digest of the last entry that was sent, so that a log that was
cut, replaced or restored from an older copy is told from the one that was sent.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, WorldError


class Cursor(NamedTuple):
    """The last entry that was sent; ``offset`` -1: none yet, ``digest`` empty: set by hand, nothing to compare."""

    topic_id: str
    offset: int = -1
    digest: str = ""

    @property
    def next(self) -> int:
        """Where to go on."""
        return self.offset + 1


def digest(value: bytes) -> str:
    """What a cursor keeps of an entry."""
    return hashlib.sha256(value).hexdigest()


def folder(state_dir: Path) -> Path:
    """Where the cursors lie."""
    return state_dir / "audit" / "sync"


class CursorFile:
    """One sink's cursor, held by one process at a time."""

    def __init__(self, state_dir: Path, name: str) -> None:
        self.name = name
        self._path = folder(state_dir) / f"{name}.json"
        self._lock: int | None = None

    def load(self) -> Cursor | None:
        """The cursor, or None where nothing was sent yet.

        Raises:
            ConfigurationError: the file is not one of ours: going on from the start would send everything again.
        """
        try:
            tree = json.loads(filemodes.read_secret(self._path))
            return Cursor(str(tree["topic_id"]), int(tree["offset"]), str(tree["digest"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise ConfigurationError(
                f"{self._path}: not a cursor; set it with `maskgate audit sync --sink {self.name} --from OFFSET|TIME`"
            ) from None

    def save(self, cursor: Cursor) -> None:
        """Keep it; it is on the disk when this returns."""
        filemodes.write_secret(self._path, json.dumps(cursor._asdict()).encode())

    def claim(self) -> None:
        """Take the sink for this process until it ends.

        Raises:
            WorldError: another process of this host sends to it.
        """
        handle = filemodes.open_secret(self._path.with_suffix(".lock"))
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            raise WorldError(
                f"audit.sinks.{self.name}: process {holder or '?'} sends to it already; "
                "end that one (`maskgate run audit-sync`) first"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._lock = handle

    def release(self) -> None:
        """Let it go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
