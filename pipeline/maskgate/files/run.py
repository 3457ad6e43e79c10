"""One run of events through the masker or the engine: input, policy, engine, progress, the summary on stderr."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

import maskgate_detectors
from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.crypto.keyring import VARIABLE, Keyring
from maskgate.files.documents import documents, texts
from maskgate.files.pipes import Line, Tally, read_batches, run
from maskgate.files.rows import read_rows
from maskgate.masking.foreign import opener
from maskgate.masking.masker import bind_all
from maskgate.policy import load_policy
from maskgate_detectors import DetectorError

_SHOWN = 20
NO_LINES = (
    "maskgate: no line is JSON: one event a line is expected; --pretty reads documents over several "
    "lines, `jq -c '.[]'` puts the elements of a list on one each; plain text: --text; tables: --format csv or parquet"
)


_ENDINGS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet"}


def form_of(file: str, form: str | None) -> str:
    """The form of an input: as it is named, else as the ending of the file says."""
    return form or _ENDINGS.get(Path(file).suffix.lower(), "ndjson")


@contextlib.contextmanager
def open_input(file: str) -> Iterator[BinaryIO]:
    """A file, or standard input for ``-``."""
    if file == "-":
        if sys.stdin.isatty():
            click.echo("maskgate: reading from the terminal, one JSON event a line; Ctrl-D ends it", err=True)
        yield sys.stdin.buffer
        return
    try:
        handle = Path(file).open("rb")  # noqa: SIM115  (closed below; the error is about opening only)
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    with handle:
        yield handle


def read(form: str, source: BinaryIO, name: str, limit: int) -> Iterator[list[Line]]:
    """An input as lines of JSON, in batches: the rows of a table and lines of plain text are one event each."""
    if form in ("csv", "parquet"):
        return read_rows(form, source, name, limit)
    lines = read_batches(source, limit)
    return lines if form == "ndjson" else texts(lines) if form == "text" else documents(lines, limit)


class Pipe:
    """One run of lines through the masker or the engine."""

    def __init__(
        self,
        config_file: str | None,
        file: str,
        policy: str | None,
        jobs: int,
        model: str | None,
        progress: bool | None,
        as_json: bool,
        quiet: bool,
        form: str | None = None,
        output: str | None = None,
    ) -> None:
        self.settings, _ = config.load(config_file, {"policy": policy, "detection.model": model})
        self.policy = load_policy(self.settings.policy)
        self.file = file
        self.form = form_of(file, form)
        self.jobs = jobs
        self.output = output
        self._model = model
        self._progress = sys.stderr.isatty() if progress is None else progress
        self._as_json = as_json
        self._quiet = quiet
        self.tally = Tally()
        self.started = time.monotonic()

    def engine(self) -> Any:
        """The engine of the settings and the policy, warmed so that forked processes share it."""
        wanted = self.policy.engine_config(self.settings)
        if self._model is not None:
            wanted = replace(wanted, model=self._model)
        try:
            engine = maskgate_detectors.Engine(wanted)
        except DetectorError as error:
            raise ConfigurationError(str(error)) from None
        if self.jobs > 1:
            engine.warm()
        return engine

    def run(self, work: Callable[[Any], tuple[list[bytes], Tally]], verb: str = "masked") -> int:
        """Read, work, write; 1 if a line was left out."""
        with self.source() as source, self.sink() as sink, self.bar(source) as advance:
            for lines, (out, tally) in run(work, self.batches(source), self.jobs):
                sink.write(b"".join(out))
                sink.flush()
                self.count(tally)
                advance(_size(lines))
        self.summary(verb)
        return 1 if self.tally.unread else 0

    def batches(self, source: BinaryIO) -> Iterator[list[Line]]:
        """The input as lines of JSON; the rows of a table as one event each."""
        return read(self.form, source, self.file, self.settings.worker.max_record_bytes)

    def count(self, tally: Tally) -> None:
        """Add a batch and print its notes; after some bad lines only their number goes on."""
        before = self.tally.unread
        self.tally.add(tally)
        for note in tally.notes:
            if note.startswith("{"):
                click.echo(note, err=True)
            elif before < _SHOWN:
                before += 1
                click.echo(f"maskgate: {note}", err=True)
                if before == _SHOWN:
                    click.echo("maskgate: further bad lines are only counted", err=True)

    @contextlib.contextmanager
    def source(self) -> Iterator[BinaryIO]:
        """The input."""
        with open_input(self.file) as handle:
            yield handle

    @contextlib.contextmanager
    def sink(self) -> Iterator[BinaryIO]:
        """The output; a file appears under its name only when it is complete."""
        if self.output is None:
            yield sys.stdout.buffer
            return
        part = Path(f"{self.output}.part")
        try:
            with part.open("wb") as handle:
                yield handle
            part.replace(self.output)
        except OSError as error:
            raise ConfigurationError(f"{self.output}: cannot be written: {error.strerror}") from None
        finally:
            part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def bar(self, source: BinaryIO) -> Iterator[Callable[[int], None]]:
        """A progress bar, on a terminal."""
        if not self._progress:
            yield lambda size: None
            return
        total = (os.fstat(source.fileno()).st_size or None) if self.form == "ndjson" else None
        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("", total=total)
            yield lambda size: progress.update(task, advance=size)

    def summary(self, verb: str) -> None:
        """The last words, on stderr."""
        seconds = time.monotonic() - self.started
        if self._as_json:
            click.echo(json.dumps(self.tally.as_json(seconds)), err=True)
        elif not self._quiet:
            tally = self.tally
            kinds = ", ".join(f"{n} {c:,}" for n, c in sorted(tally.entities.items(), key=lambda item: -item[1]))
            text = f"{counted(tally.lines, 'line')}, {counted(sum(tally.entities.values()), 'value')} {verb}"
            text += f" ({kinds})" if kinds else ""
            text += f", {counted(tally.kept, 'value')} kept" if tally.kept else ""
            text += f", {counted(tally.unread, 'bad line')}" if tally.unread else ""
            text += f", {tally.flagged:,} flagged for export" if tally.flagged else ""
            click.echo(f"maskgate: {text}, {seconds:.1f} s", err=True)
            if self.form == "ndjson" and tally.lines == tally.unread > 1:
                click.echo(NO_LINES, err=True)


def counted(number: int, noun: str) -> str:
    """``1 line``, ``2,000 lines``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _size(lines: list[Line]) -> int:
    return sum(len(line.data or b"") + line.newline for line in lines)


def token_opener(pipe: Pipe) -> Callable[[str], bool]:
    """Whether a text opens as a token under the keyring of the state folder, which is read when one is seen first."""

    @functools.cache
    def made() -> Callable[[str], bool]:
        place = pipe.settings.pipeline.state_dir
        there = os.environ.get(VARIABLE) or Keyring.file(place).exists()
        return opener(Keyring.load(place) if there else Keyring.fresh())

    def opens(token: str) -> bool:
        return made()(token)

    return opens


def keyring_for(pipe: Pipe, place: str | None) -> Any:
    """The keyring of the state folder; without one, keys of this run only, and a note where that matters."""
    where = place or str(pipe.settings.pipeline.state_dir)
    if place or os.environ.get(VARIABLE) or Keyring.file(where).exists():
        return Keyring.load(where)
    keyring = Keyring.fresh()
    if any(action.needs_key for action in bind_all(pipe.policy, keyring)):
        click.echo(
            "maskgate: no keyring: stand-ins and tokens hold for this run only; 'maskgate keys create' makes one",
            err=True,
        )
    return keyring
