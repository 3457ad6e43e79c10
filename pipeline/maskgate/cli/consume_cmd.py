"""`maskgate consume`: records of topics on stdout, as kcat does."""

from __future__ import annotations

import sys

import click

from maskgate.cli.kafka_options import broker_options, settings
from maskgate.kafka import kcat


@click.command("consume")
@broker_options
@click.option("-t", "--topic", "topics", multiple=True, required=True, help="Topic to read; may be repeated.")
@click.option("-p", "--partition", type=click.IntRange(min=0), help="Only this partition.")
@click.option(
    "-o",
    "--offset",
    default="beginning",
    show_default=True,
    help="Where to start: beginning, end, N (absolute), -N (from the end), s@MS (time).",
)
@click.option("-c", "--count", type=click.IntRange(min=1), help="Stop after so many records.")
@click.option("-e", "--exit", "exit_at_end", is_flag=True, help="Stop at the end that the topic has now.")
@click.option("-J", "--json", "as_json", is_flag=True, help="One JSON object per record, with coordinates and headers.")
@click.option("-K", "--key-delimiter", help="Print KEY, delimiter, value.")
@click.option("-q", "--quiet", is_flag=True, help="No summary on stderr.")
@click.option(
    "--uncommitted", is_flag=True, help="Also what is not, or never will be, committed (not for consumers of results)."
)
@click.pass_obj
def command(
    config_file: str | None,
    broker: str | None,
    options: tuple[str, ...],
    topics: tuple[str, ...],
    partition: int | None,
    offset: str,
    count: int | None,
    exit_at_end: bool,
    as_json: bool,
    key_delimiter: str | None,
    quiet: bool,
    uncommitted: bool,
) -> None:
    """Print records, one per line, values as they are."""
    found = settings(config_file, broker, options)
    seen = 0
    out = sys.stdout.buffer
    delimiter = key_delimiter.encode() if key_delimiter else None
    where = kcat.Where(topics, partition, kcat.parse_offset(offset), count, exit_at_end, not uncommitted)
    try:
        for message in kcat.consume(found.kafka, where):
            out.write(kcat.line(message, as_json, delimiter))
            seen += 1
            if not exit_at_end:
                out.flush()
    except KeyboardInterrupt:
        pass
    out.flush()
    if not quiet:
        click.echo(f"{seen} record{'' if seen == 1 else 's'} read from {', '.join(topics)}", err=True)
