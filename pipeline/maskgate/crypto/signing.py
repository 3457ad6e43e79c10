"""DSSE envelopes with Ed25519, and the keys that sign them.

A key lives in ``<name>.pem`` (PKCS8, 0600, optional passphrase) with its public half in ``<name>.pub`` (PEM). Its id is
``ed25519:`` + the first 32 hex digits of SHA-256 over the raw public key. The envelope is the one of
https://github.com/secure-systems-lab/dsse; securesystemslib reads it, and a test holds us to that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.crypto import canonical, points

MAX_SIGNATURES = 8


class Signer(Protocol):
    """Something that signs as one key: a file, or an ssh-agent."""

    @property
    def public(self) -> bytes:
        """The raw public key (32 bytes)."""

    @property
    def key_id(self) -> str:
        """Id of the key."""

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature of the data."""


@dataclass(frozen=True, slots=True)
class FileSigner:
    """A private key in memory."""

    _key: Ed25519PrivateKey
    public: bytes
    key_id: str

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)

    def exchange_key(self) -> X25519PrivateKey:
        """The X25519 key of the same secret (RFC 8032, 5.1.5): opens what was sealed to ``public``."""
        seed = self._key.private_bytes_raw()
        return X25519PrivateKey.from_private_bytes(hashlib.sha512(seed).digest()[:32])

    def __repr__(self) -> str:
        return f"FileSigner({self.key_id})"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A parsed, not yet verified envelope."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


def key_id(public: bytes) -> str:
    """Id of a raw public key."""
    return "ed25519:" + hashlib.sha256(public).hexdigest()[:32]


def generate() -> FileSigner:
    """A new key that is not written anywhere."""
    return in_memory(Ed25519PrivateKey.generate())


def from_seed(seed: bytes) -> FileSigner:
    """The key of a 32-byte seed, for tests and fixtures."""
    return in_memory(Ed25519PrivateKey.from_private_bytes(seed))


