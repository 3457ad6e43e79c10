"""The doors of the console: names it answers to, origins, and what a call may look like before anything reads it."""

from __future__ import annotations

from typing import Any

import pytest
from fake_console import ORIGIN
from starlette.testclient import TestClient

from maskgate.config import Console
from maskgate.console import hosts
from maskgate.errors import RefusedError

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
    assert browser.post(path, json=body).status_code == 200
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        answer = browser.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "other_origin")
