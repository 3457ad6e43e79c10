"""Signing in and voting with a security key, and what gives a copied one away."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_office as office
import pytest
from fake_passkey import Passkey, b64
from starlette.testclient import TestClient

from maskgate.approvals import events as ev
from maskgate.console.app import create_app
from maskgate.console.memory import Memory


@pytest.fixture
def site(make_site: Any, tmp_path: Path) -> Any:
    """A console whose reviewer dan has a security key, with a memory on disk."""
    tree = office.people_tree()
    tree["persons"][3]["keys"].append(Passkey(b"dan").entry())
    made = make_site(console={"public_read": False})
    made.world.gate._people = json.dumps(tree, sort_keys=True).encode()
    made.world.gate._loaded = False
    made.sync()
    restart(made, tmp_path)
    return made


def restart(site: Any, folder: Path) -> None:
    site.context = replace(site.context, memory=Memory(folder / "memory.sqlite", site.context.clock()))
    site.app = create_app(site.context)


def answer(draft: dict[str, Any], passkey: Passkey) -> dict[str, str]:
    """What the page posts after ``navigator.credentials.get``."""
    got = passkey.answer(draft["payload_type"], base64.b64decode(draft["payload"]))
    return {
        "payload": draft["payload"],
        "payload_type": draft["payload_type"],
        "credential_id": b64(passkey.credential_id),
        "authenticator_data": got["authenticatorData"],
        "client_data": got["clientDataJSON"],
        "signature": got["signature"],
    }


def sign_in(site: Any, passkey: Passkey) -> tuple[TestClient, Any]:
    browser = site.browser()
    draft = site.post(browser, "/signin/challenge", {"passkey": True}).json()
    return browser, site.post(browser, "/signin", {"assertion": answer(draft, passkey)})


def vote(site: Any, browser: TestClient, request: Any, passkey: Passkey) -> dict[str, Any]:
    draft = site.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"}).json()
    told = site.post(browser, "/api/v1/votes?wait=1", {"assertion": answer(draft, passkey)})
    return dict(told.json())


def test_a_security_key_signs_in_and_votes(site: Any) -> None:
    """Sign-in and vote with one key, whose counter goes on."""
    passkey = Passkey(b"dan", 4)
    browser, told = sign_in(site, passkey)
    assert told.json() == {"person_id": "dan"}
    request = site.hold(tier="standard")
    assert vote(site, browser, request, passkey)["outcome"] == "accepted"
    assert site.world.of(request).votes[0].channel == "webauthn"


def test_a_copy_of_a_key_is_noticed_at_the_next_sign_in(site: Any, tmp_path: Path) -> None:
    """A copy that stayed behind is refused, before and after a restart of the console."""
    passkey, copy = Passkey(b"dan", 4), Passkey(b"dan", 4)
    assert sign_in(site, passkey)[1].status_code == 200
    for _ in range(2):
        copy.count = 4
        refused = sign_in(site, copy)[1]
        assert (refused.status_code, refused.json()["code"]) == (401, "counter_went_back")
        restart(site, tmp_path)
    assert sign_in(site, passkey)[1].status_code == 200


def test_the_counter_of_a_vote_counts_at_the_sign_in(site: Any) -> None:
    """What the key signed for the gate is known to the console, from the log."""
    passkey = Passkey(b"dan", 4)
    browser, _ = sign_in(site, passkey)
    passkey.count = 50
    assert vote(site, browser, site.hold(tier="standard"), passkey)["outcome"] == "accepted"
    passkey.count = 50
    assert sign_in(site, passkey)[1].json()["code"] == "counter_went_back"


def test_a_copy_that_votes_is_refused_and_alarms(site: Any) -> None:
    """The gate says no with a reason that helps, the request stays held, and the refusal is an alarm in the log."""
    passkey = Passkey(b"dan", 4)
    browser, _ = sign_in(site, passkey)
    first, second = site.hold(tier="standard"), site.hold(tier="standard", value=b'{"x":1}')
    assert vote(site, browser, first, passkey)["outcome"] == "accepted"
    told = vote(site, browser, second, Passkey(b"dan", 5))
    assert (told["outcome"], told["code"]) == ("refused", "counter_went_back")
    assert "copy" in told["message"]
    assert not site.world.of(second).votes
    assert [e.code for e in site.world.events() if isinstance(e, ev.Refused) and e.alarm] == ["counter_went_back"]


def test_an_assertion_for_something_else_signs_nobody_in(site: Any) -> None:
    """What a key signed as a vote, or under any other type, opens no session."""
    browser = site.browser()
    draft = site.post(browser, "/signin/challenge", {"passkey": True}).json()
    other = draft | {"payload_type": "application/vnd.maskgate.vote.v1+json"}
    told = site.post(browser, "/signin", {"assertion": answer(other, Passkey(b"dan", 4))})
    assert (told.status_code, told.json()["code"]) == (422, "wrong_type")
