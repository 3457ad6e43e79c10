"""`maskgate audit sync`: send the log once, also anew from a place in it."""

from __future__ import annotations

import time

import click

from maskgate.base.audit_settings import AuditSink
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.cli._instant import instant
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.kafka import admin, topics
from maskgate.kafka.topic_id import topic_id
from maskgate.sync.courier import Courier
from maskgate.sync.cursor import Cursor, CursorFile
from maskgate.sync.role import opener

_ATTEMPTS = 4


@click.command("sync")
@click.option("--sink", "names", multiple=True, help="Only this sink of audit.sinks; may be repeated.")
@click.option("--from", "start", metavar="OFFSET|TIME", help="Send everything from there again.")
@broker_options
@click.pass_obj
def command(
    config_file: str | None, broker: str | None, options: tuple[str, ...], names: tuple[str, ...], start: str | None
) -> None:
    """Send what audit.sinks did not get yet, then end; `maskgate run audit-sync` goes on doing it.

    The cursors are those of the role, which has to be ended for it.
    """
    found = settings(config_file, broker, options)
    sinks = _wanted(found, names)
    log_id = topic_id(found, topics.LOG)
    if start is not None:
        _set_back(found, sinks, log_id, _offset(found, start))
    for sink in sinks:
        courier = opener(found, log_id)(sink)
        try:
            courier.start()
            _send(sink.name, courier)
        finally:
            courier.close()
        click.echo(f"{sink.name}: {courier.counts['sent']} entries sent, next is {courier.next}")


def _wanted(found: Settings, names: tuple[str, ...]) -> list[AuditSink]:
    known = {sink.name: sink for sink in found.audit.sinks}
    if not known:
        raise ConfigurationError("there is nowhere to send to; write audit.sinks (docs/audit.md)")
    if unknown := [name for name in names if name not in known]:
        raise ConfigurationError(f"no sink '{unknown[0]}' in audit.sinks; there are: {', '.join(known)}")
    return [known[name] for name in names or known]


def _offset(found: Settings, start: str) -> int:
    """The first entry to send: by number, or the first that the broker dated at or after the time.

    Raises:
        ConfigurationError: the log ends before it.
    """
    high = admin.end_offsets(found.kafka, [topics.LOG])[topics.LOG, 0]
    if start.isascii() and start.isdigit():
        if int(start) > high:
            raise ConfigurationError(f"--from {start}: the log ends at {high}")
        return int(start)
    at = instant(start) or 0
    for message in admin.read_to_end(found.kafka, [topics.LOG]):
        if message.timestamp()[1] >= at:
            return message.offset() or 0
    raise ConfigurationError(f"--from {start}: no entry of the log is as late as that; the last is {high - 1}")


def _set_back(found: Settings, sinks: list[AuditSink], log_id: str, offset: int) -> None:
    files = [CursorFile(found.pipeline.state_dir, sink.name) for sink in sinks]
    try:
        for file in files:  # all or none: a sink that is in use must not leave the others set back
            file.claim()
        for file in files:
            file.save(Cursor(log_id, offset - 1))
    finally:
        for file in files:
            file.release()


def _send(name: str, courier: Courier) -> None:
    failed = 0
    while not courier.done:
        wait_s = courier.step()
        failed = failed + 1 if wait_s else 0
        if failed >= _ATTEMPTS:
            raise WorldError(
                f"audit.sinks.{name}: {courier.trouble}; entry {courier.next} and later wait, run it again"
            )
        time.sleep(min(wait_s, 5.0))
