"""The HTTP door: the bytes of the stream, only for clients with a key, and never the input in an answer."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from fakes import conformance
from fakes.conformance import Case
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.gateway import server
from maskgate.gateway.app import Doors, create_app
from maskgate.gateway.clients import Clients
from maskgate.gateway.sessions import Restorer, Sessions
from maskgate.supervise import roles

KEY, OTHER = "k" * 32, "o" * 32
MAIL = "amelia.okafor@example.co.uk"


class Clock:
    """Time that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


CLOCK = Clock()


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Doors:
    """The application's parts as `maskgate run api` makes them."""
    place = conformance.write_keyring(tmp_path_factory.mktemp("api"))
    files = {}
    for name, key in (("app", KEY), ("other", OTHER)):
        files[name] = place / f"{name}.key"
        files[name].write_text(key)
        files[name].chmod(0o600)
    tree = {
        "policy": str(conformance.POLICY),
        "pipeline": {"state_dir": str(place), "topics": [conformance.TOPIC]},
        "detection": {"model": "none"},
        "worker": {"max_record_bytes": 4096},
        "api": {"clients": {n: str(f) for n, f in files.items()}, "policies": {"other": "gdpr"}, "session_ttl": 60},
    }
    made = server.build(Settings.model_validate(tree))
    made.sessions = Sessions(60.0, CLOCK)
    return made


@pytest.fixture
def http(doors: Doors) -> Iterator[TestClient]:
    """A client with the first key."""
    with TestClient(create_app(doors), headers={"authorization": f"Bearer {KEY}"}) as client:
        yield client


def test_every_case_of_the_conformance_file(http: TestClient) -> None:
    """One event a call: outcome, code and the very bytes of the stream."""

    def door(cases: Sequence[Case]) -> list[tuple[str, bytes | None, str]]:
        out = []
        for case in cases:
            answer = http.post("/v1/mask?offset=7", content=case.record.value)
            outcome = answer.headers["maskgate-outcome"]
            body = answer.content
            out.append((outcome, body, "") if outcome == "masked" else (outcome, None, answer.json()["code"]))
        return out

    assert conformance.differences(door, [case for case in conformance.cases() if not case.headers]) == []


def test_batches_give_a_line_for_each_line_in_order(http: TestClient) -> None:
    """NDJSON: each line its outcome, the masked event byte for byte inside; a bad line harms no other."""
    cases = [case for case in conformance.cases() if not case.headers and b"\n" not in (case.record.value or b"")]
    body = b"".join((case.record.value or b"") + b"\n" for case in cases * 100)
    lines = http.post("/v1/mask/batch", content=body).content.splitlines()
    assert len(lines) == len(cases) * 100
    for case, line in zip(cases * 100, lines, strict=True):
        tree = json.loads(line)
        assert (tree["outcome"], tree.get("code", "")) == (case.outcome, case.code)
        if case.outcome == "masked":
            assert line.endswith(b'"event":' + base64.b64decode(case.value or "") + b"}")


def test_a_line_that_is_too_long_is_quarantined_and_the_next_goes_on(http: TestClient) -> None:
    """A line over the limit is cut, so it is no event; what comes behind it is masked."""
    body = b'{"mail": "' + MAIL.encode() + b'", "pad": "' + b"x" * 9_000 + b'"}\n{"n": 1}\n'
    first, second = (json.loads(line) for line in http.post("/v1/mask/batch", content=body).content.splitlines())
    assert first["outcome"] == "quarantined"
    assert second == {"outcome": "masked", "fields": [], "event": {"n": 1}}


@pytest.mark.parametrize("header", ["", "Bearer wrong-key-that-is-long-enough", f"Basic {KEY}", f"Bearer {KEY}x"])
@pytest.mark.parametrize("path", ["/v1/mask", "/v1/mask/batch", "/v1/scan", "/v1/text", "/v1/sessions"])
def test_nobody_without_a_key(doors: Doors, path: str, header: str) -> None:
    """No key, a wrong one, another scheme: 401, and not a byte of the event in the answer."""
    with TestClient(create_app(doors)) as client:
        answer = client.post(path, content=json.dumps({"mail": MAIL}), headers={"authorization": header})
    assert answer.status_code == 401
    assert MAIL not in answer.text


