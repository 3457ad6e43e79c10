"""The doors of the console: names it answers to, origins, and what a call may look like before anything reads it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_office as office
import pytest
from fake_console import ORIGIN
from starlette.testclient import TestClient

from maskgate.base.config import Console
from maskgate.base.errors import RefusedError
from maskgate.client.calls import authorization
from maskgate.console import hosts
from maskgate.console.app import create_app
from maskgate.console.memory import Memory

NAMES = hosts.allowed(Console(origins=("https://Review.Example.com:8443",), rp_id="example.com", hosts=("console",)))


def answers(*headers: str) -> bool:
    try:
        hosts.check(headers, NAMES)
    except RefusedError as error:
        assert error.code == "unknown_host"
        return False
    return True


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("localhost:8300", id="loopback"),
        pytest.param("LOCALHOST.", id="case and a final dot do not matter"),
        pytest.param("ada.localhost:8300", id="a name that every resolver keeps on this host"),
        pytest.param("127.0.0.1:1", id="an address"),
        pytest.param("10.1.2.3", id="an address of the network"),
        pytest.param("[::1]:8300", id="an address of the newer kind"),
        pytest.param("review.example.com:8443", id="the configured origin"),
        pytest.param("example.com", id="the relying party"),
        pytest.param("console:8300", id="a further name"),
    ],
)
def test_the_console_answers_to_its_own_names(host: str) -> None:
    """Loopback names, addresses, the origins' hosts and `console.hosts` are let in."""
    assert answers(host)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(("evil.example:8300",), id="a name of somebody else"),
        pytest.param(("127.0.0.1.evil.example",), id="a name that begins like an address"),
        pytest.param(("localhost.evil.example",), id="a name that begins like loopback"),
        pytest.param(("evil-localhost",), id="a name that ends like loopback"),
        pytest.param(("evil.review.example.com",), id="below the configured name"),
        pytest.param(("0.0.0.0.evil.example",), id="below the wildcard address"),
        pytest.param(("localhost/api/v1/x",), id="a path in the name"),
        pytest.param(("evil@localhost",), id="a user in the name"),
        pytest.param(("localhost:8300:1",), id="two ports"),
        pytest.param(("",), id="empty"),
        pytest.param((), id="none"),
        pytest.param(("localhost", "localhost"), id="two, though alike"),
    ],
)
def test_the_console_answers_to_no_other_name(headers: tuple[str, ...]) -> None:
    """What is not on the list, or is no name, is refused: unlisted, doubled, missing, or with more in it."""
    assert not answers(*headers)


@pytest.mark.parametrize("path", ["/", "/api/v1/requests", "/api/v1/people", "/api/v1/health", "/static/console.js"])
def test_a_page_whose_name_was_pointed_here_reads_nothing(make_site: Any, path: str) -> None:
    """DNS rebinding: with public reading on, a foreign name gets 421 and is told which setting it is."""
    site = make_site(console={"public_read": True})
    site.hold()
    foreign = TestClient(site.app, base_url="http://evil.example:8300", follow_redirects=False).get(path)
    assert (foreign.status_code, foreign.json()["code"]) == (421, "unknown_host")
    assert "console.hosts" in foreign.json()["message"]
    assert TestClient(site.app, base_url=ORIGIN).get(path).status_code == 200


def test_a_foreign_page_cannot_post_to_the_api_either(make_site: Any) -> None:
    """Origin and Sec-Fetch-Site are looked at for every changing call of a browser, with or without a session."""
    site = make_site(console={"public_read": True})
    request = site.hold()
    path = f"/api/v1/requests/{request.request_id}/masked"
    body = {"pointers": ["/email"]}
    browser = site.browser()
    assert browser.post(path, json=body).json()["code"] == "not_signed_in"
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        answer = browser.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "other_origin")


def restarted(site: Any, folder: Path) -> TestClient:
    """A browser at a console process that was started now, with the disk of the one before."""
    context = replace(site.context, memory=Memory(folder / "memory.sqlite", site.context.clock()))
    return TestClient(create_app(context), base_url=ORIGIN)


def signed(site: Any, ahead_s: float = 0.0) -> dict[str, str]:
    now = site.world.broker.now + int(ahead_s * 1000)
    return {"authorization": authorization(office.key("anna"), "localhost", "GET", "/api/v1/me", b"", now)}


