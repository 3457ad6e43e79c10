"""Where the lines of a manifest lie: one after the other, each under its number, and nobody's twice."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from maskgate.base.errors import WorldError

FOLDER = "_manifest"


class Fresh(NamedTuple):
    """What was appended since it was asked last; ``begins`` is the number of its first line where it starts anew."""

    begins: int | None
    lines: Sequence[bytes]


class Journal(Protocol):
    """A place for lines."""

    torn: bool
    """The place ends within a line."""
    begins: int
    """Number of the first line of the part that is read."""

    @property
    def part(self) -> str:
        """The name of what is read now, for messages."""

    def fresh(self) -> Fresh:
        """The lines behind those that were taken."""

    def taken(self) -> None:
        """The lines of the last :meth:`fresh` were good."""

    def add(self, number: int, line: bytes) -> bool:
        """Keep a line; False where another was faster with this number.

        Raises:
            WorldError: it cannot be kept.
        """

    def begin(self, number: int, line: bytes) -> None:
        """Start anew with a line that sums up those before it; they stay readable by number.

        Raises:
            WorldError: it cannot be kept.
        """

    def line(self, number: int) -> bytes | None:
        """A line by its number; None where it is not there any more."""

    def before(self) -> tuple[str, str] | None:
        """Names of the newest two parts that begin anew; None where there is one."""

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else appends meanwhile, where a place has no better way."""


def segments(folder: Path) -> list[Path]:
    """The files of a local manifest, oldest first."""
    return sorted(path for path in (folder / FOLDER).glob("*.ndjson") if path.stem.isdigit())


class LocalJournal:
    """Files of lines in a local folder; a new file for every beginning."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._root = folder
        self._segment: Path | None = None
        self._read = self._pending = 0
        self.torn, self.begins = False, 1

    @property
    def part(self) -> str:
        """The name of the newest file."""
        return self._segment.name if self._segment else FOLDER

    def fresh(self) -> Fresh:
        """The whole lines behind those that were taken."""
        found = segments(self._root)
        if not found:
            return Fresh(None, ())
        begins = None
        if found[-1] != self._segment:
            self._segment, self._read = found[-1], 0
            begins = self.begins = int(found[-1].stem)
        with found[-1].open("rb") as file:
            file.seek(self._read)
            whole, _, rest = file.read().rpartition(b"\n")
        self.torn = bool(rest)
        self._pending = len(whole) + 1 if whole else 0
        return Fresh(begins, whole.split(b"\n") if whole else ())

    def taken(self) -> None:
        """Go on behind the lines that were read last."""
        self._read, self._pending = self._read + self._pending, 0

    def add(self, number: int, line: bytes) -> bool:
        """Append to the newest file, under the lock."""
        self._write(self._segment or self._folder / f"{number:012d}.ndjson", line)
        return True

    def begin(self, number: int, line: bytes) -> None:
        """Start a new file."""
        path = self._folder / f"{number:012d}.ndjson"
        if path == self._segment:  # a file of which no line counts
            path.rename(path.with_suffix(f".damaged-{time.time_ns()}"))
        self._write(path, line)
        self._segment = None

    def _write(self, path: Path, line: bytes) -> None:
        try:
            with path.open("ab") as file:
                if path == self._segment and self.torn:  # the end of a sink that died: nothing rests on it
                    file.truncate(self._read)
                file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise WorldError(f"{path.parent}: cannot write: {error.strerror or type(error).__name__}") from None

    def line(self, number: int) -> bytes | None:
        """The line from whichever file holds it."""
        for path in reversed(segments(self._root)):
            first = int(path.stem)
            if first <= number:
                lines = path.read_bytes().split(b"\n")[:-1]
                return lines[number - first] if number - first < len(lines) else None
        return None

    def before(self) -> tuple[str, str] | None:
        """The newest two files."""
        found = segments(self._root)
        return (found[-2].name, found[-1].name) if len(found) > 1 else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


__all__ = ["FOLDER", "Fresh", "Journal", "LocalJournal", "segments"]
