"""Lines through a function, in order, on one or more processes, in bounded memory; and what is counted."""

from __future__ import annotations

import json
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, BinaryIO, NamedTuple

from maskgate.base.errors import WorldError
from maskgate_detectors.fields.parts import subject_of

_READ = 1 << 18
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One input line; ``data`` None: it cannot be looked at, ``code`` says why."""

    number: int
    data: bytes | None
    newline: bool
    code: str = "too_large"  # longer than the limit, and not kept


class Tally:
    """Counts of one batch or of all."""

    def __init__(self) -> None:
        self.lines = 0
        self.changed = 0
        self.flagged = 0
        self.unread = 0
        self.entities: dict[str, int] = {}
        self.kept = 0  # values that were found and that the policy keeps
        self.codes: dict[str, int] = {}
        self.notes: list[str] = []
        self.places = 0  # that were explained

    def bad(self, number: int, code: str, detail: str = "", outcome: str = "not written") -> None:
        """A line that is left out; ``detail`` is a position, a limit or a rule's id."""
        self.unread += 1
        self.codes[code] = self.codes.get(code, 0) + 1
        self.notes.append(f"line {number}: {code}{f' ({detail})' if detail else ''}: {outcome}")

    def masked(self, number: int, outcome: Any, explain: bool) -> None:
        """A line that was masked."""
        self.changed += bool(getattr(outcome, "changed", True))
        self.flagged += hasattr(outcome, "export")
        self.found((u.entity, subject_of(u.path, u.detector)) for u in outcome.fields if u.operator != "keep")
        self.kept += sum(use.operator == "keep" for use in outcome.fields)
        if explain:
            fields = [
                {"path": u.path, "entity": u.entity, "operator": u.operator, "detector": u.detector, "score": u.score}
                for u in outcome.fields
            ]
            self.notes.append(json.dumps({"line": number, "fields": fields}))

    def found(self, values: Iterable[tuple[str, str]]) -> None:
        """Count the values of one line, (entity, subject) each: the parts of one subject are one value."""
        parts = set()
        for value in values:
            if value not in parts:
                self.entities[value[0]] = self.entities.get(value[0], 0) + 1
                if value[1]:
                    parts.add(value)

    def add(self, other: Tally) -> None:
        """Sum up."""
        self.lines += other.lines
        self.changed += other.changed
        self.flagged += other.flagged
        self.unread += other.unread
        self.places += other.places
        self.kept += other.kept
        for mine, theirs in ((self.entities, other.entities), (self.codes, other.codes)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count

    def as_json(self, seconds: float) -> dict[str, Any]:
        """The summary."""
        return {
            "lines": self.lines,
            "changed": self.changed,
            "flagged_for_export": self.flagged,
            "bad": self.unread,
            "kept": self.kept,
            "codes": self.codes,
            "entities": dict(sorted(self.entities.items(), key=lambda item: -item[1])),
            "seconds": round(seconds, 3),
        }


def read_batches(source: BinaryIO, max_line: int) -> Iterator[list[Line]]:
    """The lines as they arrive: what one read brings is one batch, so a slow pipe is answered at once.

    A line longer than ``max_line`` bytes is read past, never held. A byte order mark before the first is skipped.
    """
    number = 0
    began = False
    parts: list[bytes] = []
    size = 0
    fd = source.fileno()
    while chunk := os.read(fd, _READ):
        if not began:
            while len(chunk) < len(_BOM) and (more := os.read(fd, _READ)):
                chunk += more
            chunk, began = chunk.removeprefix(_BOM), True
        batch: list[Line] = []
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            number += 1
            too_long = size + len(piece) > max_line
            batch.append(Line(number, None if too_long else b"".join([*parts, piece]), True))
            parts, size = [], 0
        size += len(rest)
        if size <= max_line and rest:
            parts.append(rest)
        elif size > max_line:
            parts = []
        if batch:
            yield batch
    if size:
        yield [Line(number + 1, b"".join(parts) if size <= max_line else None, False)]


def split_batches(batches: Iterator[list[Line]], lines: int = 512) -> Iterator[list[Line]]:
    """The same lines in batches of at most so many: work for several processes."""
    for batch in batches:
        for start in range(0, len(batch), lines):
            yield batch[start : start + lines]


def run(
    work: Callable[[Sequence[Line]], Any], batches: Iterator[list[Line]], jobs: int
) -> Iterator[tuple[list[Line], Any]]:
    """Each batch with its result, in input order.

    With ``jobs`` over 1 the function runs in forked processes, one batch each at a time.

    Raises:
        WorldError: a process died; what it had is not guessed.
    """
    if jobs <= 1:
        for batch in batches:
            yield batch, work(batch)
        return
    with _workers(work, jobs) as pipes:
        waiting: deque[tuple[Connection, list[Line]]] = deque()
        idle = deque(pipes)
        try:
            for batch in split_batches(batches):
                if not idle:
                    pipe, sent = waiting.popleft()
                    yield sent, pipe.recv()
                    idle.append(pipe)
                pipe = idle.popleft()
                pipe.send(batch)
                waiting.append((pipe, batch))
            while waiting:
                pipe, sent = waiting.popleft()
                yield sent, pipe.recv()
        except (EOFError, ConnectionError):
            raise WorldError("a worker process died; lines from there on were not written") from None


@contextmanager
def _workers(work: Callable[[Sequence[Line]], Any], jobs: int) -> Iterator[list[Connection]]:
    context = get_context("fork")
    pipes: list[Connection] = []
    processes = []
    for _ in range(jobs):
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(work, theirs, [*pipes, ours]), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()


def _serve(work: Callable[[Sequence[Line]], Any], pipe: Connection, others: list[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when it is over
    for other in others:
        other.close()
    try:
        while True:
            pipe.send(work(pipe.recv()))
    except (EOFError, ConnectionError):
        return
