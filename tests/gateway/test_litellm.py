"""LiteLLM's guardrail: texts masked, what has no place in the answer blocked; with LiteLLM's own client where it is."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from ruamel.yaml import YAML
from starlette.testclient import TestClient

from fakes import conformance
from maskgate.base.config import Settings
from maskgate.gateway import litellm, server
from maskgate.gateway.app import create_app

KEY = "k" * 32
MAIL = "amelia.okafor@example.co.uk"
CARD = "4111 1111 1111 1111"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    place = conformance.write_keyring(tmp_path_factory.mktemp("litellm"))
    key = Path(place) / "app.key"
    key.write_text(KEY)
    key.chmod(0o600)
    tree = {
        "policy": str(conformance.POLICY),
        "pipeline": {"state_dir": str(place), "topics": [conformance.TOPIC]},
        "detection": {"model": "none"},
        "api": {"clients": {"app": str(key)}},
    }
    return create_app(server.build(Settings.model_validate(tree)))


@pytest.fixture
def http(app: Any) -> Iterator[TestClient]:
    with TestClient(app, headers={"x-api-key": KEY}) as client:
        yield client


def ask(http: TestClient, kind: str = "request", **members: Any) -> dict[str, Any]:
    """One call as LiteLLM sends it."""
    call = {"input_type": kind, "request_data": {}, "texts": [], "images": None, "tools": None, **members}
    answer = http.post(litellm.PATH, json=call)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_texts_are_masked_in_their_places(http: TestClient) -> None:
    """As many as came, in order; a clean one as it is."""
    told = ask(http, texts=["hello", f"write to {MAIL}"])
    assert told["action"] == "GUARDRAIL_INTERVENED"
    assert told["texts"] == ["hello", "write to <EMAIL_ADDRESS>"]


def test_nothing_found_is_none(http: TestClient) -> None:
    """And then nothing is sent back."""
    assert ask(http, texts=["hello"]) == {"action": "NONE"}


def test_messages_are_masked_as_a_whole(http: TestClient) -> None:
    """Parts, names, and the arguments of earlier tool calls, which `texts` does not have; ids and roles stay."""
    mail = {"name": "mail", "arguments": json.dumps({"to": MAIL, "n": 1})}
    rows: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": f"card {CARD}"}], "name": MAIL},
        {
            "role": "assistant", "content": None,
"tool_calls": [{"id": "call_1", "type": "function", "function": mail}],
        },
    ]  # fmt: skip
    told = ask(http, texts=[f"card {CARD}"], structured_messages=rows, tool_calls=rows[1]["tool_calls"])
    said = json.dumps(told)
    assert told["action"] == "GUARDRAIL_INTERVENED" and MAIL not in said and CARD not in said
    assert [row["role"] for row in told["structured_messages"]] == ["user", "assistant"]
    call = told["structured_messages"][1]["tool_calls"][0]
    assert (call["id"], call["function"]["name"]) == ("call_1", "mail")
    assert json.loads(call["function"]["arguments"])["n"] == 1


def test_tools_are_masked(http: TestClient) -> None:
    """A description can hold what the deployment knows of somebody."""
    tool = {
        "type": "function",
        "function": {"name": "mail", "description": f"mails to {MAIL}", "parameters": {"type": "object"}},
    }
    (masked,) = ask(http, tools=[tool])["tools"]
    assert masked["function"]["description"] == "mails to <EMAIL_ADDRESS>" and masked["function"]["name"] == "mail"


def test_a_tool_call_of_the_model_is_blocked(http: TestClient) -> None:
    """The answer has no place for another one."""
    call = {"id": "c", "type": "function", "function": {"name": "mail", "arguments": json.dumps({"to": MAIL})}}
    told = ask(http, "response", texts=["ok"], tool_calls=[call])
    assert told["action"] == "BLOCKED" and MAIL not in json.dumps(told)
    call["function"]["arguments"] = '{"n": 1}'
    assert ask(http, "response", texts=["ok"], tool_calls=[call])["action"] == "NONE"


def test_the_end_of_a_stream_waits(http: TestClient) -> None:
    """Also where nothing was found yet: half an address is no finding, and what was sent cannot be taken back."""
    assert ask(http, "response", texts=["mail amelia.oka"])["stream_holdback_chars"] == [litellm.HOLDBACK]


def test_images_are_blocked_unless_the_settings_let_them_pass(http: TestClient, app: Any) -> None:
    """A call cannot ask for it: its parameters are the caller's own."""
    image = ["data:image/png;base64,iVBORw0KGgo="]
    asked = {"additional_provider_specific_params": {"litellm_images": "pass"}}
    assert ask(http, texts=["hello"], images=image, **asked)["action"] == "BLOCKED"
    assert litellm.answer(None, {"input_type": "request", "images": image}, images=True) == {"action": "NONE"}  # type: ignore[arg-type]


