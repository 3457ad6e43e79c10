"""`maskgate drift`: what changed in the records of the topics, and the profile that workers hold them against."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import click

from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Outcome, Record
from maskgate.cli._group import Group
from maskgate.crypto import signing
from maskgate.crypto.keyring import Keyring
from maskgate.files.proposing import example, proposal
from maskgate.masking.masker import Masker
from maskgate.policy import CompiledPolicy, load_policy
from maskgate.policy.drift_profile import TopicProfile, seal
from maskgate.policy_tests.strength import Effect, effects
from maskgate.watch import drift
from maskgate_detectors import Engine

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("drift", cls=Group)
def command() -> None:
    """Where records began to hold other kinds of data, what to do about it, and the profile of a topic."""


@command.command("show")
@click.option("-t", "--topic", help="Only of this topic.")
@click.option("-p", "--policy", help="Policy file, folder, or the name of a profile.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line.")
@click.pass_obj
def show(config_file: str | None, topic: str | None, policy: str | None, as_json: bool) -> None:
    """List the changes that the watch saw, each with a policy that masks it and what that would change.

    Exit 1 where something is left as it is by the policy.
    """
    settings, _ = config.load(config_file, {"policy": policy})
    found = [change for change in drift.read(settings.pipeline.state_dir)[1] if topic in (None, change.topic)]
    compiled = load_policy(settings.policy)
    opened = False
    for change in found:
        text = proposal(change, _name(settings, compiled))
        told = _effects(change, compiled, text, settings) if text else []
        opened = opened or bool(text)
        if as_json:
            row = asdict(change) | {"proposal": text, "effects": [asdict(effect) for effect in told]}
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            _print(change, text, told)
    if not found:
        click.echo("no change", err=True)
    if opened:
        raise click.exceptions.Exit(1)


def _name(settings: config.Settings, policy: CompiledPolicy) -> str:
    """What a policy in another folder extends."""
    path = settings.policy
    return str(path.resolve()) if path and path.exists() else policy.name.removeprefix("profile ")


def _print(change: drift.Change, text: str, told: list[Effect]) -> None:
    click.echo(f"{change.topic} {change.partition}/{change.offset}: {change.what}, {change.kind} at {change.path}")
    if not text:
        click.echo(f"  the policy in force masks it (then: {change.operator}); if it is meant: maskgate drift sign")
        return
    if not told:
        click.echo("  on an example this changes nothing: it is masked by now, or found by the model alone")
    for effect in told:
        click.echo(f"  {effect.verdict.upper()}: {effect.path} {effect.kind}: {effect.why}")
        click.echo(f"    {effect.operators[0]}: {effect.example[0]} → {effect.operators[1]}: {effect.example[1]}")
    click.echo("".join(f"  | {line}\n" for line in text.splitlines()), nl=False)


def _effects(change: drift.Change, old: CompiledPolicy, text: str, settings: config.Settings) -> list[Effect]:
    """The difference that the proposal makes to an event of our own with such a value: no record is kept for this."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "proposal.yaml"
        file.write_text(text, encoding="utf-8")
        new = load_policy(file)
    record, keys = Record(change.topic, 0, 0, example(change)), Keyring.fresh()
    outcomes: list[list[Outcome]] = []
    for policy in (old, new):
        engine = Engine(replace(policy.engine_config(settings), model="none"))
        outcomes.append(Masker(policy, keys, engine).batch([record]))
    return effects([record], *outcomes)


@command.command("sign")
@click.option("--key", "keys", required=True, multiple=True, type=_FILE, help="Key of an administrator (PEM).")
@click.option("--passphrase-file", type=_FILE, help="Where the passphrase is.")
@click.option("-t", "--topic", "topics", multiple=True, help="Only these topics.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The signed file.")
@click.pass_obj
def sign(
    config_file: str | None, keys: tuple[Path, ...], passphrase_file: Path | None, topics: tuple[str, ...], out: Path
) -> None:
    """Sign what the watch learned, as the profile that workers hold records against (drift.profile)."""
    settings, _ = config.load(config_file)
    learned = drift.read(settings.pipeline.state_dir)[0]
    if missing := [topic for topic in topics if topic not in learned]:
        raise ConfigurationError(f"nothing was learned of '{missing[0]}'; does `maskgate run watch` run on this host?")
    chosen: dict[str, TopicProfile] = {name: p for name, p in learned.items() if not topics or name in topics}
    if not chosen:
        raise ConfigurationError("nothing was learned yet; does `maskgate run watch` run on this host?")
    passphrase = passphrase_file.read_text().strip() if passphrase_file else None
    out.write_bytes(seal(chosen, [signing.load_signer(key, passphrase) for key in keys]) + b"\n")
    for name, profile in sorted(chosen.items()):
        click.echo(f"{name}: {profile.records} records, {len(profile.paths)} paths with findings")
