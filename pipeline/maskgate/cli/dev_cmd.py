"""`maskgate dev`: a broker and all roles in one command, with your own policy and topics."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click

from maskgate.cli.kafka_options import settings as load_settings


@click.command("dev")
@click.option("--broker", "choice", type=click.Choice(["embedded", "kafka"]), default="embedded", show_default=True)
@click.option("--workers", type=click.IntRange(min=1), help="Mask worker processes.")
@click.option("--policy", type=click.Path(exists=True), help="Policy file or folder.")
@click.pass_obj
def command(config_file: str | None, choice: str, workers: int | None, policy: str | None) -> None:
    """Start a broker, create the topics and missing keys, run every role until Ctrl-C.

    The broker is empty at each start; keys and lineage stay in the state folder of the configuration.
    """
    from maskgate.crypto import sealing, signing
    from maskgate.crypto.keyring import Keyring
    from maskgate.local.demo import stage
    from maskgate.policy import load_policy
    from maskgate.supervise import roles

    given = load_settings(config_file, None, (), {"worker.workers": workers, "policy": policy})
    with tempfile.TemporaryDirectory(prefix="maskgate-dev-") as folder, stage.broker(choice, Path(folder)) as kafka:
        state = Path(folder) / "state"  # approvals begin anew with the broker, so their state does too
        state.mkdir()
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
        settings = given.model_copy(update={"kafka": kafka, "pipeline": pipeline, "lineage": lineage})
        targets = load_policy(settings.policy).exports.destinations.values()
        stage.prepare_topics(settings, [target.topic for target in targets if target.topic])
        click.echo(f"broker   {kafka.bootstrap_servers}", err=True)
        click.echo(f"topics   {', '.join(settings.pipeline.topics)}", err=True)
        click.echo(f"console  http://localhost:{settings.console.port}/", err=True)
        click.echo(f"lineage  {settings.lineage.dir}", err=True)
        roles.run(settings, list(roles.ROLES))


def _fresh(folder: Path) -> Path:
    """A folder of its own for each start: a new broker counts its offsets from zero again."""
    return folder / time.strftime("dev-%Y%m%dT%H%M%S")
