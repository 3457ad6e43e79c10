"""`maskgate receipt`: what a released record says of its own approval, checked offline."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import click

from maskgate.approvals.messages import receipts
from maskgate.audit.receipts import Log
from maskgate.base.errors import RecordError
from maskgate.cli._group import Group
from maskgate.cli.way import gate_key_file
from maskgate.crypto import signing
from maskgate.kafka import kcat


@click.group("receipt", cls=Group)
def command() -> None:
    """Verify the receipts of released records: the gate's signed word that exactly these bytes were approved."""


@command.command("verify")
@click.argument("records", type=click.File("rb"))
@click.option("--gate-key", "keys", multiple=True, type=click.Path(path_type=Path), help="The gate's public key.")
@click.option(
    "--log",
    "log_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The log, as `maskgate audit export` writes it: show the approval and the release in it, too.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per record.")
@click.pass_obj
def verify(
    config_file: str | None, records: BinaryIO, keys: tuple[Path, ...], log_file: Path | None, as_json: bool
) -> None:
    """Check each record of RECORDS, lines as `maskgate consume -J` prints them (- for stdin); exit 1 if one is bad.

    Needs no broker. A recall (a record without a value) has no receipt and is passed over.
    """
    publics = signing.publics(gate_key_file(config_file, key) for key in keys or (None,))
    lines = [kcat.from_json(line) for line in records if line.strip()]
    told = [_verified(publics, line) for line in lines if line.value is not None]
    if log_file:
        told = _against(log_file, told)
    for one in told:
        click.echo(_line(one, as_json))
    bad = sum(1 for one in told if one.problem)
    click.echo(f"{len(told)} records, {bad} bad", err=True)
    if bad or not told:
        raise click.exceptions.Exit(1)


@dataclass(frozen=True, slots=True)
class Told:
    """What was found of one record; ``problem`` is "" where all is well."""

    place: str
    problem: str
    receipt: receipts.Receipt | None = None


def _verified(publics: dict[str, bytes], line: kcat.Line) -> Told:
    try:
        return Told(line.place, "", receipts.verify(publics, line.key, line.value, line.headers, line.topic))
    except RecordError as error:
        return Told(line.place, error.detail or error.code)


def _against(log_file: Path, told: list[Told]) -> list[Told]:
    log = Log(log_file.read_bytes().splitlines(), [one.receipt for one in told if one.receipt])
    return [replace(one, problem=log.problem(one.receipt)) if one.receipt else one for one in told]


def _line(one: Told, as_json: bool) -> str:
    if as_json:
        return json.dumps(asdict(one))
    if one.receipt is None or one.problem:
        return f"BAD  {one.place}: {one.problem}"
    by = ", ".join(one.receipt.by) or one.receipt.rule
    return f"good {one.place}: request {one.receipt.request}, entry {one.receipt.approval.size} of the log, by {by}"
