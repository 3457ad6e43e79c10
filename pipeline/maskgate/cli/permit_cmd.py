"""`maskgate permit`: believe a permit offline, and spend it before the action runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from maskgate.cli._group import Group
from maskgate.cli.request_cmd import arguments_of
from maskgate.cli.way import Way, gate_key_file
from maskgate.client import Client
from maskgate.client.permit import check_permit
from maskgate.crypto import canonical, signing


@click.group("permit", cls=Group)
def command() -> None:
    """Verify and redeem a permit: the gate's signed word that one action may run once with exactly these arguments."""


def _options(function: Any) -> Any:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="As JSON."),
        click.option("--arg-json", "json_args", multiple=True, metavar="NAME=JSON", help="An argument about to run."),
        click.option("--arg", "args", multiple=True, metavar="NAME=VALUE", help="An argument about to run; text."),
        click.option("--arguments", "text", help="All arguments as one JSON object, instead of --arg."),
        click.argument("permit", type=click.File("r")),
    ):
        function = option(function)
    return function


def _arguments(text: str | None, args: tuple[str, ...], json_args: tuple[str, ...]) -> str:
    return canonical.snapshot(canonical.loads(text) if text is not None else arguments_of(args, json_args))


@command.command("verify")
@_options
@click.option("--gate-key", type=click.Path(path_type=Path), envvar="MASKGATE_GATE_KEY", help="The gate's public key.")
@click.option("--verb", help="The verb about to run.")
@click.option("--resource", help="The resource about to be touched.")
@click.pass_obj
def verify(
    config_file: str | None,
    permit: Any,
    text: str | None,
    args: tuple[str, ...],
    json_args: tuple[str, ...],
    as_json: bool,
    gate_key: Path | None,
    verb: str | None,
    resource: str | None,
) -> None:
    """Check signature, deadline and arguments; needs no network, spends nothing. PERMIT is a file, or - for stdin."""
    found = check_permit(
        permit.read().strip(),
        _arguments(text, args, json_args),
        signing.load_public(gate_key_file(config_file, gate_key)),
        verb=verb,
        resource=resource,
    )
    click.echo(
        json.dumps(asdict(found)) if as_json else f"valid: {found.verb} {found.resource} (request {found.request_id})"
    )


@command.command("redeem")
@_options
@click.option("--verb", default="", help="What is about to run; a permit for another verb is not spent.")
@click.option("--key", "key_file", envvar="MASKGATE_KEY", help="Your key: FILE.pem, agent:FILE.pub, or agent:.")
@click.option("--url", envvar="MASKGATE_URL", help="Address of the console.")
@click.pass_obj
def redeem(
    config_file: str | None,
    permit: Any,
    text: str | None,
    args: tuple[str, ...],
    json_args: tuple[str, ...],
    as_json: bool,
    verb: str,
    key_file: str | None,
    url: str | None,
) -> None:
    """Spend the permit at the gate: exit 0 once, exit 1 ever after."""
    way = Way(config_file, key_file, url, False)
    with Client(way.url, key=way.must_sign()) as client:
        told = client.redeem(permit.read().strip(), _arguments(text, args, json_args), verb)
    allowed = f"{told['verb']} {told['resource']}".strip()
    click.echo(json.dumps(told) if as_json else f"redeemed: run {allowed} now, it cannot be used again")
