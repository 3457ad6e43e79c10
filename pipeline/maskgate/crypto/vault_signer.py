"""Signing by the transit engine of HashiCorp Vault or OpenBao: the private key never leaves it.

The identity is pinned by the public half that stands beside: whichever version of the transit key has it signs, so
that a rotation inside the Vault changes no identity unseen. Every signature is verified before it is used.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.crypto import signing
from maskgate.crypto.vault import Vault


@dataclass(frozen=True, slots=True)
class VaultSigner:
    """One version of an Ed25519 key of the transit engine."""

    vault: Vault
    name: str
    version: int
    public: bytes

    @property
    def key_id(self) -> str:
        return signing.key_id(self.public)

    @classmethod
    def pinned(cls, address: str, name: str, public_file: Path, vault: Vault | None = None) -> VaultSigner:
        """The version of the key whose public half stands in ``public_file``.

        Raises:
            ConfigurationError: the Vault has no such key, or none with this public half. WorldError: no answer.
        """
        vault, public = vault or Vault(address), signing.load_public(public_file)
        for version, found in _versions(vault, name).items():
            if found == public:
                return cls(vault, name, version, public)
        raise ConfigurationError(f"the Vault's key '{name}' has no version with the public half {public_file}")

    @classmethod
    def create(cls, address: str, name: str, public_file: Path, vault: Vault | None = None) -> VaultSigner:
        """A new key in the Vault; its public half is written to ``public_file``.

        Raises:
            ConfigurationError: there is one already, here or there.
        """
        vault = vault or Vault(address)
        if public_file.exists():
            raise ConfigurationError(f"{public_file}: there is a key already; move it away to make a new one")
        if vault.has(f"keys/{name}"):
            raise ConfigurationError(f"the Vault has a key '{name}' already; choose another name with --vault-key")
        vault.call("POST", f"keys/{name}", {"type": "ed25519", "exportable": False})
        version, public = max(_versions(vault, name).items())
        filemodes.write_public(public_file, signing.public_pem(public).encode())
        return cls(vault, name, version, public)

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature of the data.

        Raises:
            WorldError: the Vault does not answer, refuses, or signed with another key.
        """
        body = {"input": base64.b64encode(data).decode(), "key_version": self.version}
        told = str(self.vault.call("POST", f"sign/{self.name}", body).get("signature", ""))
        try:
            signature = base64.b64decode(told.removeprefix(f"vault:v{self.version}:"), validate=True)
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except (InvalidSignature, binascii.Error, ValueError):
            raise WorldError(f"{self.vault.address}: the signature is not one of the key '{self.name}'") from None
        return signature


def _versions(vault: Vault, name: str) -> dict[int, bytes]:
    """The public halves of an Ed25519 key by their version."""
    found: Any = vault.call("GET", f"keys/{name}", None)
    try:
        if found["type"] != "ed25519":
            raise ConfigurationError(f"the Vault's key '{name}' is of another type than ed25519")
        return {int(n): base64.b64decode(entry["public_key"], validate=True) for n, entry in found["keys"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WorldError(f"{vault.address}: the key service's answer cannot be read") from None
