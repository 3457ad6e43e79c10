"""Compiled triggers kept between runs, in a folder that only this user can write.

Whoever can change such a file can switch detection off, so a file (or folder) of another user, or one that others
may write, is not read; every file carries a SHA-256 of its content against damage.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

_DIGEST = 32


def folder(cache_dir: str | None) -> Path | None:
    """The folder, made when it is not there; None where nothing is to be kept."""
    if not cache_dir:
        return None
    if cache_dir == "auto":
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        path = Path(base) / "maskgate" / "detectors"
    else:
        path = Path(cache_dir)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return path if _ours(path) else None


def _ours(path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def load(cache_dir: str | None, name: str) -> bytes | None:
    """The stored bytes, or None when there are none that can be trusted."""
    where = folder(cache_dir)
    if where is None or not _ours(where / name):
        return None
    try:
        data = (where / name).read_bytes()
    except OSError:
        return None
    body = data[_DIGEST:]
    return body if hashlib.sha256(body).digest() == data[:_DIGEST] else None


def store(cache_dir: str | None, name: str, body: bytes) -> None:
    """Keep ``body``; that it cannot be kept is no error."""
    where = folder(cache_dir)
    if where is None:
        return
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=where)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).digest() + body)
        Path(temporary).replace(where / name)
        for old in sorted(where.glob("*.hsdb"), key=lambda path: path.stat().st_mtime)[:-16]:
            old.unlink(missing_ok=True)
