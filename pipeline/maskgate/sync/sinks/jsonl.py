"""JSON lines at the end of a file; the file may be moved away at any time, the next entries begin a new one."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError
from maskgate.sync.entry import Item, NotTaken


class JsonLines:
    """One file, 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, items: Sequence[Item]) -> None:
        """Add one line each; on the disk when this returns, or the file is as it was."""
        data = b"".join(json.dumps(item.body, ensure_ascii=False).encode() + b"\n" for item in items)
        try:
            handle = filemodes.open_secret(self._path, os.O_RDWR)
        except ConfigurationError as error:
            raise NotTaken(str(error), refused=True) from None
        except OSError as error:
            raise NotTaken(f"{self._path}: cannot be opened: {error.strerror}") from None
        try:
            _append(handle, data)
        except OSError as error:
            raise NotTaken(f"{self._path}: cannot be written: {error.strerror}") from None
        finally:
            os.close(handle)

    def close(self) -> None:
        """Nothing is kept open."""


def _append(handle: int, data: bytes) -> None:
    """Add the lines behind the last whole one: half a line of a process that was killed is written anew."""
    end = _whole(handle)
    try:
        os.ftruncate(handle, end)
        done = 0
        while done < len(data):
            done += os.pwrite(handle, data[done:], end + done)
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, end)
        raise


def _whole(handle: int) -> int:
    """Where the last whole line ends."""
    end = os.fstat(handle).st_size
    while end:
        start = max(0, end - (64 << 10))
        if (at := os.pread(handle, end - start, start).rfind(b"\n")) >= 0:
            return start + at + 1
        end = start
    return 0
