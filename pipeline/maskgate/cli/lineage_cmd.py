"""`maskgate lineage`: what happened to the data."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from maskgate.audit import checkpoint, story
from maskgate.base import config, extras
from maskgate.base.address import Where
from maskgate.cli._group import Group
from maskgate.crypto import signing
from maskgate.crypto.keyring import Keyring
from maskgate.lineage.ask import questions
from maskgate.lineage.ask.openlineage import events
from maskgate.lineage.ask.query import Answer, as_json, json_ready, select
from maskgate.lineage.sinks import keys
from maskgate.masking.valuemac import search_macs, search_spans

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("lineage", cls=Group)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the Parquet files (default: lineage.store or lineage.dir of the configuration).",
)
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
    """Ask what happened to the data: read-only, from the Parquet files of the lineage sink."""
    settings, _ = config.load(ctx.obj)
    ctx.obj = (settings, folder or settings.lineage.where)


def _formats(function: Callable[..., None]) -> Callable[..., None]:
    """Options of every command that prints a table."""
    function = click.option("--csv", "form", flag_value="csv", help="As CSV.")(function)
    return click.option("--json", "form", flag_value="json", help="As one JSON object a line.")(function)


def since_option(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """An ISO time from ``2026-11-22``, ``2026-11-22T10:00`` (UTC) or ``24h`` (before now)."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"[\d.]+(ms|s|m|h|d)(\d.*)?", text):
            return (datetime.now(UTC) - timedelta(seconds=float(config.parse_duration(text)))).isoformat()
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
    except ValueError:
        raise click.BadParameter("write 2026-11-22, 2026-11-22T10:00 or 24h") from None


def _print(answer: Answer, form: str | None) -> None:
    if form == "json":
        click.echo(as_json(answer), nl=False)
    elif form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([[_cell(json_ready(value)) for value in row] for row in answer.rows])
        click.echo(out.getvalue(), nl=False)
    else:
        _table(answer)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(answer: Answer) -> None:
    """A table of the columns that hold something."""
    used = [i for i in range(len(answer.columns)) if any(row[i] not in (None, "", []) for row in answer.rows)]
    table = Table(box=None, pad_edge=False)
    for i in used or range(len(answer.columns)):
        table.add_column(answer.columns[i], overflow="fold")
    for row in answer.rows:
        table.add_row(*(Text(_cell(json_ready(row[i]))) for i in used))
    Console(width=None if sys.stdout.isatty() else 240, highlight=False, soft_wrap=not sys.stdout.isatty()).print(table)
    click.echo(f"{len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'}", err=True)


@command.command("query")
@click.argument("sql")
@_formats
@click.pass_obj
def query(obj: tuple[config.Settings, Where], sql: str, form: str | None) -> None:
    """Answer one SELECT over the view 'lineage' (DuckDB's SQL); '-' reads it from stdin.

    The connection sees the lineage files and nothing else, and can change nothing.
    """
    _print(select(obj[1], sys.stdin.read() if sql == "-" else sql), form)


@command.command("record")
@click.argument("what")
@click.option("--table", "form", flag_value="table", help="As columns instead of sentences.")
@_formats
@click.pass_obj
def record(obj: tuple[config.Settings, Where], what: str, form: str | None) -> None:
    """The story of one record (TOPIC/PARTITION/OFFSET), of a request or of an item (its id), a sentence a line.

    `maskgate story` adds what the log of the approvals says. Exit 1 if nothing is known of it.
    """
    match = re.fullmatch(r"(.+)/(\d+)/(\d+)", what)
    if match:
        answer = questions.of_record(obj[1], match[1], int(match[2]), int(match[3]))
    else:
        answer = questions.of_request(obj[1], what)
    if form is None:
        click.echo(story.as_text(story.of_rows(answer.dicts())), nl=False)
    else:
        _print(answer, form)
    if not answer.rows:
        raise click.exceptions.Exit(1)


@command.command("field")
@click.argument("path")
@click.option("--topic", "-t", help="Only this source topic.")
@_formats
@click.pass_obj
def field(obj: tuple[config.Settings, Where], path: str, topic: str | None, form: str | None) -> None:
    """What was found and done at PATH, a JSON Pointer in which * stands for any one step: '/users/*/email'."""
    _print(questions.of_field(obj[1], path, topic), form)


@command.command("subject")
@click.option("--entity", help="Only as this kind, for example EMAIL_ADDRESS.")
@_formats
@click.pass_obj
def subject(obj: tuple[config.Settings, Where], entity: str | None, form: str | None) -> None:
    """Where a value went: reads it from a prompt or from stdin, never from the command line.

    The keyring's lineage key turns it into the MAC that the rows carry; the value itself is stored nowhere.
    """
    if sys.stdin.isatty():
        value = click.prompt("Value (not shown)", hide_input=True, err=True)
    else:
        value = sys.stdin.read().rstrip("\r\n")
    if not value:
        raise click.UsageError("give the value on stdin or at the prompt")
    keyring = Keyring.load(obj[0].pipeline.state_dir)
    _print(questions.of_subject(obj[1], search_macs(keyring, value), entity, search_spans(keyring, value)), form)


@command.command("stats")
@click.option("--since", callback=since_option, help="From here on: 2026-11-22, 2026-11-22T10:00 or 24h.")
@click.option("--entities", "by_entity", is_flag=True, help="What was found, instead of how many records.")
@_formats
@click.pass_obj
def stats(obj: tuple[config.Settings, Where], since: str | None, by_entity: bool, form: str | None) -> None:
    """Records and bytes by day, topic, kind and destination."""
    _print((questions.entities if by_entity else questions.stats)(obj[1], since), form)


