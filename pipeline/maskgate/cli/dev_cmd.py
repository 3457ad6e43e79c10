"""`maskgate dev`: a broker and all roles in one command, with your own policy and topics."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from maskgate.base import extras, filemodes
from maskgate.base.config import Settings
from maskgate.base.sockets import listen
from maskgate.cli.kafka_options import settings as load_settings
from maskgate.crypto import sealing, signing
from maskgate.crypto.keyring import Keyring
from maskgate.local.demo import stage
from maskgate.policy import load_policy
from maskgate.supervise import roles
from maskgate.supervise.roles import to_json

KAFKA_PORT = 9092
_MARK = "# Written by `maskgate dev`, and removed when it ends: with it every command finds the broker of this run.\n"


@click.command("dev")
@click.option("--broker", "choice", type=click.Choice(["embedded", "kafka"]), default="embedded", show_default=True)
@click.option("--workers", type=click.IntRange(min=1), help="Mask worker processes.")
@click.option("--policy", type=click.Path(exists=True), help="Policy file or folder.")
@click.pass_obj
def command(config_file: str | None, choice: str, workers: int | None, policy: str | None) -> None:
    """Start a broker, create the topics and missing keys, run every role until Ctrl-C.

    Writes maskgate.yaml into this folder for as long as it runs, so that other commands find its broker; a file of
    your own is left alone. The broker is empty at each start; keys and lineage stay in the state folder.
    """
    extras.need("console")
    extras.need("lineage")
    given = load_settings(config_file, None, (), {"worker.workers": workers, "policy": policy})
    listen(given.console.host, given.console.port, "console.port").close()  # before anything is started
    port = KAFKA_PORT if choice == "kafka" else None
    if port:
        listen("127.0.0.1", port, "--broker").close()
    with (
        tempfile.TemporaryDirectory(prefix="maskgate-dev-") as folder,
        stage.broker(choice, Path(folder), port=port) as kafka,
    ):
        settings = _settings(given.model_copy(update={"kafka": kafka}), Path(folder) / "state")
        targets = load_policy(settings.policy).exports.destinations.values()
        stage.prepare_topics(settings, [target.topic for target in targets if target.topic])
        with written(settings) as file:
            _how_to_go_on(settings, file)
            roles.run(settings, list(roles.ROLES))


def _settings(given: Settings, state: Path) -> Settings:
    """Those of this run: approvals begin anew with the broker, so their state does too; the keys stay."""
    filemodes.secret_folder(state)
    keys = given.pipeline.state_dir / "keys"
    for name in ("pipeline", "intake", "gate", "console", "admin"):
        if not (keys / f"{name}.pem").exists():
            signing.create_key(keys / f"{name}.pem")
    if not (keys / "gate-seal.pem").exists():
        sealing.create_seal_key(keys / "gate-seal.pem")
    Keyring.load_or_create(given.pipeline.state_dir)
    (state / "keys").symlink_to(keys.absolute())
    pipeline = given.pipeline.model_copy(update={"state_dir": state})
    lineage = given.lineage.model_copy(update={"dir": _fresh(given.lineage.dir)})
    return given.model_copy(update={"pipeline": pipeline, "lineage": lineage})


def _fresh(folder: Path) -> Path:
    """A folder of its own for each start: a new broker counts its offsets from zero again."""
    return folder / time.strftime("dev-%Y%m%dT%H%M%S")


@contextlib.contextmanager
def written(settings: Settings) -> Iterator[Path]:
    """The settings as a file that commands find: ./maskgate.yaml, or one beside the keys where that is somebody's."""
    file = Path("maskgate.yaml")
    if file.exists() and not _ours(file):
        file = settings.lineage.dir.parent / "dev.yaml"
    file.unlink(missing_ok=True)
    handle = filemodes.open_secret(file, os.O_WRONLY | os.O_EXCL)  # it may hold a webhook's secret
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(_MARK)
        for name, value in _tree(settings).items():
            out.write(f"{name}: {json.dumps(value)}\n")
    try:
        yield file
    finally:
        if file.exists() and _ours(file):
            file.unlink()


def _ours(file: Path) -> bool:
    return file.read_text(encoding="utf-8", errors="replace").startswith(_MARK)


def _tree(settings: Settings) -> dict[str, Any]:
    """What differs from the defaults, JSON-ready, secrets in the clear."""
    whole = json.loads(to_json(settings))
    differs = settings.model_dump(exclude_defaults=True)
    return {
        name: {key: whole[name][key] for key in value} if isinstance(value, dict) else whole[name]
        for name, value in differs.items()
    }


def _how_to_go_on(settings: Settings, file: Path) -> None:
    """Where everything is, and what to type next."""
    maskgate = "maskgate" if file.parent == Path() else f"maskgate -C {file}"
    topic = settings.pipeline.topics[0]
    page = f"http://localhost:{settings.console.port}/"
    lines = [
        f"broker    {settings.kafka.bootstrap_servers}",
        f"settings  {file} (until this ends)",
        f"topics    {', '.join(settings.pipeline.topics)}",
        f"lineage   {settings.lineage.dir}",
        f"metrics   http://localhost:{settings.monitor.port}/metrics",
        "Next, in another terminal in this folder:",
        f"""  echo '{{"note": "write to ada@example.org"}}' | {maskgate} produce -t {topic}""",
        f"  {maskgate} consume -t {topic}.masked -e",
        f"  open {page}",
    ]
    if settings.people is None:
        lines.append("Nobody can approve yet: name a file under `people:` (docs/people.md).")
    click.echo("\n".join([*lines, "Ctrl-C ends it."]), err=True)
