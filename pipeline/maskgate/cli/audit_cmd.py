"""`maskgate audit`: verify the approval log, make a checkpoint, report on a period."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from maskgate.approvals import events
from maskgate.audit import checkpoint as heads
from maskgate.audit import evidence, replay
from maskgate.audit import prove as proofs
from maskgate.audit import report as reports
from maskgate.audit.figures import figures
from maskgate.audit.replay import Findings
from maskgate.base import filemodes
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.cli._group import Group
from maskgate.cli._instant import instant
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.crypto import signing
from maskgate.crypto.merkle import Frontier, leaf_hash
from maskgate.crypto.webauthn import RelyingParty
from maskgate.gate.keys import load_keys
from maskgate.kafka import admin, topics
from maskgate.lineage.ask import questions
from maskgate.lineage.sinks.opened import there
from maskgate.people import file as people_file

_SYNC = "Send what audit.sinks did not get yet, then end; `maskgate run audit-sync` goes on doing it."


@click.group("audit", cls=Group)
def command() -> None:
    """Verify and report the audit log."""


command.later = {"sync": ("maskgate.cli.audit_sync_cmd:command", _SYNC)}


def _log_options(function: Any) -> Any:
    function = click.option(
        "--log",
        "log_file",
        type=click.Path(exists=True, dir_okay=False),
        help="Exported log; else it is read from Kafka.",
    )(function)
    return broker_options(function)


@command.command("export")
@broker_options
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write; else stdout.")
@click.pass_obj
def export(config_file: str | None, broker: str | None, options: tuple[str, ...], output: str | None) -> None:
    """Write the log as it is, one event a line, for `audit verify --log` elsewhere."""
    count = 0
    out = Path(output).open("wb") if output else sys.stdout.buffer  # noqa: SIM115
    try:
        for raw in entries(settings(config_file, broker, options), None):
            out.write(raw + b"\n")
            count += 1
    finally:
        if output:
            out.close()
    click.echo(f"{count} events", err=True)


@command.command("verify")
@_log_options
@click.option("--checkpoint", "files", multiple=True, type=click.Path(exists=True, dir_okay=False), help="Older heads.")
@click.option("--key", "keys", multiple=True, type=click.Path(exists=True, dir_okay=False), help="Gate's .pub file.")
@click.option("--people", type=click.Path(exists=True, dir_okay=False), help="People file the log must start from.")
@click.option("--no-decisions", is_flag=True, help="Only the tree, not the votes and releases.")
@click.option("--proof", "proof_file", type=click.Path(exists=True, dir_okay=False), help="Check a proof instead.")
@click.option("--report", "report_file", type=click.Path(exists=True, dir_okay=False), help="Check a report instead.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def verify(
    config_file: str | None,
    broker: str | None,
    options: tuple[str, ...],
    log_file: str | None,
    files: tuple[str, ...],
    keys: tuple[str, ...],
    people: str | None,
    no_decisions: bool,
    proof_file: str | None,
    report_file: str | None,
    as_json: bool,
) -> None:
    """Check the whole log: tree, signatures, quorums, deadlines; and that it continues every checkpoint given.

    Needs the log, the gate's public key and an old checkpoint. Exit code 1 where something is wrong.
    """
    found = settings(config_file, broker, options)
    publics = signing.publics(map(Path, keys)) if keys else _gate_keys(found)
    if report_file:
        _verify_report(report_file, publics)
        return
    if files and not publics:
        raise ConfigurationError("--checkpoint needs the gate's public key: --key gate.pub")
    if proof_file:
        _verify_proof(proof_file, _heads(found, "given", files), publics)
        return
    heads, bad = replay.checkpoints_of(_heads(found, log_file, files), publics) if publics else ([], [])
    torn: list[str] = []
    result = replay.audit(
        entries(found, log_file, torn),
        heads,
        decisions=not no_decisions,
        party=RelyingParty(found.console.rp_id, found.console.origins),
        people_digest=people_file.digest(people_file.load(Path(people), _own(found))) if people else "",
    )
    for text in torn:
        result.add(result.size, text)
    proven = bool(heads) and result.good and not bad
    if as_json:
        shown = {"good": result.good and not bad, "proven": proven, "bad_checkpoints": bad, **vars(result)}
        click.echo(json.dumps(shown))
    else:
        _tell(result, bad, proven)
    if bad or not result.good:
        raise click.exceptions.Exit(1)


def _tell(result: Findings, bad: Sequence[str], proven: bool) -> None:
    """The outcome in words, and what it does not mean."""
    for text in bad:
        click.echo(text)
    for entry, text in result.problems:
        click.echo(f"entry {entry}: {text}")
    verdict = "BAD" if bad or not result.good else "good" if proven else "consistent"
    click.echo(
        f"{verdict}: {result.size} entries, root {result.root[:16]}…, "
        f"{result.checkpoints} checkpoint(s), {result.requests} requests, {result.votes} votes, "
        f"{result.releases} releases, {result.refused} refusals"
    )
    if not result.covered:
        click.echo(
            "no checkpoint was given. Signed inputs and every decision fit together, but what no person signed (times, "
            "offsets, nonces, refusals, the content of loaded policies) may have been changed, the last entries may "
            "have been cut off, and the log as a whole may be another one. Give --checkpoint from where the gate "
            "cannot write, and --key.",
            err=True,
        )
    elif result.covered < result.size:
        click.echo(
            f"entries {result.covered + 1}…{result.size} are behind the last checkpoint: of them, what no person "
            "signed is not proven yet, and more may have been cut off",
            err=True,
        )


@command.command("checkpoint")
@_log_options
@click.option("--signer", required=True, type=click.Path(exists=True, dir_okay=False), help="The gate's .pem file.")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False), help="Where its passphrase is.")
@click.pass_obj
def checkpoint(
    config_file: str | None,
    broker: str | None,
    options: tuple[str, ...],
    log_file: str | None,
    signer: str,
    passphrase_file: str | None,
) -> None:
    """Print a signed checkpoint of the log as it is now; keep it where the gate cannot write."""
    frontier = Frontier()
    for raw in entries(settings(config_file, broker, options), log_file):
        frontier.append(leaf_hash(raw))
    passphrase = filemodes.read_passphrase(passphrase_file) if passphrase_file else None
    key = signing.load_signer(Path(signer), passphrase)
    click.echo(heads.sign(frontier, key, time.time_ns() // 1_000_000).decode())


@command.command("init")
@broker_options
@click.pass_obj
def init(config_file: str | None, broker: str | None, options: tuple[str, ...]) -> None:
    """Begin a new log: sign the head of an empty one on the gate's host.

    A gate whose log is gone refuses to start; this says that it is meant to be empty. It does not help against a head
    that the checkpoints topic or a witness still holds.
    """
    found = settings(config_file, broker, options)
    kept = found.pipeline.state_dir / "audit" / "checkpoints.ndjson"
    if kept.exists():
        raise ConfigurationError(f"{kept}: there are heads of a log already; move the file away if that log is over")
    raw = heads.sign(Frontier(), load_keys(found).signer, int(time.time() * 1000))
    filemodes.write_public(kept, raw + b"\n")
    click.echo(f"wrote the head of an empty log to {kept}", err=True)


@command.command("prove")
@click.argument("entry", type=click.IntRange(min=1))
@_log_options
@click.option("--size", type=click.IntRange(min=1), help="Size of the checkpoint to prove it against; default: all.")
@click.option("--since", type=click.IntRange(min=1), help="Prove, too, that the log continues the one of this size.")
@click.pass_obj
def prove(
    config_file: str | None,
    broker: str | None,
    options: tuple[str, ...],
    entry: int,
    log_file: str | None,
    size: int | None,
    since: int | None,
) -> None:
    """Print the proof that ENTRY (from 1) is in the log, for somebody who has a checkpoint and not the log.

    `maskgate audit verify --proof FILE --checkpoint FILE --key gate.pub` checks it offline.
    """
    log = list(entries(settings(config_file, broker, options), log_file))
    click.echo(json.dumps(proofs.prove(log, entry, size, since)))


@command.command("report")
@_log_options
@click.option("--from", "start", help="First day or instant (ISO 8601); default: where the log begins.")
@click.option("--to", "end", help="Day or instant after the last; default: where the log ends.")
@click.option("--format", "form", type=click.Choice(["html", "json", "csv"]), default="html", help="What to print.")
@click.option(
    "--framework",
    type=click.Choice(["soc2", "fedramp", "iso27001", "gdpr", "hipaa", "pci"]),
    help="Evidence by the controls of a framework, signed with --signer; html or json.",
)
@click.option("--signer", type=click.Path(exists=True, dir_okay=False), help="With --framework: .pem file that signs.")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False), help="Where its passphrase is.")
@click.option("--checkpoint", "files", multiple=True, type=click.Path(exists=True, dir_okay=False), help="Older heads.")
@click.option("--key", "keys", multiple=True, type=click.Path(exists=True, dir_okay=False), help="Gate's .pub file.")
@click.pass_obj
def report(
    config_file: str | None,
    broker: str | None,
    options: tuple[str, ...],
    log_file: str | None,
    start: str | None,
    end: str | None,
    form: str,
    framework: str | None,
    signer: str | None,
    passphrase_file: str | None,
    files: tuple[str, ...],
    keys: tuple[str, ...],
) -> None:
    """Print the evidence of a period: requests, decisions, reviewers, broken glass, refusals, alarms.

    With --framework: its controls, what is shown for each, and the entries behind it, in one signed file that
    `maskgate audit verify --report` checks offline.
    """
    found = settings(config_file, broker, options)
    frontier, log, raws = Frontier(), [], []
    for raw in entries(found, log_file):
        frontier.append(leaf_hash(raw))
        raws.append(raw)
        try:
            log.append(events.decode(raw))
        except ValueError:
            raise ConfigurationError(f"entry {frontier.size} is not an event; run `maskgate audit verify`") from None
    if framework:
        if signer is None or form == "csv":
            raise click.UsageError("--framework needs --signer, and --format html or json")
        made = _evidence(found, framework, log, raws, reports.period(log, instant(start), instant(end)), files, keys)
        click.echo(_signed(made, signer, passphrase_file, form), nl=False)
        return
    data = reports.build(log, instant(start), instant(end))
    head = f"{frontier.size} entries, root {frontier.root().hex()}"
    if form == "csv":
        click.echo(reports.to_csv(data), nl=False)
    elif form == "json":
        click.echo(json.dumps(data | {"log": head}, indent=2))
    else:
        click.echo(reports.to_html(data, head), nl=False)


def _evidence(
    found: Settings,
    framework: str,
    log: Sequence[Any],
    raws: Sequence[bytes],
    period: tuple[int, int],
    files: Sequence[str],
    keys: Sequence[str],
) -> dict[str, Any]:
    """The report's data, with what verifying the log gave."""
    publics = signing.publics(map(Path, keys)) if keys else _gate_keys(found)
    heads, bad = replay.checkpoints_of(_heads(found, "given", files), publics) if publics and files else ([], [])
    result = replay.audit(raws, heads, party=RelyingParty(found.console.rp_id, found.console.origins))
    good = result.good and not bad
    checked = {
        "good": good, "proven": good and result.covered == result.size, "covered": result.covered,
        "size": result.size, "root": result.root, "problems": [*bad, *(f"entry {n}: {t}" for n, t in result.problems)],
    }  # fmt: skip
    where = found.lineage.where
    rows = questions.masked_between(where, *period).dicts() if there(where) else None
    return evidence.build(framework, figures(log, *period, result.root, rows), period, checked)