def test_each_client_has_its_policy(doors: Doors, http: TestClient) -> None:
    """The second client's policy makes a token where the first one's makes a stand-in."""
    event = json.dumps({"email": MAIL})
    with TestClient(create_app(doors), headers={"authorization": f"Bearer {OTHER}"}) as other:
        assert other.post("/v1/mask", content=event).json()["email"].startswith("mg1.")
    assert "@" in http.post("/v1/mask", content=event).json()["email"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/mask", b"x" * 5_000, 413),
        ("/v1/mask", MAIL.encode(), 422),
        ("/v1/mask?offset=-1", b"{}", 400),
        ("/v1/scan", b'{"a": ', 422),
        ("/v1/text", MAIL.encode(), 400),
        ("/v1/text", json.dumps({"texts": MAIL}).encode(), 400),
        ("/v1/text", json.dumps({"texts": [MAIL], "more": 1}).encode(), 400),
        ("/v1/text", json.dumps({"texts": [MAIL], "session": "nope"}).encode(), 404),
        ("/v1/sessions/restore", json.dumps({"session": 7}).encode(), 400),
    ],
)
def test_bad_input_is_refused_without_a_byte_of_it(http: TestClient, path: str, body: bytes, status: int) -> None:
    """Too large, no JSON, wrong members, no session: a status, a reason, nothing of the input."""
    answer = http.post(path, content=body)
    assert answer.status_code == status
    assert "amelia" not in answer.text


