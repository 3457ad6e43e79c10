"""Calls that nobody in their right mind makes: each gets a refusal with a code, none an error of ours."""

from __future__ import annotations

import base64
import json
from typing import Any

import fake_office as office
import pytest
from fake_console import ORIGIN
from starlette.testclient import TestClient

from maskgate.client.calls import authorization

MARK = "canary-4f1c"
DEEP = "[" * 100_000 + "]" * 100_000
BIG = "9" * 40


def lone(text: str) -> bytes:
    """JSON whose string holds half a surrogate pair."""
    return json.dumps({"verb": f"x\ud800{text}", "expected_outcome": "y"}).encode()


GETS = [
    "/api/v1/requests?after=\u00b2.x",
    f"/api/v1/requests?after={BIG}.x",
    "/api/v1/requests?after=-1.x",
    "/api/v1/requests?expiring=inf",
    "/api/v1/requests?expiring=1e300",
    "/api/v1/requests?expiring=nan",
    f"/api/v1/requests?limit={BIG}",
    f"/api/v1/requests?state={MARK}",
    f"/api/v1/votes/{BIG}",
    "/api/v1/votes/-1",
    "/api/v1/requests/%ed%a0%80",
    "/api/v1/requests/%00",
    f"/api/v1/requests/x?wait={MARK}",
    f"/api/v1/{MARK}",
]
POSTS: list[tuple[str, bytes]] = [
    ("/api/v1/requests", DEEP.encode()),
    ("/api/v1/requests", b'{"verb":"x","expected_outcome":"y","arguments":' + DEEP.encode() + b"}"),
    ("/api/v1/requests", b'{"verb":"x","expected_outcome":"y","arguments":{"a":NaN}}'),
    ("/api/v1/requests", b'{"verb":"x","expected_outcome":"y","arguments":{"a":' + BIG.encode() + b"}}"),
    ("/api/v1/requests", json.dumps({"verb": "x", "expected_outcome": "y", "arguments": DEEP}).encode()),
    ("/api/v1/requests", json.dumps({"verb": "x", "expected_outcome": "y", "arguments": '{"a":1,"a":2}'}).encode()),
    ("/api/v1/requests", lone(MARK)),
    ("/api/v1/requests", json.dumps({MARK: 1}).encode()),
    ("/api/v1/requests", json.dumps({"verb": [MARK], "expected_outcome": "y"}).encode()),
    ("/api/v1/requests", b"\xff\xfe"),
    ("/api/v1/requests", b"{"),
    ("/api/v1/requests", b""),
    ("/api/v1/votes", b"{}"),
    ("/api/v1/votes", b'{"envelope":' + DEEP.encode() + b"}"),
    ("/api/v1/votes", json.dumps({"envelope": {"payload": MARK, "payloadType": "x", "signatures": []}}).encode()),
    ("/api/v1/votes", json.dumps({"envelope": {"a": {"b": [1.5, None, {"c": "\ud83d"}]}}}).encode()),
    ("/api/v1/votes", json.dumps({"assertion": {"payload": "\u00e4", "credential_id": "\u00e4"}}).encode()),
    ("/api/v1/votes", json.dumps({"assertion": {"payload": "AAAA", "credential_id": 7, "payload_type": []}}).encode()),
    ("/api/v1/permits/verify", json.dumps({"permit": MARK, "arguments": "{}"}).encode()),
    ("/api/v1/permits/verify", json.dumps({"permit": "{}", "arguments": DEEP}).encode()),
    ("/api/v1/permits/redeem", json.dumps({"permit": DEEP[:90_000], "arguments": "{}"}).encode()),
    ("/signin", json.dumps({"assertion": {"payload": "AAAA"}}).encode()),
    ("/signin", json.dumps({"envelope": {"x": MARK}}).encode()),
    ("/signin/challenge", json.dumps({"key_id": "x" * 101}).encode()),
]


@pytest.fixture
def careful(make_site: Any) -> Any:
    """A console on which an error of ours is an error of the test."""
    made = make_site(console={"public_read": True, "allow_session_votes": True})
    made.hold()
    return made


