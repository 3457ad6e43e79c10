"""The feed of notices: an NDJSON file that the watch writes, the console and the webhook read.

It is the outbox, too: a notice is in the file before its log record counts as read, and the webhook goes through it
with a cursor of its own. The file is cut to its newest half when it reaches its size.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maskgate.base import filemodes
from maskgate.watch.notices import Notice

_MAX_BYTES = 4 << 20


def path(state_dir: Path) -> Path:
    """Where the feed lies."""
    return state_dir / "watch" / "notices.ndjson"


def read(state_dir: Path, after: int = 0, limit: int = 200) -> list[dict[str, Any]]:
    """Notices with a ``seq`` above ``after``, oldest first; the newest ``limit`` of them."""
    return [line for line in _lines(path(state_dir)) if line["seq"] > after][-limit:]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    found = json.loads(line)
                except ValueError:  # the end of a line that a kill cut off
                    continue
                if isinstance(found, dict) and isinstance(found.get("seq"), int):
                    yield found
    except FileNotFoundError:
        return


def replace_text(file: Path, text: str) -> None:
    """Write a file in one step: a reader sees the old or the new one."""
    temp = file.with_name(f".tmp-{file.name}-{os.getpid()}")
    with temp.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temp.replace(file)


class Feed:
    """The writer's end; one process at a time."""

    def __init__(self, state_dir: Path, max_bytes: int = _MAX_BYTES) -> None:
        self._path = path(state_dir)
        self._max_bytes = max_bytes
        filemodes.secret_folder(self._path.parent)
        self._seq = 0
        self._ids: dict[str, None] = {}
        for line in _lines(self._path):
            self._seq = max(self._seq, line["seq"])
            self._ids[str(line.get("id"))] = None
        self._close_torn_line()

    def _close_torn_line(self) -> None:
        if self._path.exists() and (raw := self._path.read_bytes()) and not raw.endswith(b"\n"):
            with self._path.open("ab") as out:
                out.write(b"\n")

    def add(self, notice: Notice) -> bool:
        """Put a notice at the end; false if it is there already (Kafka delivers at least once)."""
        if notice.id in self._ids:
            return False
        self._seq += 1
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"seq": self._seq} | notice.as_dict(), ensure_ascii=False) + "\n")
        self._ids[notice.id] = None
        if self._path.stat().st_size > self._max_bytes:
            self._cut()
        return True

    def _cut(self) -> None:
        kept = list(_lines(self._path))
        kept = kept[len(kept) // 2 :]
        replace_text(self._path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept))
        for old in list(self._ids)[: -2 * len(kept) or None]:
            del self._ids[old]
