"""Original bytes sealed to the gate: workers can seal, only the gate can open.

HPKE (RFC 9180, X25519 / HKDF-SHA256 / ChaCha20-Poly1305) from ``cryptography``; the item's id is bound in as ``info``,
so that a sealed original moved to another item does not open.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.crypto import points, signing

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def create_seal_key(path: Path, passphrase: str | None = None) -> X25519PrivateKey:
    """Write a new sealing key to ``path`` (0600) and its public half to ``<path>.pub``."""
    key = X25519PrivateKey.generate()
    signing.store(path, key, passphrase)
    return key


def load_seal_key(path: Path, passphrase: str | None = None) -> X25519PrivateKey:
    """The gate's private sealing key.

    Raises:
        ConfigurationError: no such file, not an X25519 key, or the passphrase does not open it.
    """
    key = signing.load_private(path, passphrase)
    if not isinstance(key, X25519PrivateKey):
        raise ConfigurationError(f"{path}: not an X25519 key")
    return key


def load_seal_public(path: Path) -> X25519PublicKey:
    """The public half, for the workers."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot read the public key: {error.strerror}") from None
    except ValueError:
        raise ConfigurationError(f"{path}: not a PEM public key") from None
    if not isinstance(key, X25519PublicKey):
        raise ConfigurationError(f"{path}: not an X25519 key")
    return key


def seal(plaintext: bytes, public: X25519PublicKey, item_id: str) -> bytes:
    """Ciphertext that only the gate can open, and only as this item."""
    return _SUITE.encrypt(plaintext, public, info=_info(item_id))


def unseal(sealed: bytes, private: X25519PrivateKey, item_id: str) -> bytes:
    """The original.

    Raises:
        RecordError: code ``unsealable``; another key, another item, or changed bytes. Nothing is released.
    """
    try:
        return _SUITE.decrypt(sealed, private, info=_info(item_id))
    except (InvalidTag, ValueError):
        raise RecordError("unsealable", "the sealed original does not open with this key as this item") from None


def seal_to_signer(plaintext: bytes, public: bytes, use: str) -> bytes:
    """Ciphertext that only the holder of a signing key can open, and only for this use.

    Raises:
        RecordError: code ``unsealable``; the key is of low order.
    """
    if points.is_weak(public):
        raise RecordError("unsealable", "nothing is sealed to a key of low order")
    return _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(points.montgomery(public)), info=use.encode())


def unseal_as_signer(sealed: bytes, signer: signing.FileSigner, use: str) -> bytes:
    """What was sealed to a signing key.

    Raises:
        RecordError: code ``unsealable``; another key, another use, or changed bytes.
    """
    try:
        return _SUITE.decrypt(sealed, signer.exchange_key(), info=use.encode())
    except (InvalidTag, ValueError):
        raise RecordError("unsealable", "this does not open with this key for this use") from None


def _info(item_id: str) -> bytes:
    return b"maskgate.item.v1 " + item_id.encode()
