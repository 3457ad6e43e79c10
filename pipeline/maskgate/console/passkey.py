"""WebAuthn in the browser: what to hand to ``navigator.credentials.get``, and how its answer becomes an envelope."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from maskgate.base.errors import RecordError, RefusedError
from maskgate.client.calls import SIGN_IN_TYPE
from maskgate.crypto import signing, webauthn
from maskgate.people.registry import People, webauthn_key_id


def key_ids(people: People, person_id: str = "") -> list[str]:
    """Usable WebAuthn keys of a person, or of everybody."""
    return [
        k.key_id
        for p in people.persons.values()
        if (not person_id or p.person_id == person_id) and not p.revoked_at
        for k in p.keys
        if k.kind == "webauthn" and k.usable
    ]


def challenge_of(payload_type: str, payload: bytes) -> str:
    """The challenge for the browser, base64url."""
    return base64.urlsafe_b64encode(webauthn.challenge(payload_type, payload)).decode().rstrip("=")


def wrap_assertion(assertion: Mapping[str, Any]) -> bytes:
    """The envelope of a browser's assertion over a drafted payload.

    Raises:
        RecordError: malformed.
    """
    try:
        payload = base64.b64decode(str(assertion["payload"]), validate=True)
        credential = base64.urlsafe_b64decode(str(assertion["credential_id"]) + "==")
        signature = webauthn.signature_of(
            {
                "authenticatorData": str(assertion["authenticator_data"]),
                "clientDataJSON": str(assertion["client_data"]),
                "signature": str(assertion["signature"]),
            }
        )
        return signing.wrap(str(assertion["payload_type"]), payload, [(webauthn_key_id(credential), signature)])
    except (KeyError, ValueError, TypeError, binascii.Error):
        raise RecordError("malformed_envelope", "not an assertion over a drafted payload") from None


def verified_key(raw: bytes, people: People, party: webauthn.RelyingParty) -> tuple[str, int]:
    """Key id and signature counter of an assertion that verifies, for signing in.

    Raises:
        RefusedError: it does not.
    """
    envelope = signing.parse(raw)
    if envelope.payload_type != SIGN_IN_TYPE:
        raise RefusedError("wrong_type", "This signature is for something else.")
    for key_id, signature in envelope.signatures:
        found = people.voter(key_id)
        if found is None or found[1].kind != "webauthn":
            continue
        if webauthn.verify_vote(envelope, signature, bytes.fromhex(found[1].public), party):
            return key_id, webauthn.sign_count(signature)
    raise RefusedError("bad_signature", "The security key's answer does not verify.")