def judge(answer: Any) -> None:
    """A refusal as the documentation promises it."""
    assert 400 <= answer.status_code < 500, answer.text[:300]
    told = answer.json()
    assert set(told) == {"code", "message"}, told
    assert MARK not in answer.text.replace(f"/api/v1/{MARK}", "")


@pytest.mark.parametrize("path", GETS)
def test_a_hostile_address_is_refused(careful: Any, path: str) -> None:
    """Numbers that are none, that do not fit, names that are no text: 4xx with a code."""
    judge(TestClient(careful.app, base_url=ORIGIN).get(path))


@pytest.mark.parametrize(("path", "body"), POSTS, ids=lambda v: v if isinstance(v, str) else repr(v[:40]))
def test_a_hostile_body_is_refused(careful: Any, path: str, body: bytes) -> None:
    """Too deep, not JSON, of another shape, ambiguous: 4xx with a code, the words of the caller are not repeated."""
    browser = TestClient(careful.app, base_url=ORIGIN)
    page = browser.get("/signin").text
    head = {"content-type": "application/json", "x-csrf-token": page.split('data-csrf="')[1].split('"')[0]}
    if path.startswith("/api/v1/requests") or path.endswith("redeem"):
        head["authorization"] = authorization(
            office.key("anna"), "localhost", "POST", path, body, careful.world.broker.now
        )
    judge(browser.post(path, content=body, headers=head))


@pytest.mark.parametrize(
    "headers",
    [
        {"content-length": "\u00b2"},
        {"content-length": "-5"},
        {"content-length": "1e3"},
        {"authorization": "Maskgate \u00e4"},
        {"authorization": "Maskgate " + base64.b64encode(DEEP.encode()[:60_000]).decode()},
        {"authorization": "Maskgate e30="},
    ],
    ids=["a digit of another kind", "negative", "with an exponent", "not base64", "deeply nested", "an empty object"],
)
def test_a_hostile_header_is_refused(careful: Any, headers: dict[str, str]) -> None:
    """Headers that other parsers let through are refused, not tripped over."""
    raw = {name: value.encode("latin-1", "replace") for name, value in headers.items()}
    judge(TestClient(careful.app, base_url=ORIGIN).get("/api/v1/me", headers=raw))


def test_a_token_that_is_no_text_is_a_wrong_token(careful: Any) -> None:
    """A page token with bytes beyond ASCII is refused like any other wrong one."""
    browser = TestClient(careful.app, base_url=ORIGIN)
    answer = browser.post("/signin/challenge", json={}, headers={"x-csrf-token": "\u00e4".encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


def test_a_session_vote_that_is_no_vote_is_refused(careful: Any) -> None:
    """What the console would sign has to be a drafted vote, whatever is posted as one."""
    browser = careful.signed_in("dan")
    request = careful.world.opened()[-1]
    for text in ("not base64!", base64.b64encode(b"\xff").decode(), base64.b64encode(DEEP.encode()[:60_000]).decode()):
        answer = careful.post(browser, f"/r/{request.request_id}/session-vote", {"session": text})
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed_vote")


def test_a_failure_of_ours_says_nothing_of_what_caused_it(
    careful: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An exception ends as a 500 with a code; neither the answer, the log nor the server's traceback quotes it."""

    def fail(*_: Any) -> None:
        raise ValueError(f"cannot handle {MARK}")

    monkeypatch.setattr(careful.context.index, "get", fail)
    answer = TestClient(careful.app, base_url=ORIGIN).get(f"/api/v1/requests/{MARK}")  # raises what gets through
    assert answer.json() == {"code": "internal", "message": "The console failed; nothing was decided."}
    assert answer.status_code == 500
    said = capfd.readouterr()
    assert '"error": "ValueError"' in said.err
    assert MARK not in said.out + said.err


def test_a_page_that_is_not_there_is_a_page(careful: Any) -> None:
    """A browser gets words, a program the code."""
    browser = TestClient(careful.app, base_url=ORIGIN)
    assert "There is nothing here" in browser.get("/nothing-here").text
    told = browser.get("/nothing-here", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (404, "not_found")
    assert browser.delete("/api/v1/people").json()["code"] == "no_such_method"
