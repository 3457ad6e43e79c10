"""A permit: the gate's signed word that one action may be run once, with exactly these arguments, until a deadline.

The executor verifies it offline with the gate's public key and spends it: at the gate (``Redeem``), or in a local
``SpentLedger`` where there is no gate to ask. The gate lets it be spent only with a fresh proof by a key of who asked
(``prove``): whoever else holds the permit holds nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskgate.approvals.events import PermitIssued
from maskgate.base import filemodes
from maskgate.base.errors import RecordError, RefusedError
from maskgate.crypto import canonical, signing

PAYLOAD_TYPE = "application/vnd.maskgate.permit.v1+json"
PROOF_TYPE = "application/vnd.maskgate.possession.v1+json"
PROOF_LIFE_MS = 300_000


@dataclass(frozen=True, slots=True)
class Permit:
    """What a verified permit allows."""

    permit_id: str
    request_id: str
    request_digest: str
    verb: str
    resource: str
    arguments: str
    arguments_digest: str
    requester: str
    issued: int
    not_after: int


def arguments_digest(arguments: str) -> str:
    """Digest of canonical arguments."""
    return hashlib.sha256(b"arguments.v1 " + arguments.encode()).hexdigest()


def issue(event: PermitIssued, signer: signing.Signer) -> bytes:
    """The signed permit of an event; Ed25519 is deterministic, so issuing again gives the same bytes."""
    tree = {
        "domain": "permit.v1",
        "permit_id": event.permit_id,
        "request_id": event.request_id,
        "request_digest": event.request_digest,
        "verb": event.verb,
        "resource": event.resource,
        "arguments": event.arguments,
        "arguments_digest": event.arguments_digest,
        "requester": event.requester,
        "issued": event.meta.at,
        "not_after": event.not_after,
    }
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [signer])


def verify(
    raw: bytes,
    keys: Mapping[str, bytes],
    *,
    arguments: str | Mapping[str, Any],
    now_ms: int,
    verb: str | None = None,
    resource: str | None = None,
) -> Permit:
    """The permit, if the gate signed it and it allows exactly these arguments now. Does not spend it.

    ``keys`` maps key id → raw public key of the gate. Needs no network.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, ``bad_signature``, ``permit_expired``,
            ``permit_arguments`` (other arguments, verb or resource than approved).
    """
    envelope = _envelope(raw)
    if not signing.verify(envelope, keys):
        raise RecordError("bad_signature", "no signature of the gate")
    permit = _read(envelope.payload)
    if now_ms >= permit.not_after:
        raise RecordError("permit_expired", "the permit's time is over; ask again")
    text = arguments if isinstance(arguments, str) else canonical.snapshot(dict(arguments))
    text = canonical.dumps(canonical.loads(text)).decode()
    same = hmac.compare_digest(arguments_digest(text), permit.arguments_digest)
    if not same or verb not in (None, permit.verb) or resource not in (None, permit.resource):
        raise RecordError("permit_arguments", "these are not the arguments, verb and resource that were approved")
    return permit


def read(raw: bytes) -> Permit:
    """What a permit says; nothing is verified.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type`` or ``malformed_permit``.
    """
    return _read(_envelope(raw).payload)


def _envelope(raw: bytes) -> signing.Envelope:
    envelope = signing.parse(raw)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise RecordError("wrong_type", "not a permit")
    return envelope


def _read(payload: bytes) -> Permit:
    try:
        tree = canonical.loads(payload)
        if tree.pop("domain") != "permit.v1" or type(tree["not_after"]) is not int:
            raise ValueError
        return Permit(**tree)
    except (RecordError, KeyError, TypeError, ValueError, AttributeError):
        raise RecordError("malformed_permit", "the signed payload is not a permit") from None


def prove(permit: bytes, arguments: str, signer: signing.Signer, now_ms: int) -> bytes:
    """The word of who asked that this permit is to be spent now, for these arguments; good for five minutes."""
    tree = {
        "domain": "possession.v1",
        "permit": _fingerprint(permit),
        "arguments_digest": _digest_of(arguments),
        "iat": now_ms,
        "nonce": secrets.token_hex(16),
    }
    return signing.seal(PROOF_TYPE, canonical.dumps(tree), [signer])


def check_proof(proof: bytes, permit: bytes, arguments: str, keys: Mapping[str, bytes], now_ms: int) -> None:
    """Refuse to spend a permit without the word of who asked; ``keys`` are those of the requester.

    Raises:
        RecordError: ``not_the_requester`` (no proof, or by another key, or of another permit), ``stale_proof``.
    """
    try:
        envelope = signing.parse(proof)
        tree = canonical.loads(envelope.payload)
        good = envelope.payload_type == PROOF_TYPE and tree["domain"] == "possession.v1"
        good = good and hmac.compare_digest(str(tree["permit"]).encode(), _fingerprint(permit).encode())
        good = good and hmac.compare_digest(str(tree["arguments_digest"]).encode(), _digest_of(arguments).encode())
        issued = tree["iat"]
    except (RecordError, KeyError, TypeError):
        good, issued = False, 0
    if not good or type(issued) is not int or not signing.verify(envelope, keys):
        raise RecordError("not_the_requester", "a permit is spent with a fresh signature by a key of who asked for it")
    if abs(now_ms - issued) > PROOF_LIFE_MS:
        raise RecordError("stale_proof", "the signature over the permit is not of these minutes; sign it again")


def _fingerprint(permit: bytes) -> str:
    return hashlib.sha256(b"permit.v1 " + _envelope(permit).payload).hexdigest()


def _digest_of(arguments: str) -> str:
    return arguments_digest(canonical.dumps(canonical.loads(arguments)).decode())


class SpentLedger:
    """Which permits were spent on this host: one file each, made with O_EXCL, so that two processes cannot both."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def spend(self, permit: Permit) -> None:
        """Mark a permit as spent.

        Raises:
            RefusedError: code ``permit_spent``.
        """
        name = hashlib.sha256(permit.permit_id.encode()).hexdigest()
        try:
            handle = filemodes.open_secret(self._folder / name, os.O_WRONLY | os.O_EXCL)
        except FileExistsError:
            raise RefusedError("permit_spent", "the permit was used before; ask again") from None
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
