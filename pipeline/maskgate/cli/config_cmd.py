"""`maskgate config`: what the configuration is and where it came from."""

from __future__ import annotations

import json

import click
from pydantic import SecretStr

from maskgate.base import config
from maskgate.cli._group import Group


@click.group("config", cls=Group)
def command() -> None:
    """Show the configuration and where each value came from."""


def _plain(value: object) -> object:
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(not set)"
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, (str, int, float, bool, dict, type(None))) else str(value)


@command.command("show")
@click.option("--origin", is_flag=True, help="Also say where each value came from.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def show(config_file: str | None, origin: bool, as_json: bool) -> None:
    """Print every setting; secrets only as set or not set."""
    settings, origins = config.load(config_file)
    rows = []
    for name, source in origins.items():
        section, _, field = name.partition(".")
        holder = getattr(settings, section)
        rows.append((name, _plain(getattr(holder, field) if field else holder), source))
    if as_json:
        click.echo(json.dumps({n: {"value": v, "origin": o} if origin else v for n, v, o in rows}, indent=2))
        return
    for name, value, source in rows:
        click.echo(f"{name} = {json.dumps(value)}" + (f"    # {source}" if origin else ""))


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of the configuration file, for editors."""
    click.echo(json.dumps(config.Settings.model_json_schema(), indent=2))


@command.command("reference")
def reference() -> None:
    """Print the reference page of all settings, as Markdown."""
    click.echo(config.reference(), nl=False)