def test_a_call_is_not_served_again_after_a_restart(site: Any, tmp_path: Path) -> None:
    """What was called before the restart is known after it, also where the caller's clock runs ahead."""
    calls = [signed(site), signed(site, ahead_s=50)]
    before = restarted(site, tmp_path)
    assert [before.get("/api/v1/me", headers=call).status_code for call in calls] == [200, 200]
    site.world.later(1)
    after = restarted(site, tmp_path)
    assert [after.get("/api/v1/me", headers=call).json()["code"] for call in calls] == ["replayed_call"] * 2
    assert after.get("/api/v1/me", headers=signed(site)).status_code == 200


def test_a_console_whose_memory_is_gone_takes_nothing_from_before(site: Any, tmp_path: Path) -> None:
    """With the file deleted, a call signed earlier is refused rather than served a second time."""
    call = signed(site)
    assert restarted(site, tmp_path).get("/api/v1/me", headers=call).status_code == 200
    for path in tmp_path.glob("memory.sqlite*"):
        path.unlink()
    site.world.later(1)
    assert restarted(site, tmp_path).get("/api/v1/me", headers=call).json()["code"] == "stale_call"


def test_a_call_that_cannot_be_noted_is_not_served(site: Any, tmp_path: Path) -> None:
    """A disk that fails means 503, not a call that could come twice."""
    browser = restarted(site, tmp_path)
    browser.app.state.context.memory.close()
    answer = browser.get("/api/v1/me", headers=signed(site))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_calls_are_forgotten_once_they_are_too_old_to_count(tmp_path: Path) -> None:
    """The file does not grow: what no clock would let in any more is deleted."""
    calls = Memory(tmp_path / "memory.sqlite", 0.0)
    assert all(calls.spend(f"key {n}", now=n, until=n + 120) for n in range(1000))
    assert calls._db.execute("SELECT count(*) FROM spent").fetchone() == (121,)
    assert (tmp_path / "memory.sqlite").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("meant", "asked", "good"),
    [
        pytest.param("review.example.com", "review.example.com", True, id="the name of its pages"),
        pytest.param("console", "console:8300", True, id="a further name"),
        pytest.param("review.example.com", "10.0.0.7:8300", True, id="behind a proxy that asks by address"),
        pytest.param("10.0.0.5", "10.0.0.5", True, id="an address that is listed, asked by it"),
        pytest.param("10.0.0.7", "10.0.0.7", False, id="an address that nothing says is ours"),
        pytest.param("staging.example", "review.example.com", False, id="meant for another console"),
        pytest.param("localhost", "review.example.com", False, id="meant for something on the caller's own host"),
        pytest.param("10.0.0.8", "review.example.com", False, id="meant for another address"),
        pytest.param("", "review.example.com", False, id="meant for nobody"),
    ],
)
def test_a_call_that_was_meant_for_another_console_is_not_served(
    make_site: Any, meant: str, asked: str, good: bool
) -> None:
    """A console that is not ours, but was called with a key enrolled here, cannot pass the call on to ours."""
    site = make_site(
        console={"origins": ["https://review.example.com"], "hosts": ["console", "10.0.0.5"], "public_read": False}
    )
    head = authorization(office.key("anna"), meant, "GET", "/api/v1/me", b"", site.world.broker.now)
    answer = TestClient(site.app, base_url=f"http://{asked}").get("/api/v1/me", headers={"authorization": head})
    assert (answer.status_code, answer.json().get("code", "")) == ((200, "") if good else (401, "wrong_call"))


def test_a_flood_of_writing_calls_ends_at_the_door(make_site: Any) -> None:
    """One key gets so many a minute, others go on, reading goes on, and time gives it back."""
    site = make_site(console={"public_read": True, "writes_per_minute": 10})
    request = site.hold()
    path = f"/api/v1/requests/{request.request_id}/masked"
    body = b'{"pointers":["/email"]}'
    browser = TestClient(site.app, base_url=ORIGIN)

    def write(person: str) -> int:
        head = authorization(office.key(person), "localhost", "POST", path, body, site.world.broker.now)
        headers = {"authorization": head, "content-type": "application/json"}
        return int(browser.post(path, content=body, headers=headers).status_code)

    assert [write("anna") for _ in range(12)] == [200] * 10 + [429] * 2
    assert write("ben") == 200
    assert browser.get("/api/v1/requests").status_code == 200
    site.world.later(12)
    assert [write("anna") for _ in range(3)] == [200, 200, 429]
