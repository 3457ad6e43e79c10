"""What a worker has in its hands, where its supervisor can read it after the worker's death.

Two channels per slot: a file with the offset range in flight (it outlives the supervisor too), and a shared page with
the moment until which the worker promises to be busy.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maskgate.base import filemodes

Place = tuple[str, int]
Ranges = dict[Place, tuple[int, int]]  # (topic, partition) → first offset, offset behind the last


class Beat:
    """A page shared over ``fork``: deadline, finished batches and whether the worker came up.

    Each of them is one aligned 8-byte store and one load: ``struct.pack_into`` clears the bytes before it fills them,
    and a supervisor that looked in between saw a deadline of 0 and killed a healthy worker.
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._deadline = ctypes.c_double.from_buffer(self._page, 0)
        self._batches = ctypes.c_uint64.from_buffer(self._page, 8)
        self._ready = ctypes.c_uint64.from_buffer(self._page, 16)

    def promise(self, seconds: float, *, batches: int, ready: bool = True) -> None:
        """Worker: I will promise again within ``seconds``."""
        self._deadline.value = time.monotonic() + seconds
        self._batches.value = batches
        self._ready.value = int(ready)

    def read(self) -> tuple[float, int, bool]:
        """Supervisor: (deadline on the monotonic clock, batches, ready)."""
        return self._deadline.value, self._batches.value, bool(self._ready.value)


@dataclass(frozen=True, slots=True)
class Flight:
    """What the file said: ``mask`` while records are looked at, ``commit`` while results are written, else ``idle``."""

    phase: str = "idle"
    ranges: Ranges = field(default_factory=dict)
    pid: int = 0

    @property
    def records(self) -> int:
        """Offsets in flight."""
        return sum(end - start for start, end in self.ranges.values())


class FlightFile:
    """The file of one slot; a write is one system call, so a killed worker leaves it whole."""

    def __init__(self, path: Path) -> None:
        self._file = filemodes.open_secret(path)
        self._size = 0

    def write(self, phase: str, ranges: Mapping[Place, tuple[int, int]]) -> None:
        """Say what is in flight from now on."""
        tree = {"phase": phase, "pid": os.getpid(), "ranges": [[t, p, s, e] for (t, p), (s, e) in ranges.items()]}
        data = json.dumps(tree).encode() + b"\n"
        self._size = max(self._size, len(data))
        os.pwrite(self._file, data.ljust(self._size), 0)

    def close(self) -> None:
        """Release the handle; the file stays."""
        os.close(self._file)


def read_flight(path: Path) -> Flight:
    """What was in flight; nothing, where the file is not there or not whole."""
    try:
        tree = json.loads(path.read_text())
        return Flight(tree["phase"], {(t, int(p)): (int(s), int(e)) for t, p, s, e in tree["ranges"]}, tree["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return Flight()


class Strikes:
    """Deaths per range and per record: after two on a range it goes record by record, after two on a record it is
    not looked at again."""

    LIMIT = 2

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ranges: dict[tuple[str, int, int], int] = {}
        self._singles: dict[tuple[str, int, int], int] = {}
        self.careful: dict[Place, tuple[int, int]] = {}
        self.condemned: set[tuple[str, int, int]] = set()
        self._load()

    def died(self, flight: Flight) -> str:
        """Count the death of a worker; what follows from it: ``""``, ``careful`` or ``condemned``."""
        if flight.phase != "mask" or not flight.ranges:
            return ""
        verdict = self._single(flight) if flight.records == 1 else self._range(flight)
        self._save()
        return verdict

    def _single(self, flight: Flight) -> str:
        ((topic, partition), (offset, _)), *_ = flight.ranges.items()
        at = (topic, partition, offset)
        self._singles[at] = self._singles.get(at, 0) + 1
        if self._singles[at] < self.LIMIT:
            return ""
        self.condemned.add(at)
        return "condemned"

    def _range(self, flight: Flight) -> str:
        again = False
        for (topic, partition), (start, _) in flight.ranges.items():
            at = (topic, partition, start)
            self._ranges[at] = self._ranges.get(at, 0) + 1
            again = again or self._ranges[at] >= self.LIMIT
        if not again:
            return ""
        for place, (start, end) in flight.ranges.items():
            known = self.careful.get(place, (start, end))
            self.careful[place] = (min(start, known[0]), max(end, known[1]))
        return "careful"

    def _load(self) -> None:
        """What earlier supervisors counted; a file that is not whole counts as none."""
        try:
            tree = json.loads(self._path.read_text())
            ranges, singles = _keyed(tree["ranges"]), _keyed(tree["singles"])
            careful = {(t, p): (s, e) for t, p, s, e in tree["careful"]}
            condemned = {(t, p, o) for t, p, o in tree["condemned"]}
        except (OSError, ValueError, KeyError, TypeError):
            return
        self._ranges, self._singles, self.careful, self.condemned = ranges, singles, careful, condemned

    def _save(self) -> None:
        tree = {
            "ranges": [[*at, n] for at, n in list(self._ranges.items())[-1000:]],
            "singles": [[*at, n] for at, n in list(self._singles.items())[-1000:]],
            "careful": [[*place, *span] for place, span in self.careful.items()],
            "condemned": sorted(self.condemned)[-1000:],
        }
        filemodes.write_secret(self._path, json.dumps(tree).encode())


def _keyed(rows: Iterable[Any]) -> dict[tuple[str, int, int], int]:
    return {(t, p, o): n for t, p, o, n in rows}
