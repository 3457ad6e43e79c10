"""`maskgate people`: check the people file, and make signed changes of the registry."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from maskgate.approvals import lock_out
from maskgate.approvals.messages import plain
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.cli._group import Group
from maskgate.cli._people_change import change, registry
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.crypto import signing
from maskgate.people import confusables, sync
from maskgate.people import file as people_file
from maskgate.policy import load_policy

_FILE = click.Path(exists=True, dir_okay=False)


@click.group("people", cls=Group)
def command() -> None:
    """Enrol and list the people who review."""


def _signed_by(function: Callable[..., Any], required: bool = True) -> Callable[..., Any]:
    function = click.option(
        "--signer",
        "signers",
        multiple=True,
        required=required,
        metavar="KEY",
        help="Who signs, FILE.pem or agent:FILE.pub: admin, the person's own or new key. May be repeated.",
    )(function)
    function = click.option(
        "--passphrase-file", "passphrase_file", type=_FILE, help="Passphrase of the keys that have one; else asked."
    )(function)
    function = click.option(
        "--wait", "wait_s", default=15.0, show_default=True, help="Seconds to wait for the gate's answer; 0: none."
    )(function)
    function = click.option(
        "-o", "--output", type=click.Path(dir_okay=False), help="Write the change here, not to Kafka."
    )(function)
    return broker_options(function)


@command.command("check")
@click.argument("file", type=_FILE, required=False)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True),
    help="Policy whose quorums must be possible; else the configured, or the built-in one.",
)
@click.pass_obj
def check(config_file: str | None, file: str | None, policy_file: str | None) -> None:
    """Refuse a people file that locks everyone out or lets one person be two. Exit code 2 where it is refused."""
    found = settings(config_file, None, ())
    people = people_file.parse(people_file.load(_path(file, found), _own_keys(found)))
    policy = load_policy(Path(policy_file) if policy_file else found.policy)
    lock_out.refuse_lock_out(people, policy.approvals, _now())
    click.echo(f"good: {len(people.persons)} persons, {len(people.groups)} groups, {len(people.services)} services")


@command.command("list")
@click.option("--file", "file", type=_FILE, help="A people file; else the registry in the approval log on Kafka.")
@broker_options
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def list_(
    config_file: str | None, file: str | None, broker: str | None, options: tuple[str, ...], as_json: bool
) -> None:
    """Show persons with their groups, accounts and keys."""
    found = settings(config_file, broker, options)
    people = people_file.parse(people_file.load(Path(file), {})) if file else registry(found)
    now = _now()
    rows: list[dict[str, Any]] = [
        {
            "person": p.person_id,
            "name": plain.one_line(p.name),
            "domain": plain.one_line(p.domain),
            "groups": list(people.groups_of(p.person_id, now)),
            "accounts": [plain.one_line(str(a)) for a in p.accounts],
            "keys": [f"{k.key_id}{'' if k.usable else ' (revoked)' if k.revoked_at else ' (retired)'}" for k in p.keys],
            "owns": [plain.one_line(str(a)) for a in p.owns],
            "revoked": bool(p.revoked_at),
        }
        for p in people.persons.values()
    ]
    if as_json:
        click.echo(json.dumps({"version": people.version, "persons": rows}, indent=2))
        return
    for row in rows:
        gone = "  REVOKED" if row["revoked"] else ""
        click.echo(f"{row['person']}  {row['name']} ({row['domain']})  {', '.join(row['groups']) or 'no group'}{gone}")
        for line in (*row["accounts"], *row["keys"]):
            click.echo(f"    {line}")


@command.command("enrol")
@click.argument("person_id")
@click.option("--name", required=True, help="Full name, shown to others.")
@click.option("--domain", default="", help="Mail domain, shown with the name.")
@click.option(
    "--account", "accounts", multiple=True, required=True, metavar="ISS SUB", nargs=2, help="A linked account."
)
@click.option("--key", "keys", multiple=True, type=_FILE, help="Public key (.pub, or an ssh-ed25519 line).")
@click.option("--group", "groups", multiple=True, help="Group to put the person into.")
@_signed_by
@click.pass_obj
def enrol(
    config_file: str | None,
    /,
    person_id: str,
    name: str,
    domain: str,
    accounts: tuple[tuple[str, str], ...],
    keys: tuple[str, ...],
    groups: tuple[str, ...],
    **where: Any,
) -> None:
    """Enrol a person. Signed by the admin key and, as proof of possession, by every new key."""
    if confusables.mixes_scripts(name) or confusables.mixes_scripts(person_id):
        raise ConfigurationError("the name mixes scripts whose letters look alike; write it in one script")
    body = {
        "id": person_id,
        "name": name,
        "domain": domain,
        "accounts": [{"iss": iss, "sub": sub} for iss, sub in accounts],
        "keys": [{"public": _public(key)} for key in keys],
        "groups": list(groups),
    }
    change(config_file, "enrol", body, where)


@command.command("service")
@click.argument("name")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["pipeline", "intake", "producer", "console", "admin"]),
    help="What its key may sign.",
)
@click.option("--key", required=True, type=_FILE, help="Its public key (.pub).")
@click.option("--account", nargs=2, metavar="ISS SUB", help="The account that it acts as.")
@_signed_by
@click.pass_obj
def service(
    config_file: str | None, /, name: str, role: str, key: str, account: tuple[str, str] | None, **where: Any
) -> None:
    """Enrol the key of a program: a worker host's, a producer's, an admin's.

    Each worker host can have a key of its own; the gate takes items of every key of the role `pipeline` that is
    enrolled. `people revoke --key` ends one of them. Signed by the admin key and by the new key.
    """
    body = {"name": name, "role": role, "public": _public(key)}
    change(config_file, "service", body | _account(account), where)


@command.command("agent")
@click.argument("name")
@click.option("--key", required=True, type=_FILE, help="Its public key (.pub).")
@click.option("--account", required=True, nargs=2, metavar="ISS SUB", help="The account that it acts as.")
@click.option("--owner", required=True, nargs=2, metavar="ISS SUB", help="An account of the person who answers for it.")
@_signed_by
@click.pass_obj
def agent(
    config_file: str | None, /, name: str, key: str, account: tuple[str, str], owner: tuple[str, str], **where: Any
) -> None:
    """Enrol an agent: a program that asks, and whose owner may not vote on what it asks for.

    Signed by the admin key and by the agent's. It counts as soon as the gate has logged it.
    """
    body: dict[str, Any] = {"name": name, "role": "producer", "kind": "agent", "public": _public(key)}
    body |= {"owner": {"iss": owner[0], "sub": owner[1]}}
    change(config_file, "service", body | _account(account), where)


def _account(account: tuple[str, str] | None) -> dict[str, str]:
    return {"iss": account[0], "sub": account[1]} if account else {}


@command.command("link")
@click.argument("person_id")
@click.option("--account", nargs=2, metavar="ISS SUB", help="A further account.")
@click.option("--key", type=_FILE, help="A further public key.")
@_signed_by
@click.pass_obj
def link(
    config_file: str | None, /, person_id: str, account: tuple[str, str] | None, key: str | None, **where: Any
) -> None:
    """Link an account or a key. Signed by the admin key and by a key the person has; a new key signs as well."""
    if bool(account) == bool(key):
        raise ConfigurationError("give either --account or --key")
    if account:
        change(config_file, "account", {"person": person_id, "account": {"iss": account[0], "sub": account[1]}}, where)
    elif key:
        change(config_file, "key", {"person": person_id, "key": {"public": _public(key)}}, where)


@command.command("group")
@click.argument("group")
@click.argument("members", nargs=-1, required=True)
@_signed_by
@click.pass_obj
def group_(config_file: str | None, /, group: str, members: tuple[str, ...], **where: Any) -> None:
    """Set the members of a group."""
    change(config_file, "group", {"group": group, "members": list(members)}, where)


@command.command("revoke")
@click.option("--person", help="Revoke a person and all keys of theirs.")
@click.option("--key", "key_id", help="Revoke a key that is compromised: votes not yet spent are void.")
@click.option("--retire", "retired", help="Retire a key that is replaced: votes made before stay valid.")
@_signed_by
@click.pass_obj
def revoke(
    config_file: str | None, /, person: str | None, key_id: str | None, retired: str | None, **where: Any
) -> None:
    """Revoke a person or a key, or retire a key. Cannot be undone."""
    if sum(map(bool, (person, key_id, retired))) != 1:
        raise ConfigurationError("give one of --person, --key, --retire")
    if person:
        change(config_file, "revoke_person", {"person": person}, where)
    else:
        change(config_file, "revoke_key" if key_id else "retire_key", {"key_id": key_id or retired}, where)


@command.command("sync")
@click.argument("file", type=_FILE)
@click.option("--issuer", required=True, help="The provider, as its ID tokens say it.")
@click.option("--sub", default="id", show_default=True, type=click.Choice(sync.SUBS), help="What its tokens call sub.")
@click.option("--group", "groups", multiple=True, metavar="HERE=THERE", help="A group here and its name there.")
@click.option("--revoke-at-most", "most", default=3, show_default=True, help="More revocations than these are refused.")
@click.option("--people", "people", type=_FILE, help="A people file; else the registry in the approval log on Kafka.")
@partial(_signed_by, required=False)
@click.pass_obj
def sync_(
    config_file: str | None,
    /,
    file: str,
    issuer: str,
    sub: str,
    groups: tuple[str, ...],
    most: int,
    people: str | None,
    **where: Any,
) -> None:
    """Hold the registry against a provider's list of users (SCIM), and show the changes that make both agree.

    With --signer each is signed and sent, after you have read them without it. Who left is revoked, groups follow, and
    nobody is enrolled. Exit code 1: there are changes that were not made.
    """
    if wrong := [one for one in groups if not all(one.partition("="))]:
        raise ConfigurationError(f"--group {wrong[0]}: write HERE=THERE, for example privacy='Privacy Team'")
    have = people_file.parse(people_file.load(Path(people), {})) if people else None
    have = have or registry(settings(config_file, where["broker"], where["options"]))
    named = dict(one.split("=", 1) for one in groups)
    planned = sync.plan(have, sync.members_of(Path(file).read_bytes(), sub), issuer, named)
    for note in planned.notes:
        click.echo(f"note: {plain.one_line(note, 300)}", err=True)
    for step in planned.steps:
        click.echo(f"{step.change}  {plain.one_line(step.why, 500)}")
    if planned.revoked > most:
        raise ConfigurationError(
            f"this would revoke {planned.revoked} persons, which cannot be undone; is the list whole? If it is meant, "
            f"say --revoke-at-most {planned.revoked}"
        )
    if planned.steps and not where["signers"]:
        raise click.exceptions.Exit(1)
    for step in planned.steps:
        change(config_file, step.change, step.body, where)


@command.command("delegate")
@click.argument("giver")
@click.argument("taker")
@click.option("--group", "groups", multiple=True, required=True, help="Group whose vote is lent.")
@click.option("--from", "start", required=True, help="ISO 8601.")
@click.option("--to", "end", required=True, help="ISO 8601.")
@_signed_by
@click.pass_obj
def delegate(
    config_file: str | None, /, giver: str, taker: str, groups: tuple[str, ...], start: str, end: str, **where: Any
) -> None:
    """Lend one's vote in a group for a period. Signed by the giver."""
    body = {"giver": giver, "taker": taker, "groups": list(groups), "start": start, "end": end}
    change(config_file, "delegate", body, where)


@command.command("away")
@click.argument("person")
@click.option("--from", "start", required=True, help="ISO 8601.")
@click.option("--to", "end", required=True, help="ISO 8601.")
@_signed_by
@click.pass_obj
def away(config_file: str | None, /, person: str, start: str, end: str, **where: Any) -> None:
    """Say that somebody is out of office. Signed by the person or an admin."""
    change(config_file, "away", {"person": person, "start": start, "end": end}, where)


def _public(path: str) -> str:
    return signing.load_public(Path(path)).hex()


def _path(file: str | None, found: Settings) -> Path:
    if file:
        return Path(file)
    if found.people is None:
        raise ConfigurationError("name a people file, or set `people:` in the configuration")
    return found.people


def _own_keys(found: Settings) -> dict[str, Path]:
    folder = found.pipeline.state_dir / "keys"
    roles: Sequence[str] = ("pipeline", "intake", "gate", "console", "admin")
    return {role: folder / f"{role}.pub" for role in roles if (folder / f"{role}.pub").exists()}


def _now() -> int:
    return time.time_ns() // 1_000_000
