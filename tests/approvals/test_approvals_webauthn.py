"""WebAuthn votes: assertions that Chromium's virtual authenticator made, and every way to spoil them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from fakes.fake_office import Office, moves, people_tree, refusals
from maskgate.approvals import commands, signing, votes, webauthn
from maskgate.approvals.model import ItemState
from maskgate.approvals.people import webauthn_key_id
from maskgate.errors import RecordError

RECORDED = sorted((Path(__file__).parent / "data").glob("webauthn_*.json"))


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.fixture(params=RECORDED, ids=lambda path: path.stem)
def recorded(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the browser answered."""
    return dict(json.loads(request.param.read_text()))


def credential(recorded: dict[str, Any], party: webauthn.RelyingParty) -> webauthn.Credential:
    return webauthn.register(
        recorded["attestationObject"], recorded["registrationClientDataJSON"], b"registration", party
    )


def party(recorded: dict[str, Any], **fields: Any) -> webauthn.RelyingParty:
    return replace(webauthn.RelyingParty("localhost", (recorded["origin"],)), **fields)


def envelope(recorded: dict[str, Any], payload: bytes | None = None) -> signing.Envelope:
    return signing.Envelope(votes.VOTE_TYPE, payload or recorded["payload"].encode(), ())


def test_a_recorded_assertion_signs_its_vote(recorded: dict[str, Any]) -> None:
    """What Chromium signed verifies with the credential it registered."""
    mine = credential(recorded, party(recorded))
    assert b64(mine.credential_id) == recorded["credentialId"]
    signature = webauthn.signature_of(recorded)
    assert webauthn.verify_vote(envelope(recorded), signature, mine.cose_key, party(recorded))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: {"payload": "{}"},
        lambda r: {"party": party(r, origins=("http://localhost:1",))},
        lambda r: {"party": party(r, rp_id="example.com")},
        lambda r: {"signature": r["signature"][:-6] + "AAAAAA"},
        lambda r: {"clientDataJSON": b64(b'{"type":"webauthn.get"}')},
        lambda r: {"clientDataJSON": r["registrationClientDataJSON"]},
        lambda r: {"authenticatorData": without_flag(r["authenticatorData"], webauthn.USER_VERIFIED)},
        lambda r: {"authenticatorData": "AAAA"},
        lambda r: {"signature": "not base64 at all!"},
    ],
    ids=[
        "another vote",
        "another origin",
        "another relying party",
        "another signature",
        "no challenge",
        "a registration instead",
        "no user verification",
        "short authenticator data",
        "not base64",
    ],
)
def test_a_spoilt_assertion_signs_nothing(recorded: dict[str, Any], spoil: Any) -> None:
    """Whatever differs from what was signed makes the assertion worthless."""
    key = credential(recorded, party(recorded)).cose_key
    bad = spoil(recorded)
    fields = recorded | {k: v for k, v in bad.items() if k not in ("payload", "party")}
    payload = bad["payload"].encode() if "payload" in bad else None
    wanted = bad.get("party", party(recorded))
    assert not webauthn.verify_vote(envelope(recorded, payload), webauthn.signature_of(fields), key, wanted)


def without_flag(data: str, flag: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(data + "=="))
    raw[32] &= ~flag
    return b64(bytes(raw))


def test_a_registration_for_another_site_is_refused(recorded: dict[str, Any]) -> None:
    """A credential is enrolled for the site it was made on, for the challenge that was given."""
    with pytest.raises(RecordError, match="bad_registration"):
        credential(recorded, party(recorded, origins=("https://evil.example",)))
    with pytest.raises(RecordError, match="bad_registration"):
        webauthn.register(
            recorded["attestationObject"], recorded["registrationClientDataJSON"], b"other", party(recorded)
        )


def test_a_browser_vote_releases_a_request() -> None:
    """A vote signed by an authenticator counts in the machine, and the next one cannot reuse its assertion."""
    secret = ec.generate_private_key(ec.SECP256R1())
    numbers = secret.public_key().public_numbers()
    cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
    tree = people_tree()
    tree["persons"][3]["keys"] = [{"webauthn": {"credential_id": b"cred".hex(), "public": cose.hex()}}]
    office = Office(people=tree)
    first, second = office.open(tier="standard"), office.open(tier="standard", value=b'{"x":1}')

    def browser(request: Any) -> signing.Envelope:
        payload = signing.parse(office.ballot(request, "dan", channel="webauthn")).payload
        client = json.dumps(
            {
                "type": "webauthn.get",
                "challenge": b64(webauthn.challenge(votes.VOTE_TYPE, payload)),
                "origin": "http://localhost:8300",
            }
        ).encode()
        auth = hashlib.sha256(b"localhost").digest() + b"\x05" + b"\0\0\0\1"
        sig = secret.sign(auth + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        assertion = {"authenticatorData": b64(auth), "clientDataJSON": b64(client), "signature": b64(sig)}
        signature = webauthn.signature_of(assertion)
        return signing.Envelope(votes.VOTE_TYPE, payload, ((webauthn_key_id(b"cred"), signature),))

    good = browser(first)
    office.do(commands.CastVote(envelope=signing.wrap(good.payload_type, good.payload, good.signatures)))
    assert office.of(first).votes[0].channel == "webauthn"
    assert moves(office.release(first)) == [ItemState.RELEASED]
    other = signing.parse(office.ballot(second, "dan", channel="webauthn")).payload
    reused = office.do(commands.CastVote(envelope=signing.wrap(votes.VOTE_TYPE, other, good.signatures)))
    assert refusals(reused) == ["bad_signature"]
