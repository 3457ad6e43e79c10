"""`maskgate story`: what happened to a record or a request, one sentence a line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from maskgate.approvals import events as ev
from maskgate.audit import story
from maskgate.base.address import Where
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.cli.audit_cmd import entries
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.cli.lineage_cmd import since_option
from maskgate.crypto.keyring import Keyring
from maskgate.lineage.ask import questions
from maskgate.lineage.sinks.opened import there
from maskgate.masking.valuemac import search_macs, search_spans


@click.command("story")
@click.argument("what", required=False)
@click.option("--subject", is_flag=True, help="Everything that held a value, read from stdin or a prompt.")
@click.option("--actor", help="What somebody asked, decided or was refused.")
@click.option("--since", callback=since_option, help="From here on: 2026-11-22, 2026-11-22T10:00 or 24h.")
@click.option("--log", "log_file", type=click.Path(exists=True, dir_okay=False), help="Exported log; else from Kafka.")
@click.option("--no-log", is_flag=True, help="Only lineage: what the sink wrote, without a broker.")
@click.option("--json", "form", flag_value="json", help="One JSON object a line, with the entry each rests on.")
@click.option("--html", "form", flag_value="html", help="One page.")
@broker_options
@click.pass_obj
def command(
    config_file: str | None,
    what: str | None,
    subject: bool,
    actor: str | None,
    since: str | None,
    log_file: str | None,
    no_log: bool,
    form: str | None,
    broker: str | None,
    options: tuple[str, ...],
) -> None:
    """Tell what happened, in order: asked, found, held, decided, released, recalled.

    WHAT is TOPIC/PARTITION/OFFSET, or the id of a request or an item. Exit 1 if nothing is known of it.
    """
    found = settings(config_file, broker, options)
    if not (what or subject or actor or since):
        raise click.UsageError("say of what: TOPIC/PARTITION/OFFSET, an id, --subject, --actor or --since")
    log = [] if no_log else _decoded(entries(found, log_file))
    rows = _rows(found, what, subject)
    places = {(str(r["source_topic"]), int(r["source_partition"]), int(r["source_offset"])) for r in rows if _exact(r)}
    match = re.fullmatch(r"(.+)/(\d+)/(\d+)", what or "")
    if match:
        places.add((match[1], int(match[2]), int(match[3])))
    named = {str(r[k]) for r in rows for k in ("item_id", "request_id") if r.get(k)} | ({what} if what else set())
    ours = story.requests_of(log, places, named)

    def wanted(event: ev.Event) -> bool:
        if actor is not None and not story.by_actor(event, actor):
            return False
        if what or subject:
            return getattr(event, "request_id", "") in ours
        return True

    lines = story.merged(story.of_log(log, wanted), story.of_rows(rows) if actor is None else ())
    if since:
        lines = [line for line in lines if line.at >= datetime.fromisoformat(since).timestamp() * 1000]
    if form == "json":
        click.echo("".join(json.dumps(line._asdict(), ensure_ascii=False) + "\n" for line in lines), nl=False)
    elif form == "html":
        click.echo(story.as_html(f"The story of {what or actor or 'what happened'}", lines), nl=False)
    else:
        click.echo(story.as_text(lines), nl=False)
    if not lines:
        raise click.exceptions.Exit(1)


def _exact(row: Mapping[str, Any]) -> bool:
    """Whether the row is of one record."""
    return row["source_topic"] is not None and row["source_offset"] == row.get(
        "source_end_offset", row["source_offset"]
    )


def _decoded(log: Any) -> list[Any]:
    out = []
    for number, raw in enumerate(log, 1):
        try:
            out.append(ev.decode(raw))
        except ValueError:
            raise ConfigurationError(f"entry {number} is not an event; run `maskgate audit verify`") from None
    return out


def _rows(found: Settings, what: str | None, subject: bool) -> list[dict[str, Any]]:
    """Lineage rows about it; none where this host has no lineage folder."""
    where = found.lineage.where
    if not there(where):
        return []
    if subject:
        return _of_subject(found, where)
    if not what:
        return []
    match = re.fullmatch(r"(.+)/(\d+)/(\d+)", what)
    answer = (
        questions.of_record(where, match[1], int(match[2]), int(match[3]))
        if match
        else questions.of_request(where, what)
    )
    return answer.dicts()


def _of_subject(found: Settings, where: Where) -> list[dict[str, Any]]:
    terminal = sys.stdin.isatty()
    value = click.prompt("Value (not shown)", hide_input=True, err=True) if terminal else sys.stdin.read()
    value = value.rstrip("\r\n")
    if not value:
        raise click.UsageError("give the value on stdin or at the prompt")
    keyring = Keyring.load(found.pipeline.state_dir)
    hits = questions.of_subject(where, search_macs(keyring, value), None, search_spans(keyring, value)).dicts()
    out: dict[str, dict[str, Any]] = {}
    for topic, partition, offset in {(h["source_topic"], h["source_partition"], h["source_offset"]) for h in hits}:
        if topic is not None:
            for row in questions.of_record(where, topic, partition, offset).dicts():
                out[json.dumps(row, default=str, sort_keys=True)] = row
    return list(out.values())
