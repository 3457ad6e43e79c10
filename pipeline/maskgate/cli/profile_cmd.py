"""`maskgate profile`: which paths of a topic or file hold which kinds of data."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

import maskgate_detectors
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Record
from maskgate.cli._explain import shown
from maskgate.cli._input import format_option
from maskgate.cli.kafka_options import broker_options
from maskgate.cli.kafka_options import settings as settings_of
from maskgate.crypto.keyring import Keyring
from maskgate.files.profiling import Profile, Watching, profile
from maskgate.files.run import NO_LINES, counted, form_of, open_input, read
from maskgate.files.suggesting import suggest as suggestion
from maskgate.kafka import admin, kcat
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate_detectors import DetectorError

_CHUNK = 256


@click.command("profile")
@click.argument("file", required=False, type=click.Path(allow_dash=True))
@click.option("-t", "--topic", help="Sample this topic instead of a file: its newest records, of all partitions.")
@click.option("-n", "--records", default=1000, show_default=True, type=click.IntRange(1), help="Records to look at.")
@format_option
@click.option("-p", "--policy", help="Policy file, folder, or the name of a profile.")
@click.option(
    "--suggest", type=click.Path(allow_dash=True), help="Also write a policy made from what was found; -: only that."
)
@click.option("--model", help="NER model; none: rules only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@broker_options
@click.pass_obj
def command(
    config_file: str | None,
    file: str | None,
    topic: str | None,
    records: int,
    form: str | None,
    policy: str | None,
    suggest: str | None,
    model: str | None,
    as_json: bool,
    broker: str | None,
    options: tuple[str, ...],
) -> int:
    """Look at a sample and print per path the kinds of data, in how many records, and what the policy does with them.

    The first share is of all records, the second of those that have a value there. "whole": the kind is the whole
    value; "within": it stands in a longer text. Array indexes, and keys that are data, are written `*`; no value is
    shown.

    --suggest writes a policy: fields that one kind fills in nearly every record are masked always. It loads and its
    test passes as it is.
    """
    if bool(file) == bool(topic):
        raise ConfigurationError("name a FILE (- is standard input) or a topic (-t), and not both")
    settings = settings_of(config_file, broker, options, {"policy": policy, "detection.model": model})
    compiled = load_policy(settings.policy)
    wanted = compiled.engine_config(settings)
    try:
        engine = Watching(maskgate_detectors.Engine(wanted if model is None else replace(wanted, model=model)))
    except DetectorError as error:
        raise ConfigurationError(str(error)) from None
    if topic:
        source = _from_topic(settings, topic, records)
    else:
        source = _from_file(str(file), form, records, settings.worker.max_record_bytes)
    with closing(source):
        result = profile(source, Masker(compiled, Keyring.fresh(), engine), engine)
    text = ""
    if suggest is not None:
        text = suggestion(result, compiled, engine, topic or Path(str(file)).name, topic or "-")
        if suggest != "-":
            _write(suggest, text)
    if suggest == "-":
        click.echo(text, nl=False)
    elif as_json:
        click.echo(json.dumps(result.as_json()))
    else:
        _print(result)
    return 0


def _print(result: Profile) -> None:
    codes = ", ".join(f"{code} {count:,}" for code, count in result.codes.items())
    bad = f", {result.unread:,} of them cannot be read ({codes})" if result.unread else ""
    click.echo(counted(result.records, "record") + bad)
    if result.records == result.unread > 1:
        click.echo(NO_LINES, err=True)
    if not result.rows:
        click.echo("nothing found")
        return
    rows = []
    for row, told in zip(result.rows, result.as_json()["paths"], strict=True):
        low, high = f"{row.least:.2f}", f"{row.best:.2f}"
        spread = "key" if row.where == "key" else "whole" if told["whole"] >= 0.95 else "within"
        rows.append(
            (
                f"{told['share']:.1%}", f"{told['share_of_filled']:.1%}", shown(row.path) or "(whole)", row.entity,
                low if low == high else f"{low}–{high}", spread, told["operator"],
            )
        )  # fmt: skip
    heads = ("records", "filled", "path", "kind", "score", "value", "policy")
    widths = [max(len(line[i]) for line in (heads, *rows)) for i in range(len(heads))]
    for line in (heads, *rows):
        cells = [
            cell.rjust(w) if i < 2 else cell.ljust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _write(name: str, text: str) -> None:
    try:
        Path(name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{name}: cannot be written: {error.strerror}") from None
    click.echo(f"maskgate: wrote {name}; next: maskgate policy test {name}", err=True)


def _from_file(file: str, form: str | None, count: int, limit: int) -> Generator[Sequence[Record | str], None, None]:
    found = form_of(file, form)
    with open_input(file) as source:
        batches = read(found, source, file, limit)
        for batch in batches:
            lines = [line for line in batch if line.data is None or line.data.strip()][:count]
            yield [line.code if line.data is None else Record("-", 0, line.number, line.data) for line in lines]
            count -= len(lines)
            if count <= 0:
                return


def _from_topic(settings: Settings, topic: str, count: int) -> Generator[Sequence[Record | str], None, None]:
    """The newest records, about as many of each partition."""
    admin.reachable(settings.kafka)
    ends = {at: end for at, end in admin.end_offsets(settings.kafka, [topic]).items() if end > 0}
    if not ends:
        return
    each = _each(sorted(ends.values()), count)
    where = kcat.Where((topic,), None, -each, None, True, True)
    batch: list[Record | str] = []
    for message in kcat.consume(settings.kafka, where):
        value = message.value()
        headers: Any = tuple(message.headers() or ())
        if value is not None:
            partition, offset = message.partition() or 0, message.offset() or 0
            batch.append(Record(topic, partition, offset, value, message.key(), headers))
            count -= 1
        if count <= 0:
            break
        if len(batch) >= _CHUNK:
            yield batch
            batch = []
    yield batch


def _each(sizes: Sequence[int], count: int) -> int:
    """How many of each partition make up ``count``, where some have fewer; ``sizes`` is in ascending order."""
    each = 1
    for at, size in enumerate(sizes):
        each = -(-count // (len(sizes) - at))
        if size >= each:
            break
        count -= size
    return max(1, each)
