"""WebAuthn votes: assertions that Chromium's virtual authenticator made, and every way to spoil them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes.fake_office import Office, account, key, moves, people_tree, refusals
from fakes.fake_passkey import Passkey, b64
from maskgate.approvals import commands, machine
from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState
from maskgate.base.errors import RecordError
from maskgate.crypto import signing, webauthn

RECORDED = sorted((Path(__file__).parent / "data").glob("webauthn_*.json"))


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


def with_key(passkey: Passkey, person: str = "dan") -> Office:
    tree = people_tree()
    entry = next(p for p in tree["persons"] if p["id"] == person)
    entry["keys"] = [passkey.entry()]
    return Office(people=tree)


def cast(office: Office, request: Any, passkey: Passkey, person: str = "dan", **fields: Any) -> list[Any]:
    """A vote made with this key, as the gate takes it."""
    payload = signing.parse(office.ballot(request, person, channel="webauthn", **fields)).payload
    return office.do(commands.CastVote(envelope=passkey.seal(votes.VOTE_TYPE, payload)))


def test_a_browser_vote_releases_a_request() -> None:
    """A vote signed by an authenticator counts in the machine, and the next one cannot reuse its assertion."""
    passkey = Passkey(b"cred")
    office = with_key(passkey)
    first, second = office.open(tier="standard"), office.open(tier="standard", value=b'{"x":1}')
    payload = signing.parse(office.ballot(first, "dan", channel="webauthn")).payload
    good = passkey.seal(votes.VOTE_TYPE, payload)
    office.do(commands.CastVote(envelope=good))
    assert office.of(first).votes[0].channel == "webauthn"
    assert moves(office.release(first)) == [ItemState.RELEASED]
    other = signing.parse(office.ballot(second, "dan", channel="webauthn")).payload
    reused = office.do(commands.CastVote(envelope=signing.wrap(votes.VOTE_TYPE, other, signing.parse(good).signatures)))
    assert refusals(reused) == ["bad_signature"]


@pytest.mark.parametrize(
    ("counts", "good"),
    [
        pytest.param((1, 2), True, id="goes on by one"),
        pytest.param((1, 900), True, id="goes on by many: it signs for other sites as well"),
        pytest.param((0, 0), True, id="zero always: the key keeps no counter"),
        pytest.param((0, 7), True, id="begins to count"),
        pytest.param((5, 5), False, id="stands still"),
        pytest.param((5, 4), False, id="goes back"),
        pytest.param((5, 0), False, id="stops counting"),
    ],
)
def test_a_counter_that_does_not_go_on_ends_the_vote(counts: tuple[int, int], good: bool) -> None:
    """W3C WebAuthn Level 2, 7.2, step 21: greater than the stored one, or both zero; else a copy is suspected."""
    passkey = Passkey(b"cred", counts[0])
    office = with_key(passkey)
    first, second = office.open(tier="standard"), office.open(tier="standard", value=b'{"x":1}')
    assert not refusals(cast(office, first, passkey))
    passkey.count = counts[1]
    events = cast(office, second, passkey)
    assert refusals(events) == ([] if good else ["counter_went_back"])
    if not good:
        assert (events[0].alarm, events[0].by, events[0].request_id) == (True, "dan", second.request_id)
        assert not office.of(second).votes


def test_the_counter_survives_a_snapshot_and_a_replay() -> None:
    """A gate that starts again still knows how far every security key had counted."""
    passkey = Passkey(b"cred", 5, step=0)
    office = with_key(passkey)
    request = office.open(tier="standard")
    office.vote(request, "anna", "abstain")
    cast(office, request, passkey)
    assert office.state.sign_counts == {passkey.key_id: 5}
    again = machine.restore(machine.snapshot(office.state))
    assert again.sign_counts == office.replayed().sign_counts == office.state.sign_counts


def test_acts_count_as_votes_do() -> None:
    """Breaking the glass and recalling move the counter too, and need it to go on."""
    passkey = Passkey(b"cred", 3)
    office = with_key(passkey, "eve")
    request = office.open(tier="high")

    def act(verb: Any) -> list[Any]:
        raw = votes.build_act(
            request,
            verb,
            signer=key("eve"),
            reviewer=account("eve"),
            person_id="eve",
            now_ms=office.now,
            reason="fire",
        )
        return office.do(commands.CastVote(envelope=passkey.seal(votes.ACT_TYPE, signing.parse(raw).payload)))

    assert not refusals(act("break_glass"))
    assert office.state.sign_counts[passkey.key_id] == 3
    passkey.count = 3
    other = office.open(tier="standard", value=b'{"x":1}')
    assert refusals(cast(office, other, passkey, "eve")) == ["counter_went_back"]
    passkey.count = 4
    assert not refusals(cast(office, other, passkey, "eve"))
    request, passkey.count = other, 4
    assert refusals(act("revoke")) == ["counter_went_back"]
    passkey.count = 5
    assert not refusals(act("revoke"))


def test_the_same_vote_delivered_twice_is_no_copied_key() -> None:
    """A vote that the topic holds twice (a producer's retry) is nothing the second time, not an alarm."""
    passkey = Passkey(b"cred", 5)
    office = with_key(passkey)
    request = office.open(tier="double")
    payload = signing.parse(office.ballot(request, "dan", channel="webauthn")).payload
    raw = passkey.seal(votes.VOTE_TYPE, payload)
    assert not refusals(office.do(commands.CastVote(envelope=raw)))
    assert office.do(commands.CastVote(envelope=raw)) == []


def test_a_vote_carries_one_signature() -> None:
    """A second signature is refused: it could name somebody else's key and spoil its counter."""
    office = Office()
    request = office.open(tier="standard")
    payload = signing.parse(office.ballot(request, "dan")).payload
    two = signing.seal(votes.VOTE_TYPE, payload, [key("dan"), key("anna")])
    assert refusals(office.do(commands.CastVote(envelope=two))) == ["malformed_vote"]
    bulk = signing.seal(
        votes.BULK_TYPE,
        signing.parse(votes.build_bulk([payload], signer=key("dan"))).payload,
        [key("dan"), key("anna")],
    )
    assert refusals(office.do(commands.CastBulk(envelope=bulk))) == ["malformed_vote"]