@command.command("compact")
@click.option("--older-than", default="1h", show_default=True, help="Leave files with younger rows alone.")
@click.option("--target-rows", default=500_000, show_default=True, help="Rows a merged file at most.")
@click.option("--keep", help="Drop files whose rows are all older than this, for example 400d.")
@click.pass_obj
def compact(obj: tuple[config.Settings, Where], older_than: str, target_rows: int, keep: str | None) -> None:
    """Merge small files of one day, and drop old rows if asked to; the sink may run meanwhile."""
    from maskgate.lineage.sinks import compaction

    state = obj[0].pipeline.state_dir
    try:
        age, days = config.parse_duration(older_than), config.parse_duration(keep) if keep else None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    done = compaction.compact(
        obj[1],
        keys.own(state),
        keys.known(state),
        target_rows=target_rows,
        min_age_s=float(age),
        keep_days=float(days) / 86400 if days is not None else None,
    )
    click.echo(f"merged {done.merged} files into {done.into}, dropped {done.dropped} files ({done.rows_dropped} rows)")


@command.command("verify")
@click.option("--repair", is_flag=True, help="Bring marks and links by day in line with the claims.")
@click.option("--key", "publics", multiple=True, type=_FILE, help="A sink's .pub file; default: those of this host.")
@click.option("--checkpoint", "heads", multiple=True, type=_FILE, help="Audit checkpoints; default: this host's.")
@click.option("--gate-key", multiple=True, type=_FILE, help="The gate's .pub file that signed the checkpoints.")
@click.option("--since", callback=since_option, help="Only checkpoints from then on: after a folder that was lost.")
@click.option("--against-topics", is_flag=True, help="Look in the topics for every record that the rows tell of, too.")
@click.pass_obj
def verify(
    obj: tuple[config.Settings, Where],
    repair: bool,
    publics: tuple[Path, ...],
    heads: tuple[Path, ...],
    gate_key: tuple[Path, ...],
    since: str | None,
    against_topics: bool,
) -> None:
    """Prove that every row that was written is there once and unchanged. Exit 1 if not.

    With --against-topics also that every masked record, held item and dead letter of the rows is in its topic once, as
    a reader of committed records sees it; what is not is named by topic, partition and offset of its source.

    Digests and signatures of the manifest, checksums, columns, footers, counts, offsets, links.
    """
    from maskgate.lineage.sinks import check

    state = obj[0].pipeline.state_dir
    known = signing.publics(publics) if publics else keys.known(state)
    files = heads or tuple(p for p in [state / "audit" / "checkpoints.ndjson"] if p.exists() and not publics)
    gate = gate_key or tuple(p for p in [state / "keys" / "gate.pub"] if p.exists())
    since_ms = int(datetime.fromisoformat(since).timestamp() * 1000) if since else 0
    covered = checkpoint.lineage_heads(files, signing.publics(gate), since_ms)
    problems = check.verify(obj[1], known, repair, covered)
    if against_topics:
        from maskgate.sink import against

        problems = [*problems, *map(str, against.compare(obj[0].kafka, obj[1], obj[0].pipeline.topics))]
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.exceptions.Exit(1)
    for note in check.notes(obj[1], known):
        click.echo(note, err=True)
    if not covered:
        click.echo(
            "no checkpoint that covers lineage was given: whoever holds the sink's key could have cut off the last "
            "files with their lines, or written everything anew",
            err=True,
        )
    click.echo("ok", err=True)


@command.command("repair")
@click.option("--from-topic", is_flag=True, required=True, help="Read the rows from the lineage topic again.")
@click.pass_obj
def repair(obj: tuple[config.Settings, Where], from_topic: bool) -> None:
    """Move damaged files away and write them anew from the topic, while that still has their rows.

    Looks at every byte. Exit 1 where rows could not be had any more, or files of another topic are damaged.
    """
    from maskgate.sink.repair import repair as mend

    done = mend(obj[0], obj[1])
    click.echo(f"{done.quarantined} files quarantined, {done.rebuilt} written anew, {done.rows_lost} rows lost")
    for text in done.left:
        click.echo(text)
    if done.rows_lost or done.left:
        raise click.exceptions.Exit(1)


@command.command("openlineage")
@click.option("--since", callback=since_option, help="From here on: 2026-11-22, 2026-11-22T10:00 or 24h.")
@click.option("--until", callback=since_option, help="Up to here.")
@click.option("--namespace", help="Namespace of the datasets (default: kafka:// and the first bootstrap server).")
@click.option("--send", is_flag=True, help="Send them by the transport of openlineage.yml, and datasets with them.")
@click.pass_obj
def openlineage(
    obj: tuple[config.Settings, Where], since: str | None, until: str | None, namespace: str | None, send: bool
) -> None:
    """Print OpenLineage run events, one a line: a start and a completion per job and hour."""
    broker = obj[0].kafka.bootstrap_servers.split(",", 1)[0]
    found = events(obj[1], namespace or f"kafka://{broker}", since=since, until=until)
    if send:
        extras.need("openlineage")
        from maskgate.lineage.ask import openlineage_send

        click.echo(f"sent {openlineage_send.send(found)} events", err=True)
        return
    for event in found:
        click.echo(json.dumps(event, ensure_ascii=False))
