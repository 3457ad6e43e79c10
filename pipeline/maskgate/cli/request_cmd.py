"""`maskgate request`: ask people for approval of any action, and wait; the exit code says the verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from maskgate.base import config, filemodes
from maskgate.base.errors import RecordError
from maskgate.cli._exec import VERB, Command
from maskgate.cli.way import Way
from maskgate.client import Approval, Client
from maskgate.crypto import canonical

APPROVED, REFUSED, PENDING = 0, 1, 4
_WAIT = "5m"


@click.command("request")
@click.option("--verb", default="", help="What is to be done, for example db.rollback, privilege.escalate, unmask.")
@click.option("--resource", default="", help="What it is done to.")
@click.option("--arg", "args", multiple=True, metavar="NAME=VALUE", help="An argument; the value is text.")
@click.option("--arg-json", "json_args", multiple=True, metavar="NAME=JSON", help="An argument; the value is JSON.")
@click.option("--purpose", default="", help="Why.")
@click.option("--expected-outcome", default="", help="What is true afterwards.")
@click.option("--resume", default="", metavar="ID", help="Wait for this request of yours instead of asking.")
@click.option("--destination", default="", help="Alias of a destination, where the action has one.")
@click.option("--on-behalf-of", "behalf", multiple=True, metavar="ISS SUB", help="For whom; they may not vote.")
@click.option(
    "--wait", "wait", is_flag=False, flag_value=_WAIT, default=None, metavar="[TIME]", help="Wait for a decision."
)
@click.option("--key", "key_file", envvar="MASKGATE_KEY", help="Your key: FILE.pem, agent:FILE.pub, or agent:.")
@click.option("--url", envvar="MASKGATE_URL", help="Address of the console (default: from the configuration).")
@click.option("--permit-file", type=click.Path(path_type=Path), help="Write the permit here (0600).")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--exec", "execute", is_flag=True, help="Run the command after -- once people approved exactly it.")
@click.option(
    "--gate-key", "gate_key", envvar="MASKGATE_GATE_KEY", help="With --exec: believe this gate's permits only."
)
@click.argument("argv", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(
    config_file: str | None,
    verb: str,
    resource: str,
    args: tuple[str, ...],
    json_args: tuple[str, ...],
    purpose: str,
    expected_outcome: str,
    resume: str,
    destination: str,
    behalf: tuple[str, ...],
    wait: str | None,
    key_file: str | None,
    url: str | None,
    permit_file: Path | None,
    as_json: bool,
    execute: bool,
    gate_key: str | None,
    argv: tuple[str, ...],
) -> None:
    """Ask for approval of an action. Exit 0 approved, 1 refused, 4 nobody has decided yet (which is not a denial).

    With --exec -- CMD… the action is that command line: it waits for 5m unless --wait says otherwise, runs the command
    once when it was approved, and ends with the command's exit code.
    """
    run = _command(execute, argv, bool(args or json_args or permit_file or as_json))
    arguments = run.arguments if run else arguments_of(args, json_args)
    verb, wait = (verb or VERB, wait or _WAIT) if run else (verb, wait)
    if not resume and not (verb and expected_outcome):
        raise click.UsageError("give --verb and --expected-outcome to ask, or --resume ID to go on waiting")
    way = Way(config_file, key_file, url, False)
    with Client(way.url, key=way.must_sign(), gate_key=Path(gate_key) if gate_key else None) as client:
        if resume:
            asked = client.get(resume)
        else:
            asked = client.request(
                verb,
                resource=resource,
                arguments=arguments,
                purpose=purpose,
                expected_outcome=expected_outcome,
                destination=destination,
                on_behalf_of=[account(b) for b in behalf],
            )
        if wait is not None and asked.pending:
            click.echo(f"{asked.request_id}: waiting for a decision …", err=True)
            asked = client.wait(asked.request_id, _seconds(wait))
        if run and asked.approved:
            run.run(client, asked, verb)
    if permit_file is not None and asked.permit:
        filemodes.write_secret(permit_file, asked.permit.encode())
    _tell(asked, as_json, to_stderr=run is not None)
    click.get_current_context().exit(APPROVED if asked.approved else PENDING if asked.pending else REFUSED)


def _command(execute: bool, argv: tuple[str, ...], others: bool) -> Command | None:
    if execute != bool(argv):
        raise click.UsageError("write --exec -- CMD…: the command goes after --, and --exec says that it is to run")
    if execute and others:
        raise click.UsageError(
            "--exec takes no --arg, --arg-json, --permit-file or --json: the command is the argument"
        )
    return Command.of(argv) if execute else None


def _tell(asked: Approval, as_json: bool, *, to_stderr: bool) -> None:
    if as_json:
        shown = {
            "request_id": asked.request_id,
            "state": asked.state,
            "permit": asked.permit,
            "arguments": asked.arguments,
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(f"{asked.request_id} {asked.state}", err=to_stderr)
    for reason in asked.reasons:
        click.echo(f"reason: {reason}", err=True)


def arguments_of(texts: tuple[str, ...], values: tuple[str, ...]) -> dict[str, Any]:
    """Named arguments of the options."""
    out: dict[str, Any] = {}
    for option, parts, parse in (("--arg", texts, str), ("--arg-json", values, canonical.loads)):
        for part in parts:
            name, equals, value = part.partition("=")
            if not equals or not name or name in out:
                raise click.BadParameter("write it NAME=VALUE, each name once", param_hint=option)
            try:
                out[name] = parse(value)
            except RecordError as error:
                raise click.BadParameter(f"{name}: not JSON ({error.detail})", param_hint=option) from None
    return out


def account(text: str) -> dict[str, str]:
    """The account of `ISS SUB`."""
    iss, _, sub = text.strip().rpartition(" ")
    return {"iss": iss or "local", "sub": sub}


def _seconds(text: str) -> float:
    try:
        return float(config.parse_duration(text))
    except (TypeError, ValueError):
        raise click.BadParameter("write it like 30s or 10m", param_hint="--wait") from None
