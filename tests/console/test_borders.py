"""Borders of the console that were crossed once: links, relayed calls, double members, strangers, cookies, floods."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import fake_office as office
import pytest
from fake_console import ORIGIN, Site
from fake_passkey import Passkey
from starlette.testclient import TestClient

from maskgate.base.config import Console
from maskgate.client.calls import authorization
from maskgate.client.errors import ApiError
from maskgate.console import guard, hosts
from maskgate.console.pages import signin
from maskgate.crypto import signing, webauthn

EVIL = [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    "https://evil.example",
    "/%0a/x\r",
    "",
]
EVIL += ["/./\\evil.example", "/a//evil.example", "\t//evil.example", "/\x00/evil", "javascript:alert(1)"]


@pytest.fixture
def site(tmp_path: Path) -> Any:
    made = Site(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("text", EVIL)
def test_a_sign_in_leads_to_our_own_pages_only(text: str, site: Site) -> None:
    """Whatever a link says behind ``next``, no browser reads it as another site."""
    if text != "/%0a/x\r":
        assert signin.own_path(text) == "/"
    page = site.browser().get("/signin", params={"next": text}).text
    assert 'data-next="/"' in page


@pytest.mark.parametrize("text", ["/", "/r/0198-ab_c.d~e", "/?state=all&mine=1", "/r/1/whole?page=2"])
def test_our_own_links_are_kept(text: str) -> None:
    """Where somebody wanted to go, they come after signing in."""
    assert signin.own_path(text) == text


def call(site: Site, host: str, named: str) -> Any:
    """A call that was signed for ``named`` and arrives under ``host``."""
    header = authorization(office.key("dan"), named, "GET", "/api/v1/me", b"", site.world.broker.now)
    browser = TestClient(site.app, base_url=f"http://{host}:8300")
    return browser.get("/api/v1/me", headers={"authorization": header})


def test_a_call_for_another_host_is_not_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console at 10.9.9.9 that gets a call cannot pass it on by writing its own address as Host."""
    assert call(site, "10.9.9.9", "10.9.9.9").status_code == 401
    assert call(site, "localhost", "10.9.9.9").status_code == 401
    assert call(site, "localhost", "localhost").status_code == 200
    assert call(site, "127.0.0.1", "127.0.0.1").status_code == 200
    monkeypatch.setattr(hosts, "is_foreign", lambda *_: False)
    assert call(site, "10.9.9.9", "10.9.9.9").status_code == 200  # without the defence


def test_an_address_of_ours_is_named_in_the_settings() -> None:
    """An address that the console listens on, or that is listed, is ours."""
    names = hosts.allowed(Console(host="10.0.0.5", hosts=("10.0.0.6",)))
    assert [hosts.is_foreign(n, names) for n in ("10.0.0.5", "10.0.0.6", "10.0.0.7", "::1", "console.example")] == [
        False,
        False,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("where", ["top", "inside"])
def test_two_members_of_one_name_are_refused(where: str, site: Site) -> None:
    """What one reader of a body takes is what every other takes."""
    body = '{"verb":"db.read","verb":"db.drop","arguments":"{}","expected_outcome":"x"}'
    if where == "inside":
        body = '{"verb":"db.read","arguments":{"a":1,"a":2},"expected_outcome":"x"}'
    raw = body.encode()
    header = authorization(office.key("dan"), "localhost", "POST", "/api/v1/requests", raw, site.world.broker.now)
    head = {"authorization": header, "content-type": "application/json"}
    answer = TestClient(site.app, base_url=ORIGIN).post("/api/v1/requests", content=raw, headers=head)
    assert (answer.status_code, answer.json()["code"]) == (422, "duplicate_members")


def test_figures_are_not_for_strangers(tmp_path: Path) -> None:
    """Metrics and the description of the API want a caller, unless the settings say otherwise."""
    for public, status in ((False, 401), (True, 200)):
        site = Site(tmp_path / str(public), console={"public_figures": public})
        for path in ("/api/v1/metrics", "/api/openapi.json"):
            assert site.browser().get(path).status_code == status
        assert site.browser().get("/api/v1/health").status_code == 200
        site.close()


def test_reading_has_a_pace(tmp_path: Path) -> None:
    """One address reads so often a minute and no more."""
    site = Site(tmp_path, console={"reads_per_minute": 3})
    browser = site.browser()
    codes = [browser.get("/api/v1/health").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    site.close()


def test_cookies_behind_tls_are_ours_alone() -> None:
    """Behind TLS the names of cookies say that no other host set them."""
    assert guard.cookie("s", ["https://a.example"]) == "__Host-s"
    assert guard.cookie("s", ["http://localhost:8300"]) == "s"


def test_cookies_behind_tls_work(tmp_path: Path) -> None:
    """Signing in and out with them: Secure, for the whole site, of no domain."""
    site = Site(tmp_path, console={"origins": ("https://gate.example",)})
    browser = TestClient(site.app, base_url="https://gate.example", follow_redirects=False)
    answer = browser.get("/signin")
    told = answer.headers["set-cookie"]
    assert told.startswith("__Host-maskgate_visit=")
    assert "Secure" in told
    assert "Path=/" in told
    assert "Domain" not in told
    assert json.dumps(dict(browser.cookies)).count("__Host-") == 1
    site.close()


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({}, True),
        ({"topOrigin": ORIGIN}, True),
        ({"topOrigin": "https://evil.example"}, False),
        ({"topOrigin": ""}, False),
    ],
)
def test_a_frame_of_another_site_signs_nothing(more: dict[str, str], fits: bool) -> None:
    """A security key that was asked inside another site's frame signed what its owner took for that site's."""
    made = Passkey(b"one", **more)
    raw = made.seal("x", b"{}")
    envelope = signing.parse(raw)
    public = bytes.fromhex(made.entry()["webauthn"]["public"])
    assert webauthn.verify_vote(envelope, envelope.signatures[0][1], public, webauthn.RelyingParty()) is fits


def test_a_slow_gate_loses_no_question(tmp_path: Path) -> None:
    """The answer is a ticket; it becomes the request of whoever asked; the client follows it."""
    site = Site(tmp_path, now=time.time_ns() // 1_000_000)
    site.alive = False
    ask = {"verb": "db.rollback", "arguments": "{}", "expected_outcome": "well"}
    asker = site.client("dan")
    ticket = asker.post_json("/requests?wait=0", ask)
    assert (ticket["request_id"], ticket["state"]) == ("", "pending")
    path = f"/tickets/{ticket['ticket']}?wait=0"
    assert asker.get_json(path)["ticket"] == ticket["ticket"]
    site.sync()
    assert asker.get_json(path)["verb"] == "db.rollback"
    answers = iter([ticket, ticket, asker.get_json(path)])
    asker._send = lambda _call: next(answers)  # type: ignore[method-assign, assignment]
    assert asker.request("db.rollback", expected_outcome="well").request_id
    slow = site.client("dan")
    slow.timeout_s = 0.0
    slow._send = lambda _call: ticket  # type: ignore[method-assign, assignment]
    with pytest.raises(ApiError, match="not read the question"):
        slow.request("db.rollback", expected_outcome="well")
    site.close()