def create_key(path: Path, passphrase: str | None = None) -> FileSigner:
    """Write a new key to ``path`` and its public half beside it.

    Raises:
        ConfigurationError: the file exists; a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    store(path, key, passphrase)
    return in_memory(key)


def store(path: Path, key: Ed25519PrivateKey | X25519PrivateKey, passphrase: str | None) -> None:
    """Write a private key (0600) and its public half beside it, both as PEM.

    Raises:
        ConfigurationError: the file exists; a key is never overwritten.
    """
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase.encode())
    pem = serialization.Encoding.PEM
    try:
        filemodes.create_secret(path, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, lock))
    except FileExistsError:
        raise ConfigurationError(f"{path}: there is a key already; move it away to make a new one") from None
    filemodes.write_public(path.with_suffix(".pub"), public_half(key))


def public_half(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    """PEM text of the public half."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def load_private(path: Path, passphrase: str | None) -> object:
    """The private key of a PEM file, of whatever kind.

    Raises:
        ConfigurationError: no such file, others may read it, not a key, or the passphrase does not open it.
    """
    try:
        pem = filemodes.read_secret(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot read the key: {error.strerror}") from None
    return parse_private(pem, str(path), passphrase)


def parse_private(pem: bytes, where: str, passphrase: str | None = None) -> object:
    """The private key of PEM text, of whatever kind.

    Raises:
        ConfigurationError: not a key, or the passphrase does not open it.
    """
    try:
        return serialization.load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except (TypeError, ValueError):
        raise ConfigurationError(f"{where}: not a PEM key, or the passphrase does not open it") from None


def load_signer(path: Path, passphrase: str | None = None) -> FileSigner:
    """The key of a PEM file.

    Raises:
        ConfigurationError: no such file, not an Ed25519 key, or the passphrase does not open it.
    """
    key = load_private(path, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path}: not an Ed25519 key")
    return in_memory(key)


def is_locked(path: Path) -> bool:
    """Whether the key file needs a passphrase."""
    return b"ENCRYPTED" in filemodes.read_secret(path)[:64]


def load_public(path: Path) -> bytes:
    """The raw public key of a ``.pub`` file (PEM, or one OpenSSH ``ssh-ed25519`` line)."""
    try:
        return parse_public(path.read_text())
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot read the public key: {error.strerror}") from None


def publics(paths: Iterable[Path]) -> dict[str, bytes]:
    """The raw public keys of ``.pub`` files by their ids."""
    return {key_id(public): public for public in map(load_public, paths)}


def parse_public(text: str) -> bytes:
    """The raw public key of PEM, an OpenSSH line, or 64 hex digits.

    Raises:
        ConfigurationError: none of these.
    """
    raw = text.strip()
    try:
        if len(raw) == 64:
            public = bytes.fromhex(raw)
        else:
            load = serialization.load_ssh_public_key if raw.startswith("ssh-") else serialization.load_pem_public_key
            key = load(raw.encode())
            if not isinstance(key, Ed25519PublicKey):
                raise TypeError
            public = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    except Exception:  # the loaders raise many types; none of them may reach the caller with the text in it
        raise ConfigurationError("not an Ed25519 public key: PEM, an ssh-ed25519 line, or 64 hex digits") from None
    if points.is_weak(public):
        raise ConfigurationError("not an Ed25519 public key of anybody: of low order, or spelt in a second way")
    return public


def public_pem(public: bytes) -> str:
    """PEM text of a raw public key."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def pae(payload_type: str, payload: bytes) -> bytes:
    """What is signed: the pre-authentication encoding of DSSE v1."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def seal(payload_type: str, payload: bytes, signers: Sequence[Signer]) -> bytes:
    """An envelope signed by every signer."""
    data = pae(payload_type, payload)
    return wrap(payload_type, payload, [(signer.key_id, signer.sign(data)) for signer in signers])


def wrap(payload_type: str, payload: bytes, signatures: Sequence[tuple[str, bytes]]) -> bytes:
    """Envelope bytes of ready signatures (for example a browser's)."""
    return canonical.dumps(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type,
            "signatures": [{"keyid": kid, "sig": base64.b64encode(sig).decode()} for kid, sig in signatures],
        }
    )


def parse(raw: bytes) -> Envelope:
    """The envelope of these bytes, read strictly; nothing is verified yet.

    Raises:
        RecordError: code ``malformed_envelope``.
    """
    try:
        tree = canonical.loads(raw)
        if set(tree) != {"payload", "payloadType", "signatures"} or not isinstance(tree["payloadType"], str):
            raise ValueError
        signatures = tuple((str(s["keyid"]), _b64(s["sig"])) for s in tree["signatures"] if set(s) == {"keyid", "sig"})
        payload = _b64(tree["payload"])
    except (RecordError, ValueError, TypeError, KeyError, AttributeError):
        raise RecordError("malformed_envelope", "not a DSSE envelope") from None
    if not 0 < len(signatures) == len(tree["signatures"]) <= MAX_SIGNATURES:
        raise RecordError("malformed_envelope", "no signature, or too many")
    return Envelope(tree["payloadType"], payload, signatures)


def verify(envelope: Envelope, keys: Mapping[str, bytes]) -> tuple[str, ...]:
    """Ids of the given keys (id → raw public key) that signed the envelope; unknown key ids are skipped."""
    data = pae(envelope.payload_type, envelope.payload)
    good = []
    for kid, signature in envelope.signatures:
        public = keys.get(kid)
        if public is not None and kid not in good and _valid(public, signature, data):
            good.append(kid)
    return tuple(good)


def _valid(public: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return not points.is_weak(public)


def in_memory(key: Ed25519PrivateKey) -> FileSigner:
    """The signer of a private key that this process holds."""
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return FileSigner(key, public, key_id(public))


def _b64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
