"""Key services that wrap the keyring's secrets, so that the file alone opens nothing.

``vault``: the transit engine of HashiCorp Vault or OpenBao over HTTP (httpx). ``file``: AES-256-GCM under a key in
another file; for tests, and for machines where that file is a mounted secret. ``aws`` and ``pkcs11`` stand in modules
of their own: their libraries are extras.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, KeyringError
from maskgate.crypto.aws_kms import AwsKms
from maskgate.crypto.hsm import Place
from maskgate.crypto.hsm_keys import HsmKms
from maskgate.crypto.vault import Vault


class Kms(Protocol):
    """Wraps and unwraps the secrets of a keyring."""

    def wrap(self, secret: bytes) -> str:
        """Ciphertext that may stand in a file."""

    def unwrap(self, wrapped: str) -> bytes:
        """The secret of such a ciphertext."""

    def describe(self) -> dict[str, str]:
        """What the keyring file says about the service; no credential."""


def open_kms(described: Any) -> Kms:
    """The service that a keyring file names.

    Raises:
        ConfigurationError: it names none that we know.
    """
    if isinstance(described, dict):
        kind = described.get("kind")
        if kind == "vault":
            return VaultTransit(str(described.get("address", "")), str(described.get("key", "")))
        if kind == "file":
            return FileKms(Path(str(described.get("path", ""))))
        if kind == "aws":
            return AwsKms(str(described.get("key", "")))
        if kind == "pkcs11":
            return HsmKms(Place.parse(str(described.get("uri", ""))))
    raise ConfigurationError("'kms' needs kind: vault (address, key), aws (key), pkcs11 (uri) or file (path)")


class FileKms:
    """AES-256-GCM under 32 bytes of a file that only the owner reads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def create(cls, path: Path) -> FileKms:
        """A new key file."""
        filemodes.create_secret(path, os.urandom(32))
        return cls(path)

    def _cipher(self) -> Any:
        try:
            return AESGCM(filemodes.read_secret(self._path))
        except OSError as error:
            raise KeyringError(f"{self._path}: the wrapping key cannot be read: {error.strerror}") from None
        except ValueError:
            raise KeyringError(f"{self._path}: a wrapping key has 32 bytes") from None

    def wrap(self, secret: bytes) -> str:
        nonce = os.urandom(12)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, secret, b"maskgate.keyring")).decode()

    def unwrap(self, wrapped: str) -> bytes:
        data = base64.b64decode(wrapped)
        try:
            secret: bytes = self._cipher().decrypt(data[:12], data[12:], b"maskgate.keyring")
        except (InvalidTag, ValueError):
            raise KeyringError(f"{self._path}: this wrapping key does not open the keyring") from None
        return secret

    def describe(self) -> dict[str, str]:
        return {"kind": "file", "path": str(self._path)}


class VaultTransit:
    """Wraps by a key of the transit engine of Vault or OpenBao."""

    def __init__(self, address: str, key: str, client: Any = None) -> None:
        if not address or not key:
            raise ConfigurationError("keyring: kms vault needs an address and a key name")
        self._vault = Vault(address, client)
        self._key = key

    def wrap(self, secret: bytes) -> str:
        body = {"plaintext": base64.b64encode(secret).decode()}
        return str(self._vault.call("POST", f"encrypt/{self._key}", body)["ciphertext"])

    def unwrap(self, wrapped: str) -> bytes:
        answer = self._vault.call("POST", f"decrypt/{self._key}", {"ciphertext": wrapped})
        return base64.b64decode(str(answer["plaintext"]))

    def describe(self) -> dict[str, str]:
        return {"kind": "vault", "address": self._vault.address, "key": self._key}
