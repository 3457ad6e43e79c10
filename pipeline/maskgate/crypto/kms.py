"""Key services that wrap the keyring's secrets, so that the file alone opens nothing.

``vault``: the transit engine of HashiCorp Vault or OpenBao over HTTP (httpx). ``file``: AES-256-GCM under a key in
another file; for tests, and for machines where that file is a mounted secret.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any, Protocol

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, KeyringError, WorldError


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
    raise ConfigurationError("keyring: 'kms' needs kind: vault (address, key) or kind: file (path)")


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
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

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
        from cryptography.exceptions import InvalidTag

        data = base64.b64decode(wrapped)
        try:
            secret: bytes = self._cipher().decrypt(data[:12], data[12:], b"maskgate.keyring")
        except (InvalidTag, ValueError):
            raise KeyringError(f"{self._path}: this wrapping key does not open the keyring") from None
        return secret

    def describe(self) -> dict[str, str]:
        return {"kind": "file", "path": str(self._path)}


class VaultTransit:
    """The transit engine of Vault or OpenBao; the token comes from ``VAULT_TOKEN`` or ``VAULT_TOKEN_FILE``."""

    def __init__(self, address: str, key: str, client: Any = None) -> None:
        if not address or not key:
            raise ConfigurationError("keyring: kms vault needs an address and a key name")
        self._address = address.rstrip("/")
        self._key = key
        self._client = client

    def _call(self, verb: str, body: dict[str, str]) -> dict[str, Any]:
        import httpx

        client = self._client or httpx.Client(timeout=10.0)
        url = f"{self._address}/v1/transit/{verb}/{self._key}"
        try:
            response = client.post(url, json=body, headers={"X-Vault-Token": self._token()})
        except httpx.HTTPError as error:
            raise WorldError(f"{self._address}: the key service does not answer: {type(error).__name__}") from None
        if response.status_code != 200:
            raise WorldError(f"{self._address}: the key service refused to {verb} with status {response.status_code}")
        try:
            data = response.json()["data"]
        except (ValueError, KeyError, TypeError):
            raise WorldError(f"{self._address}: the key service's answer cannot be read") from None
        if not isinstance(data, dict):
            raise WorldError(f"{self._address}: the key service's answer cannot be read")
        return data

    def _token(self) -> str:
        file = os.environ.get("VAULT_TOKEN_FILE")
        try:
            token = filemodes.read_secret(Path(file)).decode().strip() if file else os.environ.get("VAULT_TOKEN", "")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"VAULT_TOKEN_FILE: cannot be read: {type(error).__name__}") from None
        if not token:
            raise ConfigurationError("the key service needs VAULT_TOKEN or VAULT_TOKEN_FILE")
        return token

    def wrap(self, secret: bytes) -> str:
        return str(self._call("encrypt", {"plaintext": base64.b64encode(secret).decode()})["ciphertext"])

    def unwrap(self, wrapped: str) -> bytes:
        return base64.b64decode(str(self._call("decrypt", {"ciphertext": wrapped})["plaintext"]))

    def describe(self) -> dict[str, str]:
        return {"kind": "vault", "address": self._address, "key": self._key}
