"""`maskgate keys`: the keys of masking, and the signing keys of the parts."""

from __future__ import annotations

import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from maskgate.base import config, filemodes, meters
from maskgate.base.errors import ConfigurationError, MaskgateError
from maskgate.cli._group import Group
from maskgate.crypto import role_keys
from maskgate.crypto.aws_kms import AwsKms
from maskgate.crypto.hsm import Place
from maskgate.crypto.hsm_keys import HsmKms, HsmSigner
from maskgate.crypto.keyring import VARIABLE, Keyring
from maskgate.crypto.kms import FileKms, VaultTransit
from maskgate.crypto.sealing import create_seal_key
from maskgate.crypto.signing import create_key, key_id, load_public
from maskgate.crypto.vault_signer import VaultSigner

_SEALING = ("gate-seal",)


@click.group("keys", cls=Group)
def command() -> None:
    """Create, rotate, retire and list keys."""


def _place(config_file: str | None, keyring: str | None) -> Path:
    settings, _ = config.load(config_file)
    return Path(keyring) if keyring else settings.pipeline.state_dir


_KEYRING = click.option("--keyring", type=click.Path(), help="Keyring file or state folder.")


@command.command("create")
@click.argument("name", required=False)
@_KEYRING
@click.option(
    "--vault", help="Wrap by, or for a signing key sign in, this Vault (address); VAULT_TOKEN(_FILE) opens it."
)
@click.option("--vault-key", help="Name of the transit key in the Vault: maskgate, or maskgate-NAME for signing.")
@click.option("--aws-kms", metavar="KEY", help="Wrap by this key of AWS KMS: an ARN, an id, or alias/NAME.")
@click.option("--pkcs11", metavar="URI", help="Wrap by, or for a signing key sign in, this token: its PKCS #11 URI.")
@click.option("--wrapping-key", type=click.Path(), help="Wrap the key by the 32 bytes of this file; made if missing.")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False), help="Locks a private key.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def create(
    config_file: str | None,
    name: str | None,
    keyring: str | None,
    vault: str | None,
    vault_key: str | None,
    aws_kms: str | None,
    pkcs11: str | None,
    wrapping_key: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Create the keyring, or a signing key where a NAME is given.

    Without a NAME (or with `keyring`): the keyring for masking, lineage and items.

    With a NAME: a signing key (Ed25519) of that name: pipeline, intake, gate, admin, or a person's; `gate-seal` is the
    sealing key (X25519). The public half stands beside it in NAME.pub. With --vault or --pkcs11 a signing key never
    leaves the Vault or the token; the sealing key is wrapped by it.
    """
    if sum(map(bool, (vault, aws_kms, pkcs11, wrapping_key, passphrase_file))) > 1:
        raise ConfigurationError(
            "--vault, --aws-kms, --pkcs11, --wrapping-key and --passphrase-file exclude each other"
        )
    wraps = partial(_kms, vault, vault_key or "maskgate", aws_kms, pkcs11, wrapping_key)
    if name in (None, "keyring", "mask", "lineage", "item"):
        _create_keyring(_place(config_file, keyring), wraps(), as_json)
        return
    path = _signing_path(_place(config_file, keyring), str(name))
    passphrase = filemodes.read_passphrase(passphrase_file) if passphrase_file else None
    if vault and name not in _SEALING:
        shown = _in_vault(str(name), path, vault, vault_key or f"maskgate-{name}")
    elif pkcs11 and name not in _SEALING:
        shown = _in_token(str(name), path, pkcs11)
    elif vault or aws_kms or pkcs11 or wrapping_key:
        shown = _wrapped(str(name), path, wraps())
    elif name in _SEALING:
        create_seal_key(path, passphrase)
        shown = {"name": name, "file": str(path), "public": str(path.with_suffix(".pub"))}
    else:
        signer = create_key(path, passphrase)
        shown = {"name": name, "file": str(path), "public": str(path.with_suffix(".pub")), "key_id": signer.key_id}
    click.echo(json.dumps(shown) if as_json else "\n".join(f"{k}: {v}" for k, v in shown.items()))


def _signing_path(place: Path, name: str) -> Path:
    if not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or name.startswith("."):
        raise ConfigurationError(f"'{name}' is no key name: letters, digits, '-', '_' and '.'")
    return (place.parent if place.suffix == ".json" else place / "keys") / f"{name}.pem"


def _kms(vault: str | None, vault_key: str, aws: str | None, pkcs11: str | None, wrapping_key: str | None) -> Any:
    """What wraps; None where nothing does."""
    if wrapping_key:
        path = Path(wrapping_key)
        return FileKms(path) if path.exists() else FileKms.create(path)
    if aws:
        return AwsKms(aws)
    if pkcs11:
        return HsmKms(Place.parse(pkcs11, "maskgate"))
    return VaultTransit(vault, vault_key) if vault else None


def _in_vault(name: str, path: Path, vault: str, vault_key: str) -> dict[str, str]:
    """A signing key that never leaves the Vault."""
    public = _public_of(path)
    signer = VaultSigner.create(vault, vault_key, public)
    settings = f"keys: {{vault: {vault}, in_vault: {{{name}: {vault_key}}}}}"
    return {"name": name, "public": str(public), "key_id": signer.key_id, "settings": settings}


def _in_token(name: str, path: Path, uri: str) -> dict[str, str]:
    """A signing key that never leaves the token."""
    public = _public_of(path)
    signer = HsmSigner.create(uri, f"maskgate-{name}", public)
    settings = f'keys: {{in_pkcs11: {{{name}: "{signer.place.uri()}"}}}}'
    return {"name": name, "public": str(public), "key_id": signer.key_id, "settings": settings}


def _public_of(path: Path) -> Path:
    """The file of the public half, where no private half lies."""
    if path.exists():
        raise ConfigurationError(f"{path}: there is a key already; move it away to make a new one")
    return path.with_suffix(".pub")


def _wrapped(name: str, path: Path, kms: Any) -> dict[str, str]:
    """A private key in a file that holds ciphertext only."""
    key = X25519PrivateKey.generate() if name in _SEALING else Ed25519PrivateKey.generate()
    role_keys.wrap(path.parent, name, key, kms)
    return {
        "name": name,
        "file": str(role_keys.wrapped_file(path.parent, name)),
        "public": str(path.with_suffix(".pub")),
    }


def _create_keyring(place: Path, kms: Any, as_json: bool) -> None:
    ring = Keyring.create(place, kms)
    shown = {"file": str(ring.path), "keys": {k.purpose: k.id for k in ring.every()}}
    if as_json:
        click.echo(json.dumps(shown))
        return
    click.echo(f"{ring.path}: " + ", ".join(f"{k.purpose} {k.id}" for k in ring.every()))
    click.echo("Keep a copy in a safe place: without these keys no token opens again.", err=True)


@command.command("list")
@_KEYRING
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def list_keys(config_file: str | None, keyring: str | None, as_json: bool) -> None:
    """Id, purpose, date and state of every key; never a secret."""
    place = _place(config_file, keyring)
    rows: list[dict[str, Any]] = [
        {"id": k.id, "purpose": k.purpose, "state": k.state, "created": k.created} for k in Keyring.load(place).every()
    ]
    folder = place.parent if place.suffix == ".json" else place / "keys"
    files = sorted(folder.glob("*.pem"))
    rows += [{"id": _public_id(f), "purpose": f.stem, "state": "active", "created": ""} for f in files]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['id']:<16} {row['purpose']:<12} {row['state']:<13} {row['created']}".rstrip())


def _public_id(file: Path) -> str:
    try:
        return key_id(load_public(file.with_suffix(".pub")))
    except MaskgateError:
        return "-"


@command.command("rotate")
@click.argument("purpose", type=click.Choice(["mask", "lineage", "item"]))
@_KEYRING
@click.option("--wait", "wait_s", default=60.0, show_default=True, help="Seconds to wait for this host's workers.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def rotate(config_file: str | None, purpose: Any, keyring: str | None, wait_s: float, as_json: bool) -> None:
    """Make a new active key; the old one becomes decrypt-only, so that its tokens still open.

    Tokens, hashes and stand-ins made from now on differ from the old ones, unless the policy pins the old key.

    Running workers take it without a restart; the command waits for those of this host and names each. Exit code 1
    where one has not taken it in time.
    """
    ring = _owned(config_file, keyring)
    old = ring.key(purpose).id
    new = ring.rotate(purpose)
    ring.save()
    if not as_json:
        click.echo(f"{purpose}: {new.id} is active, {old} opens old tokens only")
    taken, missing = _taken_by(_state_dir(config_file, keyring), purpose, new.id, wait_s)
    if as_json:
        click.echo(json.dumps({"purpose": purpose, "new": new.id, "old": old, "taken": taken, "missing": missing}))
    else:
        _tell_taken(taken, missing)
    if missing:
        raise SystemExit(1)


def _state_dir(config_file: str | None, keyring: str | None) -> Path:
    place = _place(config_file, keyring)
    return place.parent.parent if place.suffix == ".json" else place


def _taken_by(state_dir: Path, purpose: str, key_id: str, wait_s: float) -> tuple[list[str], list[str]]:
    """Running workers of this host that use the key, and those that did not take it in time."""
    until = time.monotonic() + wait_s
    while True:
        workers = meters.keys_in_use(state_dir)
        taken = [name for name, used in workers.items() if used.get(purpose) == key_id]
        missing = [name for name in workers if name not in taken]
        if not missing or time.monotonic() >= until:
            return taken, missing
        time.sleep(0.2)


def _tell_taken(taken: list[str], missing: list[str]) -> None:
    for name in taken:
        click.echo(f"{name}: uses it now", err=True)
    for name in missing:
        click.echo(f"{name}: has not taken it; see its log (keys_refused) or 'maskgate doctor'", err=True)
    if not taken and not missing:
        click.echo("no worker runs on this host with this keyring", err=True)
    click.echo("Other hosts: copy the keyring's file there; their workers take it within a second.", err=True)


@command.command("retire")
@click.argument("key_id")
@_KEYRING
@click.pass_obj
def retire(config_file: str | None, key_id: str, keyring: str | None) -> None:
    """Take a decrypt-only key out of use: its tokens do not open any more."""
    ring = _owned(config_file, keyring)
    ring.retire(key_id)
    ring.save()
    click.echo(f"{key_id}: retired")


def _owned(config_file: str | None, keyring: str | None) -> Any:
    """The keyring in its file; one that comes from the environment cannot be written."""
    if os.environ.get(VARIABLE):
        raise ConfigurationError(f"the keyring comes from {VARIABLE}; change it where that is set")
    return Keyring.load(_place(config_file, keyring))