def test_an_engine_that_raises_gives_500_and_nothing_of_the_event(
    doors: Doors, http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail closed: an error's message could hold the value, so its type alone is told."""

    def broken(*_: object) -> None:
        raise ValueError(MAIL)

    monkeypatch.setattr(doors, "gate_of", broken)
    answer = http.post("/v1/mask", content=json.dumps({"mail": MAIL}))
    assert (answer.status_code, MAIL in answer.text) == (500, False)


def test_scan_tells_places_and_never_the_text(http: TestClient) -> None:
    """Findings by path, offsets and kind."""
    answer = http.post("/v1/scan", content=json.dumps({"email": MAIL}))
    (finding,) = answer.json()["findings"]
    assert (finding["path"], finding["entity"], finding["start"], finding["end"]) == ("/email", "EMAIL_ADDRESS", 0, 27)
    assert MAIL not in answer.text


def test_a_flood_of_one_client_is_slowed(doors: Doors) -> None:
    """Over its calls a minute a client gets 429 with Retry-After; another one goes on."""
    slow = Doors(doors.clients, doors.gate_of, 4096, 1 << 20, per_minute=2)
    with TestClient(create_app(slow)) as client:
        answers = [client.post("/v1/mask", content=b"1", headers={"authorization": f"Bearer {KEY}"}) for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 200, 429]
        assert answers[2].headers["retry-after"] == "60"
        assert client.post("/v1/mask", content=b"1", headers={"authorization": f"Bearer {OTHER}"}).status_code == 200


# -- mask → model → restore ----------------------------------------------------------------------------------------


def opened(http: TestClient) -> str:
    """The token of a new session."""
    token: str = http.post("/v1/sessions").json()["session"]
    return token


def masked(http: TestClient, session: str, *texts: str) -> list[str]:
    """Texts as the model sees them."""
    found: list[str] = http.post("/v1/text", json={"texts": list(texts), "session": session}).json()["texts"]
    return found


def restored(http: TestClient, session: str, text: str, member: str = "texts") -> str:
    """A text of the model with the values back."""
    answer: str = http.post("/v1/sessions/restore", json={"session": session, member: [text]}).json()[member][0]
    return answer


def test_values_come_back_in_text_and_arguments(http: TestClient) -> None:
    """Equal values get equal placeholders over the calls of a session; the answer and tool calls get them back."""
    session = opened(http)
    first, second = masked(http, session, f"write to {MAIL}", f"{MAIL} or bob@example.org")
    assert MAIL not in first + second
    mark = first.removeprefix("write to ")
    assert second.startswith(mark)
    assert restored(http, session, f"I wrote to {mark}.") == f"I wrote to {MAIL}."
    arguments = json.dumps({"to": mark})
    assert json.loads(restored(http, session, arguments, "arguments")) == {"to": MAIL}


def test_values_with_quotes_stay_json_in_arguments(doors: Doors) -> None:
    """A value with a quote is escaped where it goes into JSON."""
    _, session = doors.sessions.open("app")
    mark = session.mark("SECRET", 'a"b\\c')
    assert json.loads(session.restore_json(json.dumps({"p": mark}))) == {"p": 'a"b\\c'}


def test_a_placeholder_may_be_cut_anywhere_in_a_stream(doors: Doors) -> None:
    """Whatever the chunks, the restored stream is the restored whole; a bracket that is none of ours passes."""
    _, session = doors.sessions.open("app")
    text = f"see [1] and {session.mark('EMAIL_ADDRESS', MAIL)} [or {session.mark('PERSON', 'Amelia Okafor')}] end ["
    for size in range(1, 40):
        stream = Restorer(session)
        got = "".join(stream.feed(text[i : i + size]) for i in range(0, len(text), size)) + stream.end()
        assert got == session.restore(text)


def test_only_the_client_that_holds_the_session_gets_values(doors: Doors, http: TestClient) -> None:
    """Another client's key with the right token: as if there were no session."""
    session = opened(http)
    (mark,) = masked(http, session, MAIL)
    body = {"session": session, "texts": [mark]}
    with TestClient(create_app(doors), headers={"authorization": f"Bearer {OTHER}"}) as other:
        answer = other.post("/v1/sessions/restore", json=body)
    assert (answer.status_code, MAIL in answer.text) == (404, False)
    assert restored(http, session, mark) == MAIL


def test_another_sessions_placeholder_is_only_text(http: TestClient) -> None:
    """A placeholder of another session, or one that somebody writes, is not replaced."""
    one, two = opened(http), opened(http)
    (mark,) = masked(http, one, MAIL)
    masked(http, two, "bob@example.org")
    assert restored(http, two, mark) == mark


def test_a_session_ends(http: TestClient) -> None:
    """By itself after its time, or when it is closed."""
    first, second = opened(http), opened(http)
    assert http.post("/v1/sessions/close", json={"session": first}).status_code == 204
    for token, later in ((first, 0.0), (second, 61.0)):
        CLOCK.now += later
        assert http.post("/v1/sessions/restore", json={"session": token, "texts": []}).status_code == 404


# -- configuration -------------------------------------------------------------------------------------------------


def test_keys_that_cannot_be_trusted_are_refused(tmp_path: Path) -> None:
    """No client, a readable file, a short key, one key twice, a policy for nobody: an error that says what to do."""

    def key(name: str, text: str, mode: int = 0o600) -> str:
        path = tmp_path / name
        path.write_text(text)
        os.chmod(path, mode)
        return str(path)

    good = key("good", KEY)
    for keys, policies, said in (
        ({}, {}, "openssl rand"),
        ({"a": key("open", KEY, 0o644)}, {}, "chmod 600"),
        ({"a": key("short", "x")}, {}, "shorter than 24"),
        ({"a": good, "b": key("same", KEY)}, {}, "same key"),
        ({"a": good}, {"b": "gdpr"}, "no client 'b'"),
        ({"a": str(tmp_path / "none")}, {}, "cannot be read"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            Clients.read(keys, policies)


def test_the_role_serves_and_streams(tmp_path: Path) -> None:
    """`maskgate run api` as a process: a batch that comes in two parts is answered part by part, on a real socket."""
    place = conformance.write_keyring(tmp_path)
    key = place / "app.key"
    key.write_text(KEY)
    key.chmod(0o600)
    settings = Settings.model_validate(
        {
            "policy": str(conformance.POLICY),
            "pipeline": {"state_dir": str(place)},
            "detection": {"model": "none"},
            "api": {"clients": {"app": str(key)}, "port": 0},
        }
    )
    command = [sys.executable, "-m", "maskgate.supervise.role", "api"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stderr is not None
    try:
        process.stdin.write(roles.to_json(settings))
        process.stdin.close()
        url = next(json.loads(line)["url"] for line in process.stderr if '"listening"' in line)
        events = [b'{"n": %d, "email": "%s"}\n' % (n, MAIL.encode()) for n in range(600)]
        answer = httpx.post(
            f"{url}/v1/mask/batch",
            content=iter([b"".join(events[:400]), b"".join(events[400:])]),
            headers={"authorization": f"Bearer {KEY}"},
            timeout=60,
        )
        lines = answer.content.splitlines()
        assert [json.loads(line)["event"]["n"] for line in lines] == list(range(600))
        assert MAIL not in answer.text
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()