IMAGE = "data:image/png;base64,iVBORw0KGgo="
UNSEEN: dict[str, dict[str, Any]] = {
    "image in a message": {"type": "image_url", "image_url": {"url": IMAGE}},
    "image elsewhere": {"type": "image_url", "image_url": {"url": "https://x.example/passport.png"}},
    "sound": {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    "file": {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0="}},
    "of no known type": {"type": "hologram", "content": IMAGE.replace("data:", "DATA:")},
    "with an odd type": {"type": ["image_url"], "url": IMAGE},
}


@pytest.mark.parametrize("part", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_can_look_into_is_blocked_inside_of_a_message(http: TestClient, part: dict[str, Any]) -> None:
    """LiteLLM lists pictures of some kinds apart; the message that holds them goes to the model all the same."""
    rows = [{"role": "user", "content": [{"type": "text", "text": "hello"}, part]}]
    assert ask(http, texts=["hello"], structured_messages=rows)["action"] == "BLOCKED"
    assert ask(http, "response", texts=["hello"], structured_messages=rows)["action"] == "BLOCKED"


HIDDEN: dict[str, dict[str, Any]] = {
    "in an id": {"role": "user", "content": "hi", "id": f"mail {MAIL}"},
    "in a role": {"role": f"user {MAIL}", "content": "hi"},
    "in a function's name": {"role": "tool", "function": {"name": f"write to {MAIL}"}},
    "as a number": {"role": "user", "content": 4111111111111111},
    "in a member's name": {"role": "user", "content": [{"type": "text", "text": "hi", MAIL: 1}]},
}


@pytest.mark.parametrize("row", HIDDEN.values(), ids=HIDDEN)
def test_a_value_does_not_pass_in_a_member_of_the_protocol(http: TestClient, row: dict[str, Any]) -> None:
    """Ids and roles pass as they are while they look like some; numbers and names of members are looked at."""
    told = ask(http, texts=["hi"], structured_messages=[row])
    assert told["action"] in ("BLOCKED", "GUARDRAIL_INTERVENED"), told
    assert MAIL not in json.dumps(told) and "4111111111111111" not in json.dumps(told)


def test_a_schema_of_a_tool_passes_as_it_is(http: TestClient) -> None:
    """Its numbers, types and names are no values."""
    members = {
        "file": {"type": "string"},
        "type": {"type": "string", "maxLength": 4096},
        "first_name": {"type": "string"},
    }
    tool = {"type": "function", "function": {"name": "read", "parameters": {"type": "object", "properties": members}}}
    assert ask(http, texts=["hello"], tools=[tool]) == {"action": "NONE"}


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"no",
        b'{"texts": ["a"]}',
        b'{"input_type": "request", "texts": "a"}',
        b'{"input_type": "request", "texts": [1]}',
    ],
)
def test_what_is_no_call_is_an_error_of_status_400(http: TestClient, body: bytes) -> None:
    """LiteLLM ends the request then, since its guardrail is told to fail on errors."""
    assert http.post(litellm.PATH, content=body).status_code == 400


def test_without_a_key_nothing_is_looked_at(app: Any) -> None:
    """As for every door."""
    with TestClient(app) as nobody:
        assert nobody.post(litellm.PATH, json={"input_type": "request"}).status_code == 401


@pytest.fixture
def url(app: Any) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not running.started and time.monotonic() < until:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        running.should_exit = True
        thread.join(10)


def test_litellms_own_client(url: str) -> None:
    """The class that LiteLLM's proxy calls, at our door."""
    pytest.importorskip("litellm", reason="LiteLLM is not installed here (pip install 'litellm[proxy]')")
    from litellm.exceptions import GuardrailRaisedException
    from litellm.proxy.guardrails.guardrail_hooks.generic_guardrail_api import GenericGuardrailAPI

    async def play() -> None:
        guard = GenericGuardrailAPI(api_base=url, api_key=KEY, guardrail_name="maskgate", event_hook="pre_call")
        masked = await guard.apply_guardrail({"texts": [f"write to {MAIL}"]}, {}, "request")
        assert masked["texts"] == ["write to <EMAIL_ADDRESS>"]
        same = await guard.apply_guardrail({"texts": ["hello"]}, {}, "request")
        assert same["texts"] == ["hello"]
        call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": json.dumps({"to": MAIL})}}
        with pytest.raises(GuardrailRaisedException):
            await guard.apply_guardrail({"texts": ["ok"], "tool_calls": [call]}, {}, "response")  # type: ignore[typeddict-item]
        wrong = GenericGuardrailAPI(api_base=url, api_key="x" * 32, guardrail_name="maskgate", event_hook="pre_call")
        with pytest.raises(Exception, match="failed"):
            await wrong.apply_guardrail({"texts": ["hello"]}, {}, "request")

    asyncio.run(play())


def test_the_shipped_configuration_fails_closed() -> None:
    """The values on which it depends that LiteLLM passes on nothing that was not masked."""
    page = Path(__file__).parents[2] / "examples" / "litellm" / "config.yaml"
    (guard,) = YAML(typ="safe", pure=True).load(page.read_text(encoding="utf-8"))["guardrails"]
    told = guard["litellm_params"]
    assert told["default_on"] and told["fail_on_error"] and told["unreachable_fallback"] == "fail_closed"
    assert told["optional_params"]["streaming_transform_mode"] == "incremental_diff"
