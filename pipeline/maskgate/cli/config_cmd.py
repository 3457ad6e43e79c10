"""`maskgate config`: what the configuration is and where it came from."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import click
from pydantic import BaseModel, SecretStr

from maskgate.base import config
from maskgate.cli._group import Group


@click.group("config", cls=Group)
def command() -> None:
    """Show the configuration and where each value came from."""


# librdkafka's settings that are, or hold, a secret; a name that says so is one, too.
_SECRET_NAME = re.compile(
    r"password|secret|passphrase|token(?!\.endpoint)|credential|jaas|\.pem$|oauthbearer\.config|(?<!sasl\.)\bkey$", re.I
)
_HOOK = re.compile(r"hook", re.I)


def _shown(name: str, value: object) -> object:
    """A value as it may be printed under this name."""
    if isinstance(value, str) and value and _SECRET_NAME.search(name):
        return "(set)"
    if isinstance(value, str) and value and _HOOK.search(name):
        return _without_path(value)
    return _plain(value)


def _without_credentials(text: str) -> str:
    """An address without its user and password; other text as it is."""
    return re.sub(r"(?<=://)[^/@\s]+@", "(set)@", text)


def _without_path(url: str) -> str:
    """Scheme and host of an address: chat services put the secret of a hook into its path or its query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}/(set)" if host else "(set)"


def _plain(value: object) -> object:
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else "(not set)"
    if isinstance(value, BaseModel):
        return {name: _shown(name, getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _shown(str(name), item) for name, item in value.items()}
    if isinstance(value, str):
        return _without_credentials(value)
    return value if isinstance(value, (int, float, bool, type(None))) else str(value)


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
        rows.append((name, _shown(field, getattr(holder, field)) if field else _plain(holder), source))
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