def _signed(data: dict[str, Any], signer: str, passphrase_file: str | None, form: str) -> bytes:
    passphrase = Path(passphrase_file).read_text().strip() if passphrase_file else None
    envelope = evidence.sign(data, signing.load_signer(Path(signer), passphrase))
    return evidence.page(envelope) if form == "html" else envelope + b"\n"


def _verify_proof(proof_file: str, places: Iterator[tuple[str, bytes]], publics: dict[str, bytes]) -> None:
    """Say whether a proof holds against the checkpoints given, and what it proves."""
    heads, bad = replay.checkpoints_of(places, publics)
    try:
        if bad:
            raise ConfigurationError("; ".join(bad))
        entry, size, text = proofs.check(Path(proof_file).read_bytes(), heads)
    except ConfigurationError as error:
        click.echo(f"BAD: {error}")
        raise click.exceptions.Exit(1) from None
    click.echo(f"good: entry {entry} of a log of {size} entries, as the checkpoint covers it", err=True)
    click.echo(text)


def _verify_report(report_file: str, publics: dict[str, bytes]) -> None:
    """Say whether a report is as it was signed, and what its log's verification gave."""
    if not publics:
        raise ConfigurationError("--report needs the public key of who signed it: --key FILE.pub")
    try:
        data = evidence.verify(Path(report_file).read_bytes(), publics)
    except ConfigurationError as error:
        click.echo(f"BAD: {error}")
        raise click.exceptions.Exit(1) from None
    checked = data["verification"]
    log = "proven by a checkpoint" if checked["proven"] else "consistent" if checked["good"] else "BAD"
    click.echo(f"good: {data['framework']['title']}, as it was signed; its log of {checked['size']} entries was {log}")


