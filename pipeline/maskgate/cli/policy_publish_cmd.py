"""`maskgate policy publish` and `approve`: policies signed by administrators, on the policy topic."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import click

from maskgate.approvals.messages.plain import visible
from maskgate.base.config import Settings
from maskgate.base.errors import RecordError, RefusedError, WorldError
from maskgate.cli._people_change import passphrase_of, registry
from maskgate.cli.kafka_options import broker_options
from maskgate.cli.kafka_options import settings as settings_of
from maskgate.crypto import signing
from maskgate.crypto.signers import open_signer
from maskgate.kafka import policy_feed
from maskgate.people import file as people_file
from maskgate.policy import compile_source
from maskgate.policy.published import DIGITS, Admins, Published, envelope, read, signed_too
from maskgate.policy.source import parse


def _signed_by(function: Callable[..., object]) -> Callable[..., object]:
    function = click.option(
        "--key", "keys", multiple=True, metavar="KEY",
        help="An administrator's key, FILE.pem or agent:FILE.pub (default: keys/admin.pem). May be repeated.",
    )(function)  # fmt: skip
    function = click.option(
        "--passphrase-file", type=click.Path(exists=True, dir_okay=False), help="Opens a locked key; else asked."
    )(function)
    return broker_options(function)


@click.command("publish")
@click.argument("policy", type=click.Path(exists=True, dir_okay=False))
@_signed_by
@click.pass_obj
def publish(
    config_file: str | None,
    policy: str,
    keys: tuple[str, ...],
    passphrase_file: str | None,
    broker: str | None,
    options: tuple[str, ...],
) -> None:
    """Sign a policy file and put it on the policy topic: every worker takes it at the border of its next batch.

    Where two administrators are needed to enrol a person, two sign a policy: both here, or the second one with
    `maskgate policy approve`. One is enough for what only takes away: a freeze, a higher tier, a tighter budget.

    The file is read and checked first, and stands alone: what it extends must be profiles.
    """
    found = settings_of(config_file, broker, options)
    text = Path(policy).read_bytes()
    compiled = compile_source(parse(text, policy))
    signers = _signers(found, keys, passphrase_file)
    feed = _feed(found, signers)
    _refuse_strangers(envelope(text, Path(policy).name, signers, 0), feed)
    _say(policy_feed.publish(found.kafka, text, Path(policy).name, signers), feed, compiled.ref.version)


@click.command("approve")
@click.argument("digest", required=False)
@click.option("--yes", is_flag=True, help="Sign what is shown without asking.")
@_signed_by
@click.pass_obj
def approve(
    config_file: str | None,
    digest: str | None,
    yes: bool,
    keys: tuple[str, ...],
    passphrase_file: str | None,
    broker: str | None,
    options: tuple[str, ...],
) -> int:
    """Sign a policy that another administrator published and that waits for a second signature.

    Shows what it changes, against the policy that was published last, and asks before it signs. Without DIGEST: lists
    what waits; exit code 1 if something does.
    """
    found = settings_of(config_file, broker, options)
    signers = _signers(found, keys, passphrase_file) if digest else []
    feed = _feed(found, signers)
    if digest is None:
        return _list(feed)
    raw, published = _waiting(feed, digest)
    _show(feed, published)
    for signer in signers:
        raw = signed_too(raw, signer)
    _refuse_strangers(raw, feed, len(published.signers) + 1)
    if not yes:
        click.confirm("Put your signature under this?", abort=True, err=True)
    policy_feed.put(found.kafka, raw)
    _say(raw, feed, published.compiled().ref.version)
    return 0


def _signers(found: Settings, keys: tuple[str, ...], passphrase_file: str | None) -> list[signing.Signer]:
    specs = keys or (str(found.pipeline.state_dir / "keys" / "admin.pem"),)
    return [open_signer(spec, passphrase_of(passphrase_file)) for spec in specs]


def _feed(found: Settings, signers: list[signing.Signer]) -> policy_feed.Feed:
    """The topic as the gate and the workers judge it."""
    admins = _admins(found) or Admins({signer.key_id: signer.public for signer in signers})
    feed = policy_feed.Feed(found.kafka, lambda: admins, "policy", tell=False)
    feed.latest()
    return feed


def _admins(found: Settings) -> Admins | None:
    """Who may publish, by the registry in the log, else by the people file; None where neither names anybody."""
    try:
        people = registry(found)
    except (WorldError, RefusedError):
        if found.people is None:
            return None
        people = people_file.parse(people_file.load(found.people, {}))
    admins = Admins.of(people)
    return admins if admins.keys else None


def _refuse_strangers(raw: bytes, feed: policy_feed.Feed, at_least: int = 1) -> None:
    """Raise :class:`RefusedError` where no key that signed is one that counts, or none that did not count before."""
    if len(read(raw, feed.succession.admins().keys).signers) < at_least:
        text = "the key is no administrator's that is enrolled, or has signed this policy before"
        raise RefusedError("bad_signature", f"{text}: `maskgate people list` and the people file say who is enrolled")


def _say(raw: bytes, feed: policy_feed.Feed, version: str) -> None:
    try:
        published = feed.succession.take(raw)
    except RecordError as error:
        if error.code != "second_signature":
            raise RefusedError(error.code, error.detail) from None
        digest = read(raw, {}).compiled().ref.digest[:DIGITS]
        click.echo(f"{visible(version)} waits for another administrator: {error.detail}")
        click.echo(f"the other one runs: maskgate policy approve {digest}")
        return
    ref = published.compiled().ref
    click.echo(f"published {ref.id} {visible(ref.version)} ({ref.digest[:12]})")


def _waits(feed: policy_feed.Feed) -> list[tuple[bytes, Published, str]]:
    keys = feed.succession.admins().keys
    return [(raw, read(raw, keys), why) for raw, why in feed.succession.waiting.values()]


def _list(feed: policy_feed.Feed) -> int:
    waiting = _waits(feed)
    for _, published, why in waiting:
        ref = published.compiled().ref
        click.echo(f"{ref.digest[:DIGITS]}  {ref.id} {visible(ref.version)}, by {', '.join(published.signers)}: {why}")
    if not waiting:
        click.echo("no policy waits for a signature", err=True)
    return 1 if waiting else 0


def _waiting(feed: policy_feed.Feed, digest: str) -> tuple[bytes, Published]:
    """The message of the newest policy that waits and whose digest begins so.

    Raises:
        RefusedError: there is none.
    """
    for raw, published, _ in reversed(_waits(feed)):
        if len(digest) >= DIGITS and published.compiled().ref.digest.startswith(digest):
            return raw, published
    raise RefusedError(
        "nothing_waits",
        "no policy with this digest waits (32 digits at least): it is in force, or a newer one is; "
        "`maskgate policy approve` lists what waits",
    )


def _show(feed: policy_feed.Feed, published: Published) -> None:
    """What the policy changes, every character of it to be seen: who signs it reads this, and nothing else."""
    last = feed.succession.last()
    old = f"{last.ref.id} {last.ref.version}" if last else "nothing was published before; the files of the hosts"
    click.echo(f"{visible(published.name)}, number {published.number}, signed by {', '.join(published.signers)}")
    for line in difflib.unified_diff(_lines(last.text if last else b""), _lines(published.text), old, "new", "", "", 2):
        click.echo(visible(line))


def _lines(text: bytes) -> list[str]:
    return text.decode("utf-8", "replace").split("\n") if text else []
