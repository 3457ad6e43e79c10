"""A signed change of the people registry: made, judged early, sent, and answered by the gate."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from maskgate.approvals import events, machine
from maskgate.approvals.state import State
from maskgate.base import filemodes
from maskgate.base.config import Settings
from maskgate.base.errors import RefusedError, WorldError
from maskgate.cli.kafka_options import settings
from maskgate.crypto.signers import open_signer
from maskgate.gate.wire import Wire
from maskgate.kafka import admin, topics
from maskgate.people import changes as people_changes


def change(config_file: str | None, kind: str, body: Mapping[str, Any], where: Mapping[str, Any]) -> None:
    """Sign the change with the named keys; write it to a file, or send it and say what the gate makes of it.

    Raises:
        RefusedError: the gate refuses it, with its reason.
    """
    found = settings(config_file, where["broker"], where["options"])
    signers = [open_signer(spec, passphrase_of(where["passphrase_file"])) for spec in where["signers"]]
    envelope = people_changes.build_change(kind, body, signers=signers, now_ms=_now())
    if where["output"]:
        with Path(where["output"]).open("ab") as file:
            file.write(envelope + b"\n")
        click.echo(f"{kind}: written to {where['output']}", err=True)
        return
    _refuse_early(found, envelope)
    click.echo(f"{kind}: {_sent(found, envelope, float(where['wait_s']))}", err=True)


def registry(found: Settings) -> Any:
    """The registry as the log gives it."""
    state = State()
    wanted = (events.PeopleLoaded, events.PeopleChanged)
    for message in admin.read_to_end(found.kafka, [topics.LOG]):
        event = events.decode(message.value() or b"")
        if isinstance(event, wanted):
            machine.fold(state, event)
    if not state.people.version:
        raise RefusedError("no_people", "the log holds no people yet; start the gate with a people file")
    return state.people


def _refuse_early(found: Settings, envelope: bytes) -> None:
    """Say now what the gate would refuse anyway, where the log can be read."""
    try:
        people = registry(found)
    except WorldError:
        return
    people_changes.apply(people, people_changes.verified(people, envelope, _now()))


def _sent(found: Settings, envelope: bytes, wait_s: float) -> str:
    """Send the change and wait for its event in the log; what became of it.

    Raises:
        RefusedError: the gate logged a refusal.
    """
    ends = {at: end for at, end in admin.end_offsets(found.kafka, [topics.LOG]).items() if end > 0} if wait_s else {}
    wire = Wire(found.kafka)
    try:
        offset = wire.send(topics.PEOPLE, envelope)
    finally:
        wire.close()
    if not wait_s:
        return "sent; the gate logs it, or a refusal"
    return _answer(found, ends, offset, wait_s)


def _answer(found: Settings, ends: Mapping[tuple[str, int], int], offset: int, wait_s: float) -> str:
    reader = admin.plain_reader(found.kafka, [topics.LOG], start={(topics.LOG, 0): 0} | dict(ends))
    until = time.monotonic() + wait_s
    try:
        while time.monotonic() < until:
            for message in reader.consume(500, 0.2):
                if message.error() is not None:
                    continue
                event = events.decode(message.value() or b"")
                if (event.meta.input.topic, event.meta.input.offset) != (topics.PEOPLE, offset):
                    continue
                if isinstance(event, events.Refused):
                    raise RefusedError(event.code, f"the gate refused it: {event.message}")
                return f"accepted by the gate; it counts from now on (people version {event.meta.people_version + 1})"
    finally:
        reader.close()
    return (
        f"sent, and the gate has not answered in {wait_s:g} s; "
        "it counts when a gate runs: `maskgate people list` shows whether it does"
    )


def passphrase_of(file: str | None) -> Callable[[Path], str]:
    """From the file, else asked on the terminal."""

    def answer(path: Path) -> str:
        if file:
            return filemodes.read_passphrase(file)
        return str(click.prompt(f"Passphrase of {path.name}", hide_input=True, err=True))

    return answer


def _now() -> int:
    return time.time_ns() // 1_000_000