def entries(found: Settings, log_file: str | None, torn: list[str] | None = None) -> Iterator[bytes]:
    """The entries; every line of a file is one, also an empty one that somebody put there."""
    if log_file:
        with Path(log_file).open("rb") as file:
            for line in file:
                if not line.endswith(b"\n") and torn is not None:
                    torn.append("the file ends within a line: it was cut")
                yield line.removesuffix(b"\n")
        return
    for message in admin.read_to_end(found.kafka, [topics.LOG]):
        yield message.value() or b""


def _heads(found: Settings, log_file: str | None, files: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Checkpoints with their places: those given, else this host's, else, with the log of Kafka, the topic's."""
    kept = found.pipeline.state_dir / "audit" / "checkpoints.ndjson"
    if files or (kept.exists() and not log_file):
        for name in files or (str(kept),):
            for number, line in enumerate(Path(name).read_bytes().split(b"\n"), 1):
                if line:
                    yield f"{name}, line {number}", line
    elif not log_file:
        for message in admin.read_to_end(found.kafka, [topics.CHECKPOINTS]):
            yield f"{topics.CHECKPOINTS}, offset {message.offset()}", message.value() or b""


def _gate_keys(found: Settings) -> dict[str, bytes]:
    path = found.pipeline.state_dir / "keys" / "gate.pub"
    return signing.publics([path]) if path.exists() else {}


def _own(found: Settings) -> dict[str, Path]:
    folder = found.pipeline.state_dir / "keys"
    roles = ("pipeline", "intake", "gate", "console", "admin")
    return {role: folder / f"{role}.pub" for role in roles if (folder / f"{role}.pub").exists()}


__all__ = ["RecordError", "command"]
