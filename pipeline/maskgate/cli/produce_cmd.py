"""`maskgate produce`: lines into a topic, as kcat does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from maskgate.base.errors import ConfigurationError
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.kafka import kcat


@click.command("produce")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@broker_options
@click.option("-t", "--topic", required=True, help="Topic to write to.")
@click.option("-p", "--partition", type=click.IntRange(min=0), help="Partition; else by key.")
@click.option("-k", "--key", help="Key of every record.")
@click.option("-K", "--key-delimiter", help="A line is KEY, delimiter, value.")
@click.option("-H", "--header", "headers", multiple=True, metavar="NAME=VALUE", help="A header; may be repeated.")
@click.option("-F", "--file", "more", multiple=True, type=click.Path(exists=True, dir_okay=False), help="Read a file.")
@click.option("-Z", "--null", "null", is_flag=True, help="An empty value is a tombstone.")
@click.option("-J", "--json", "as_json", is_flag=True, help="Lines are what `consume -J` printed: key, headers, value.")
@click.pass_obj
def command(
    config_file: str | None,
    files: tuple[str, ...],
    broker: str | None,
    options: tuple[str, ...],
    topic: str,
    partition: int | None,
    key: str | None,
    key_delimiter: str | None,
    headers: tuple[str, ...],
    more: tuple[str, ...],
    null: bool,
    as_json: bool,
) -> None:
    """Write each line of FILES (or of stdin) as one record."""
    wrong = [text for text in headers if "=" not in text]
    if wrong:
        raise ConfigurationError(f"-H {wrong[0]}: write it as NAME=VALUE")
    found = settings(config_file, broker, options)
    shape = kcat.Shape(
        key=key.encode() if key is not None else None,
        key_delimiter=key_delimiter.encode() if key_delimiter else None,
        headers=tuple((name, value.encode()) for name, _, value in (h.partition("=") for h in headers)),
        empty_is_null=null,
        as_json=as_json,
    )
    count = kcat.produce_lines(found.kafka, topic, _lines((*files, *more)), shape, partition)
    click.echo(f"{count} records written to {topic}", err=True)


def _lines(files: tuple[str, ...]) -> Iterator[bytes]:
    if not files:
        yield from _stripped(sys.stdin.buffer)
    for name in files:
        with Path(name).open("rb") as file:
            yield from _stripped(file)


def _stripped(file: BinaryIO) -> Iterator[bytes]:
    for line in file:
        yield line.rstrip(b"\r\n")
