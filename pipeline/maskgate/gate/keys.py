"""The gate's keys: what it signs with, what opens sealed originals, what the snapshot's seal is made with."""

from __future__ import annotations

import hashlib

from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.crypto import role_keys, signing
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.keyring_file import KeyringFile, secrets_of
from maskgate.gate.release import Keys


def load_keys(settings: Settings) -> Keys:
    """The keys of the state folder.

    Raises:
        ConfigurationError: a key is missing or locked; the message says how to make it.
    """
    signer = role_keys.signer(settings, "gate")
    if signer is None:
        path = settings.pipeline.state_dir / "keys" / "gate.pem"
        raise ConfigurationError(f"{path}: no such key; run `maskgate keys create gate`")
    keyring = KeyringFile(Keyring.load(settings.pipeline.state_dir))
    return Keys(
        signer=signer,
        item_keys=lambda: secrets_of(keyring.current(), "item"),
        unseal=role_keys.unsealer(settings),
    )


def snapshot_key(signer: signing.Signer) -> bytes:
    """The secret of the snapshot's seal, derived from the gate's key: Ed25519 signatures are deterministic.

    No envelope is ever signed with this prefix: what DSSE signs starts with ``DSSEv1``.
    """
    return hashlib.sha256(signer.sign(b"maskgate.gate.snapshot-key.v1")).digest()
