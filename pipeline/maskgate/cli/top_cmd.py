"""`maskgate top`: `maskgate status` again and again, with rates."""

from __future__ import annotations

import sys
import time

import click

from maskgate.base import meters
from maskgate.cli.kafka_options import settings
from maskgate.supervise import glance

_CLEAR = "\x1b[H\x1b[J"


@click.command("top")
@click.option("--every", default=2.0, show_default=True, type=click.FloatRange(min=1.0), help="Seconds between looks.")
@click.option("--count", type=click.IntRange(min=1), help="Looks until it ends; without it, until Ctrl-C.")
@click.pass_obj
def command(config_file: str | None, every: float, count: int | None) -> None:
    """Show roles, lag, rates, held requests, dead letters and policy of this host, live.

    Into a pipe it prints one screen after the other, without clearing.
    """
    found = settings(config_file, None, ())
    before = meters.read(found.pipeline.state_dir)
    looks = 0
    while count is None or looks < count:
        time.sleep(every)
        trees = meters.read(found.pipeline.state_dir)
        told = glance.glance(trees, before, found.monitor.max_lag)
        head = f"maskgate top  {time.strftime('%H:%M:%S')}  {found.pipeline.state_dir}"
        body = glance.lines(told) if told["roles"] else ["Nothing runs with this state folder; see `maskgate run`."]
        click.echo((_CLEAR if sys.stdout.isatty() else "") + "\n".join([head, "", *body, ""]))
        before, looks = trees, looks + 1
