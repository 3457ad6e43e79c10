"""A security key in software: ES256, user verification, a counter that a test may set back."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from maskgate.crypto import signing, webauthn
from maskgate.people.registry import webauthn_key_id


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Passkey:
    """One credential; ``count`` is what the next signature says, and goes up by ``step``."""

    def __init__(
        self, name: bytes, count: int = 1, step: int = 1, origin: str = "http://localhost:8300", **more: Any
    ) -> None:
        self.credential_id, self.count, self.step, self.origin = name, count, step, origin
        self.more = more  # further members of what the browser signs
        self.secret = ec.derive_private_key(int.from_bytes(hashlib.sha256(name).digest(), "big"), ec.SECP256R1())

    @property
    def key_id(self) -> str:
        return webauthn_key_id(self.credential_id)

    def entry(self) -> dict[str, Any]:
        """The key's entry in the people file."""
        numbers = self.secret.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return {"webauthn": {"credential_id": self.credential_id.hex(), "public": cbor2.dumps(cose).hex()}}

    def answer(self, payload_type: str, payload: bytes) -> dict[str, str]:
        """What the browser gives for these bytes (members in base64url)."""
        challenge = b64(webauthn.challenge(payload_type, payload))
        told = {"type": "webauthn.get", "challenge": challenge, "origin": self.origin} | self.more
        client = json.dumps(told).encode()
        auth = hashlib.sha256(b"localhost").digest() + b"\x05" + self.count.to_bytes(4, "big")
        self.count += self.step
        sig = self.secret.sign(auth + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return {"authenticatorData": b64(auth), "clientDataJSON": b64(client), "signature": b64(sig)}

    def signature(self, payload_type: str, payload: bytes) -> tuple[str, bytes]:
        """Key id and signature for an envelope."""
        return self.key_id, webauthn.signature_of(self.answer(payload_type, payload))

    def seal(self, payload_type: str, payload: bytes) -> bytes:
        """An envelope signed by this key."""
        return signing.wrap(payload_type, payload, [self.signature(payload_type, payload)])
