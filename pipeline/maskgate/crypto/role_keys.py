"""The private keys of the roles, wherever they are: in a file, locked by a passphrase, wrapped, in a Vault or HSM.

One interface for all roles: :func:`signer` and :func:`unsealer`. A passphrase comes from a file that the settings or
``MASKGATE_KEYS_PASSPHRASE_FILE`` name, or from a credential of systemd; never from a command line.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from maskgate.base import filemodes
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.crypto import signing
from maskgate.crypto.hsm import Place
from maskgate.crypto.hsm_keys import HsmSigner
from maskgate.crypto.kms import Kms, open_kms
from maskgate.crypto.vault_signer import VaultSigner

_CREDENTIAL = "maskgate-passphrase"


def signer(settings: Settings, name: str) -> signing.Signer | None:
    """What signs as ``name`` (pipeline, intake, gate, console, lineage); None where there is no such key.

    Raises:
        ConfigurationError: the key is there and cannot be used; the message says what is missing.
    """
    folder = settings.pipeline.state_dir / "keys"
    if name in settings.keys.in_vault:
        return VaultSigner.pinned(settings.keys.vault, settings.keys.in_vault[name], folder / f"{name}.pub")
    if name in settings.keys.in_pkcs11:
        return HsmSigner.pinned(settings.keys.in_pkcs11[name], folder / f"{name}.pub")
    key = _private(settings, name)
    if key is None:
        return None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{folder / name}.pem: not an Ed25519 key")
    return signing.in_memory(key)


def unsealer(settings: Settings) -> X25519PrivateKey | None:
    """What opens sealed originals; None where there is no such key.

    Raises:
        ConfigurationError: see :func:`signer`.
    """
    key = _private(settings, "gate-seal")
    if key is not None and not isinstance(key, X25519PrivateKey):
        raise ConfigurationError(f"{settings.pipeline.state_dir / 'keys' / 'gate-seal.pem'}: not an X25519 key")
    return key


def place(settings: Settings, name: str) -> str:
    """Where a key is, for people; "" where there is none."""
    folder = settings.pipeline.state_dir / "keys"
    if name in settings.keys.in_vault:
        return f"in the Vault, as {settings.keys.in_vault[name]}"
    if name in settings.keys.in_pkcs11:
        return f"in a PKCS #11 token, as {Place.parse(settings.keys.in_pkcs11[name])}"
    if wrapped_file(folder, name).exists():
        return str(wrapped_file(folder, name))
    path = folder / f"{name}.pem"
    return str(path) if path.exists() else ""


def wrapped_file(folder: Path, name: str) -> Path:
    """The file of a private key that a key service wraps."""
    return folder / f"{name}.wrapped.json"


def wrap(folder: Path, name: str, key: Ed25519PrivateKey | X25519PrivateKey, kms: Kms) -> None:
    """Write a private key wrapped by a key service, and its public half beside it.

    Raises:
        ConfigurationError: there is a key already.
    """
    if (folder / f"{name}.pem").exists():
        raise ConfigurationError(f"{folder / name}.pem: there is a key already; move it away to make a new one")
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    tree = {"version": 1, "kms": kms.describe(), "wrapped": kms.wrap(pem)}
    path = wrapped_file(folder, name)
    try:
        filemodes.create_secret(path, json.dumps(tree).encode())
    except FileExistsError:
        raise ConfigurationError(f"{path}: there is a key already; move it away to make a new one") from None
    filemodes.write_public(folder / f"{name}.pub", signing.public_half(key))


def _private(settings: Settings, name: str) -> object | None:
    folder = settings.pipeline.state_dir / "keys"
    if wrapped_file(folder, name).exists():
        return _unwrapped(wrapped_file(folder, name))
    path = folder / f"{name}.pem"
    if not path.exists():
        return None
    return signing.load_private(path, passphrase(settings, name, path) if signing.is_locked(path) else None)


def _unwrapped(path: Path) -> object:
    try:
        tree: Any = json.loads(filemodes.read_secret(path))
        kms, wrapped = open_kms(tree["kms"]), str(tree["wrapped"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(f"{path}: not a wrapped key; make one with `maskgate keys create`") from None
    return signing.parse_private(kms.unwrap(wrapped), str(path))


def passphrase(settings: Settings, name: str, path: Path) -> str:
    """What unlocks a role's key: the file of the settings, else a credential of systemd.

    Raises:
        ConfigurationError: there is neither.
    """
    if settings.keys.passphrase_file is not None:
        return filemodes.read_passphrase(settings.keys.passphrase_file)
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    for credential in (f"{_CREDENTIAL}-{name}", _CREDENTIAL) if folder else ():
        if (Path(folder) / credential).exists():
            return filemodes.read_passphrase(Path(folder) / credential)
    raise ConfigurationError(
        f"{path}: locked by a passphrase, which a role cannot type; name its file as keys.passphrase_file "
        f"(MASKGATE_KEYS_PASSPHRASE_FILE), or give systemd's LoadCredential={_CREDENTIAL}:FILE"
    )
