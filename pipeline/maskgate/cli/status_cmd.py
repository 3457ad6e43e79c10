"""`maskgate status`: what runs on this host, on one screen."""

from __future__ import annotations

import json

import click

from maskgate.base import meters
from maskgate.cli.kafka_options import settings
from maskgate.supervise import glance


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def command(config_file: str | None, as_json: bool) -> None:
    """Show roles, lag, held requests, dead letters and policy of this host.

    Exit code 0: all roles that should run are ready, 1: one is not, 3: none runs with this state folder.
    """
    found = settings(config_file, None, ())
    told = glance.glance(meters.read(found.pipeline.state_dir), (), found.monitor.max_lag)
    if as_json:
        click.echo(json.dumps(told, indent=2))
    elif not told["roles"]:
        click.echo(f"Nothing runs with the state folder {found.pipeline.state_dir}; see `maskgate run`.", err=True)
    else:
        click.echo("\n".join(glance.lines(told)))
    click.get_current_context().exit(0 if glance.is_well(told) else 1 if told["roles"] else 3)
