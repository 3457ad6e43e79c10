"""`maskgate watch`: notices that a channel did not take."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import click

from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.cli._group import Group
from maskgate.watch import undelivered
from maskgate.watch.delivery import outboxes
from maskgate.watch.outbox import Outbox


@click.group("watch", cls=Group)
def command() -> None:
    """Notices that a channel refused or did not take: list them, have them delivered again."""


@command.command("undelivered")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line.")
@click.pass_obj
def undelivered_command(config_file: str | None, as_json: bool) -> None:
    """List what is kept; exit 1 where something is."""
    found = undelivered.read(config.load(config_file)[0].pipeline.state_dir)
    for entry in found:
        line = f"{entry['id']}  {entry['channel']}: {entry['why']}  {entry['text']}"
        click.echo(json.dumps(entry, ensure_ascii=False) if as_json else line)
    click.echo(
        f"{len(found)} kept; deliver them with `maskgate watch redeliver`" if found else "nothing kept", err=True
    )
    if found:
        raise click.exceptions.Exit(1)


@command.command("redeliver")
@click.pass_obj
def redeliver(config_file: str | None) -> None:
    """Post what is kept once more; what the receiver takes is kept no longer. Exit 1: some are still refused."""
    boxes = outboxes(config.load(config_file)[0])
    if not boxes:
        raise ConfigurationError("channels and watch.webhook_url are empty: there is nowhere to deliver to")
    answers = asyncio.run(_all(boxes))
    for ident, why in answers:
        click.echo(f"{ident}  {why or 'delivered'}")
    if any(why for _, why in answers):
        raise click.exceptions.Exit(1)


async def _all(boxes: Sequence[Outbox]) -> list[tuple[str, str]]:
    answers = []
    for outbox in boxes:
        try:
            answers += await outbox.redeliver()
        finally:
            await outbox.close()
    return answers
