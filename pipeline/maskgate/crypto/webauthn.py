"""Votes made in a browser: a WebAuthn assertion whose challenge is the digest of the vote.

The signature field of the envelope holds, in JSON, ``authenticatorData``, ``clientDataJSON`` and ``signature``
(base64url). The challenge must be SHA-256 over the DSSE pre-authentication encoding, so an assertion fits one vote
only. User verification is required; the relying party and the exact origins come from the gate's configuration.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maskgate.base.errors import RecordError
from maskgate.crypto import canonical, points, signing

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ES256, EDDSA = -7, -8


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom an assertion must be made."""

    rp_id: str = "localhost"
    origins: tuple[str, ...] = ("http://localhost:8300",)


@dataclass(frozen=True, slots=True)
class Credential:
    """A registered credential: what ``webauthn:`` keys of the people registry hold, in hex."""

    credential_id: bytes
    cose_key: bytes


def register(attestation: str, client_data: str, given: bytes, party: RelyingParty) -> Credential:
    """The credential of a registration (members in base64url) that answers the challenge ``given``.

    The attestation statement is not judged: what counts is that an admin signs the enrolment of this credential.

    Raises:
        RecordError: code ``bad_registration``.
    """
    try:
        auth = cbor2.loads(_b64(attestation))["authData"]
        client = canonical.loads(_b64(client_data))
        size = int.from_bytes(auth[53:55], "big")
        credential_id, cose_key = auth[55 : 55 + size], auth[55 + size :]
        if not _client_fits(client, given, party, "webauthn.create") or not _authenticator_fits(auth, party):
            raise ValueError
        if not auth[32] & ATTESTED or cbor2.loads(cose_key).get(3) not in (ES256, EDDSA) or not credential_id:
            raise ValueError
    except (RecordError, ValueError, KeyError, TypeError, IndexError, AttributeError, cbor2.CBORDecodeError):
        raise RecordError(
            "bad_registration", "not a registration for this site, or without user verification"
        ) from None
    return Credential(credential_id, cose_key)


def challenge(payload_type: str, payload: bytes) -> bytes:
    """The challenge to give to the browser for this payload."""
    return hashlib.sha256(signing.pae(payload_type, payload)).digest()


def signature_of(assertion: Mapping[str, str]) -> bytes:
    """The envelope's signature field of a browser's ``AuthenticatorAssertionResponse`` (members in base64url)."""
    names = ("authenticatorData", "clientDataJSON", "signature")
    return canonical.dumps({name: assertion[name] for name in names})


def sign_count(signature: bytes) -> int:
    """The signature counter of an assertion; 0: the authenticator keeps none.

    Raises:
        RecordError: code ``malformed_envelope``.
    """
    try:
        return int.from_bytes(_b64(canonical.loads(signature)["authenticatorData"])[33:37], "big")
    except (RecordError, ValueError, KeyError, TypeError):
        raise RecordError("malformed_envelope", "not an assertion") from None


def has_advanced(stored: int, given: int) -> bool:
    """Whether a counter went on: else the authenticator may have a copy (W3C WebAuthn Level 2, 7.2, step 21)."""
    return given > stored or given == stored == 0


def verify_vote(envelope: signing.Envelope, signature: bytes, cose_key: bytes, party: RelyingParty) -> bool:
    """Whether this assertion signs exactly this payload, by this credential, for this relying party."""
    try:
        tree = canonical.loads(signature)
        auth, client_raw, sig = (_b64(tree[n]) for n in ("authenticatorData", "clientDataJSON", "signature"))
        client = canonical.loads(client_raw)
    except (RecordError, ValueError, KeyError, TypeError):
        return False
    wanted = challenge(envelope.payload_type, envelope.payload)
    return (
        _client_fits(client, wanted, party, "webauthn.get")
        and _authenticator_fits(auth, party)
        and _verifies(cose_key, sig, auth + hashlib.sha256(client_raw).digest())
    )


def _authenticator_fits(auth: bytes, party: RelyingParty) -> bool:
    verified = USER_PRESENT | USER_VERIFIED
    return (
        len(auth) >= 37
        and hmac.compare_digest(auth[:32], hashlib.sha256(party.rp_id.encode()).digest())
        and auth[32] & verified == verified
    )


def _client_fits(client: Any, wanted: bytes, party: RelyingParty, kind: str) -> bool:
    if not isinstance(client, dict) or client.get("type") != kind or client.get("crossOrigin", False):
        return False
    if client.get("topOrigin", client.get("origin")) not in party.origins:  # signed inside a frame of another site
        return False
    try:
        given = _b64(client.get("challenge", ""))
    except (ValueError, TypeError):
        return False
    return client.get("origin") in party.origins and hmac.compare_digest(given, wanted)


def _verifies(cose_key: bytes, signature: bytes, data: bytes) -> bool:
    try:
        key = cbor2.loads(cose_key)
        if key.get(3) == ES256 and key.get(1) == 2 and key.get(-1) == 1:
            numbers = ec.EllipticCurvePublicNumbers(
                int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"), ec.SECP256R1()
            )
            numbers.public_key().verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif key.get(3) == EDDSA and key.get(1) == 1 and key.get(-1) == 6 and not points.is_weak(key[-2]):
            Ed25519PublicKey.from_public_bytes(key[-2]).verify(signature, data)
        else:
            return False
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError, cbor2.CBORDecodeError):
        return False
    return True


def _b64(text: str) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not base64url")
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
