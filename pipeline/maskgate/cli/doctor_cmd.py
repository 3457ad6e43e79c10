"""`maskgate doctor`: is this set-up sound, and what is to be done."""

from __future__ import annotations

import json

import click

from maskgate import doctor
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.doctor import Line, local
from maskgate.doctor import broker as remote

_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red"), "skip": ("-", "bright_black")}


@click.command("doctor")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(["mask", "gate", "lineage", "watch", "console"]),
    help="Only what this role needs on this host; may be repeated (default: all).",
)  # fmt: skip
@click.option("--no-broker", is_flag=True, help="Only what can be checked without a broker.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@broker_options
@click.pass_obj
def command(
    config_file: str | None,
    roles: tuple[str, ...],
    no_broker: bool,
    as_json: bool,
    broker: str | None,
    options: tuple[str, ...],
) -> None:
    """Check policy, people, keys, model, disk, broker, topics, ACLs, clock and instance ids.

    Each line says ok, warn, fail or skip, and what to do. Exit 0: nothing fails. 1: something fails. 2: the
    configuration cannot be read. 3: no broker.
    """
    scope = doctor.Scope(settings(config_file, broker, options), roles or doctor.ALL_ROLES)
    lines = list(doctor.run(scope, local.CHECKS))
    no_answer = False
    if not no_broker:
        reached = list(doctor.run(scope, [("broker", remote.reachable)]))
        no_answer = any(line.status == "fail" for line in reached)
        lines += reached if no_answer else [*reached, *doctor.run(scope, remote.CHECKS)]
    _print(lines, as_json)
    if no_answer:
        raise click.exceptions.Exit(3)
    if any(line.status == "fail" for line in lines):
        raise click.exceptions.Exit(1)


def _print(lines: list[Line], as_json: bool) -> None:
    counts = {status: sum(line.status == status for line in lines) for status in _MARKS}
    if as_json:
        click.echo(json.dumps({"lines": [line._asdict() for line in lines], **counts}, ensure_ascii=False, indent=2))
        return
    for line in lines:
        mark, colour = _MARKS[line.status]
        click.echo(f"{click.style(mark, fg=colour)} {line.status:<4} {line.check:<8} {line.text}")
        if line.do:
            click.echo(f"  {'':<4} {'':<8} → {line.do}")
    click.echo(", ".join(f"{n} {status}" for status, n in counts.items() if n), err=True)
