"""Notices that a channel refused, or did not take in all attempts: kept until somebody has them delivered again.

One NDJSON file, 0600, written by the watch and by ``maskgate watch redeliver`` under one lock. A notice keeps its id,
so that a receiver that has seen it drops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from maskgate.base import filemodes
from maskgate.watch import feed


def path(state_dir: Path) -> Path:
    """Where they lie."""
    return feed.path(state_dir).with_name("undelivered.ndjson")


def read(state_dir: Path) -> list[dict[str, Any]]:
    """What is kept, oldest first: the notice with ``channel``, ``why`` and ``kept_at``."""
    try:
        lines = filemodes.read_secret(path(state_dir)).decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:  # the end of a line that a kill cut off
            continue
    return [entry for entry in found if isinstance(entry, dict) and "id" in entry]


@contextlib.contextmanager
def _alone(state_dir: Path) -> Iterator[Path]:
    """The file, while nobody else changes it."""
    file = path(state_dir)
    handle = filemodes.open_secret(file.with_suffix(".lock"))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(handle)


def add(state_dir: Path, notice: Mapping[str, Any], channel: str, why: str) -> None:
    """Keep one; it is on the disk when this returns."""
    line = dict(notice) | {"channel": channel, "why": why, "kept_at": int(time.time())}
    with _alone(state_dir) as file:
        handle = filemodes.open_secret(file, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(handle, (json.dumps(line, ensure_ascii=False) + "\n").encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(state_dir: Path, ids: set[str], channel: str) -> None:
    """Forget those of a channel that were delivered after all."""
    with _alone(state_dir) as file:
        rest = [entry for entry in read(state_dir) if entry["id"] not in ids or entry.get("channel") != channel]
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in rest)
        filemodes.write_secret(file, text.encode())


def as_notice(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The notice as it was, without what was added for the keeping."""
    return {key: value for key, value in entry.items() if key not in ("channel", "why", "kept_at")}
