"""A passkey made on the page: what it answers, that it counts nothing by itself, and who may make one."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import cbor2
import fake_office as office
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from ruamel.yaml import YAML

from maskgate.client.calls import authorization
from maskgate.people.registry import webauthn_key_id

ORIGIN = "http://localhost:8300"


def url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def answer(asked: dict[str, str], *, origin: str = ORIGIN, flags: int = 0x45, challenge: str = "") -> dict[str, str]:
    """What an authenticator makes of a challenge."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    head = hashlib.sha256(b"localhost").digest() + bytes([flags]) + bytes(4) + bytes(16)
    auth = head + (16).to_bytes(2, "big") + b"c" * 16 + cbor2.dumps(cose)
    client = {"type": "webauthn.create", "challenge": challenge or asked["challenge"], "origin": origin}
    attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": auth})
    return {"payload": asked["payload"], "attestation": url(attested), "client_data": url(json.dumps(client).encode())}


def test_the_line_is_what_the_people_file_takes(site: Any) -> None:
    """The passkey counts nothing until the file has it, and then it is the person's key."""
    browser = site.signed_in("anna")
    told = site.post(browser, "/passkey", answer(site.post(browser, "/passkey/challenge", {}).json())).json()
    assert told["key_id"] == webauthn_key_id(b"c" * 16)
    assert site.context.registry.people.voter(told["key_id"]) is None
    (entry,) = YAML(typ="safe").load(told["line"])
    tree = office.people_tree()
    next(p for p in tree["persons"] if p["id"] == "anna")["keys"].append(entry)
    site.world.gate._people = json.dumps(tree, sort_keys=True).encode()
    site.world.gate._loaded = False
    site.sync()
    found = site.context.registry.people.voter(told["key_id"])
    assert found and found[0].person_id == "anna"
    assert told["key_id"] in browser.get("/passkey").text


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"origin": "https://evil.example"}, id="of another site"),
        pytest.param({"flags": 0x41}, id="without user verification"),
        pytest.param({"challenge": url(b"x" * 32)}, id="for another challenge"),
    ],
)
def test_a_registration_that_does_not_fit_is_refused(site: Any, wrong: dict[str, Any]) -> None:
    browser = site.signed_in("anna")
    refused = site.post(browser, "/passkey", answer(site.post(browser, "/passkey/challenge", {}).json(), **wrong))
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_registration")


def test_a_challenge_makes_one_passkey_in_its_time(site: Any) -> None:
    """Used, old, or made up: no line comes of it."""
    browser = site.signed_in("anna")
    asked = site.post(browser, "/passkey/challenge", {}).json()
    assert site.post(browser, "/passkey", answer(asked)).status_code == 200
    assert site.post(browser, "/passkey", answer(asked)).json()["code"] == "stale_challenge"
    late = site.post(browser, "/passkey/challenge", {}).json()
    site.world.broker.now += 130_000
    assert site.post(browser, "/passkey", answer(late)).json()["code"] == "stale_challenge"
    assert site.post(browser, "/passkey", answer(asked) | {"payload": "?"}).json()["code"] == "malformed_input"


def test_strangers_and_programs_make_none(site: Any) -> None:
    stranger = site.browser()
    assert stranger.get("/passkey").headers["location"] == "/signin?next=/passkey"
    assert site.post(stranger, "/passkey/challenge", {}).status_code == 401
    signed = authorization(office.key("agent-7"), "localhost", "POST", "/passkey/challenge", b"", site.world.broker.now)
    refused = stranger.post("/passkey/challenge", headers={"authorization": signed})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
