"""`maskgate run`: one or more roles, supervised."""

from __future__ import annotations

import click

from maskgate.base import log
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.supervise import roles as processes
from maskgate.supervise import supervisor
from maskgate.supervise.monitored import MonitorProcess


@click.command("run")
@click.argument(
    "roles",
    nargs=-1,
    required=True,
    type=click.Choice(["mask", "gate", "lineage", "watch", "console", "api", "audit-sync", "all"]),
)
@click.option("--workers", type=click.IntRange(min=1), help="Mask worker processes.")
@click.option("--policy", type=click.Path(exists=True), help="Policy file or folder.")
@broker_options
@click.pass_obj
def command(
    config_file: str | None,
    roles: tuple[str, ...],
    workers: int | None,
    policy: str | None,
    broker: str | None,
    options: tuple[str, ...],
) -> None:
    """Run roles until SIGTERM or Ctrl-C; a role that ends is started again after a pause, and ends no other.

    Exit 2: no role can use the configuration.
    """
    found = settings(config_file, broker, options, {"worker.workers": workers, "policy": policy})
    log.configure(found.log.level, found.log.format)
    if roles == ("mask",):
        supervisor.main(found, MonitorProcess(processes.to_json(found).encode(), found.monitor.enabled))
        return
    everything = [
        *processes.ROLES,
        *(["api"] if found.api.clients else ()),  # without clients nobody could call
        *(["audit-sync"] if found.audit.sinks else ()),
    ]
    processes.run(found, everything if "all" in roles else roles)
