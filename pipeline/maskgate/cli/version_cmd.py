"""`maskgate version`."""

from __future__ import annotations

import click

from maskgate.base.version import __version__


@click.command("version")
def command() -> None:
    """Print the version."""
    click.echo(f"maskgate {__version__}")
