"""`maskgate receipt`: what a released record says of its own approval, checked offline."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import click

from maskgate.approvals.messages import receipts
from maskgate.audit.receipts import Log
from maskgate.base import config
from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.cli._group import Group
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
    publics = signing.publics(keys or [_own_key(config_file)])
    lines = [kcat.from_json(line) for line in records if line.strip()]
    told = [_verified(publics, line) for line in lines if line.value is not None]
    if log_file:
        log = Log(log_file.read_bytes().splitlines(), [t["receipt"] for t in told if "receipt" in t])
        for tree in told:
            if "receipt" in tree:
                tree["problem"] = log.problem(tree["receipt"])
    for tree in told:
        click.echo(_line(tree, as_json))
    bad = sum(1 for tree in told if tree["problem"])
    click.echo(f"{len(told)} records, {bad} bad", err=True)
    if bad or not told:
        raise click.exceptions.Exit(1)


def _own_key(config_file: str | None) -> Path:
    settings, _ = config.load(config_file)
    path = settings.pipeline.state_dir / "keys" / "gate.pub"
    if not path.exists():
        raise ConfigurationError(f"{path}: no such file; give the gate's public key with --gate-key")
    return path


def _verified(publics: dict[str, bytes], line: kcat.Line) -> dict[str, Any]:
    try:
        found = receipts.verify(publics, line.key, line.value, line.headers, line.topic)
    except RecordError as error:
        return {"place": line.place, "problem": error.detail or error.code}
    return {"place": line.place, "problem": "", "receipt": found}


def _line(tree: dict[str, Any], as_json: bool) -> str:
    found: receipts.Receipt | None = tree.get("receipt")
    if as_json:
        return json.dumps(tree | ({"receipt": asdict(found)} if found else {}))
    if found is None or tree["problem"]:
        return f"BAD  {tree['place']}: {tree['problem']}"
    by = ", ".join(found.by) or found.rule
    return f"good {tree['place']}: request {found.request}, entry {found.approval.size} of the log, by {by}"
