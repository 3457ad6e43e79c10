"""The HTTP API with its Python client, the decorator, permits, and the MCP tools, against a gate in memory."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import time
from typing import Any

import fake_office as office
import httpx
import pytest
from agent_office import AGENT, decide, with_agent
from fake_console import ORIGIN
from starlette.testclient import TestClient

from maskgate.approvals.messages import votes
from maskgate.base.errors import RefusedError
from maskgate.base.records import FieldUse
from maskgate.client import ApprovalPending, ApprovalRefused, AsyncClient, PermitRefused, requires_approval
from maskgate.client.calls import CALL_TYPE, authorization
from maskgate.crypto import canonical, signing
from maskgate.kafka import topics
from maskgate.people.principal import Principal
from maskgate.reviewer.desk import ApiDesk, entry_of, sign_act


@pytest.fixture
def api(make_site: Any) -> Any:
    """A console, and an agent with a key of its own that anna owns."""
    return with_agent(make_site(console={"public_read": False}, now=time.time_ns() // 1_000_000))


ASK = {"resource": "orders", "purpose": "undo release 42", "expected_outcome": "orders is at 41"}


def test_an_agent_asks_people_decide_and_the_permit_works_once(api: Any) -> None:
    """Ask, approve, verify offline, redeem; a second use and other arguments are refused."""
    client = api.client(AGENT, gate_key=office.key("gate").public)
    asked = client.request("db.rollback", arguments={"to": 41}, **ASK)
    assert asked.pending
    assert decide(api, asked.request_id, "ben")["outcome"] == "accepted"
    got = client.wait(asked.request_id, 1)
    assert got.approved
    client.check(got.permit, {"to": 41})
    with pytest.raises(PermitRefused):
        client.check(got.permit, {"to": 40})
    with pytest.raises(PermitRefused) as wrong:
        client.redeem(got.permit, {"to": 40})
    assert wrong.value.code == "permit_arguments"
    for thief in ("ben", "anna"):  # a reviewer, and the owner of the agent
        with pytest.raises(PermitRefused) as other:
            api.client(thief).redeem(got.permit, {"to": 41})
        assert other.value.code == "not_the_requester"
    api.client("ben").redeem(got.permit, {"to": 41}, proof=client.prove(got.permit, {"to": 41}))  # who asked lets them
    with pytest.raises(PermitRefused) as spent:
        client.redeem(got.permit, {"to": 41})
    assert spent.value.code == "permit_spent"


def test_waiting_ends_as_pending_never_as_denied(api: Any) -> None:
    """When nobody decides in time the answer is pending, and raise_for_state says so."""
    client = api.client(AGENT)
    asked = client.request("db.rollback", arguments={"to": 41}, **ASK)
    got = client.wait(asked.request_id, 0)
    assert got.state == "pending"
    with pytest.raises(ApprovalPending):
        got.raise_for_state()


def test_the_owner_of_the_agent_cannot_approve_it(api: Any) -> None:
    """The person who owns the agent is excluded like the requester itself."""
    asked = api.client(AGENT).request("db.rollback", arguments={"to": 41}, **ASK)
    assert decide(api, asked.request_id, "anna")["code"] == "excluded"


def test_the_agents_own_key_cannot_vote(api: Any) -> None:
    """A vote signed by the agent's process is refused: it is nobody's key."""
    client = api.client(AGENT)
    asked = client.request("db.rollback", arguments={"to": 41}, **ASK)
    entry = entry_of(client.show(asked.request_id))
    raw = votes.build_vote(
        entry.request,
        "approve",
        signer=office.key(AGENT),
        reviewer=Principal(office.ISS, AGENT),
        person_id="ben",
        seen_digest=entry.request.seen_digest,
        now_ms=api.world.broker.now,
    )
    assert client.submit(raw, 1)["code"] == "bad_signature"


def test_asking_again_gives_the_same_open_request(api: Any) -> None:
    """The same verb and arguments while one is open is one request with a counter, not a second page to somebody."""
    client = api.client(AGENT)
    first = client.request("db.rollback", arguments={"to": 41}, **ASK)
    second = client.request("db.rollback", arguments={"to": 41}, **ASK)
    assert first.request_id == second.request_id
    assert len(api.world.opened()) == 1


def test_free_text_is_masked_and_critical_arguments_are_refused(api: Any) -> None:
    """Purpose and outcome reach nobody with raw personal data; a card number as an argument is turned away."""
    client = api.client(AGENT)
    asked = client.request("db.rollback", arguments={"to": 1}, purpose="for jane@example.com", expected_outcome="done")
    assert api.world.opened()[0].action.purpose == "for <EMAIL_ADDRESS>"
    with pytest.raises(RefusedError) as bad:
        client.request("db.rollback", arguments={"card": "4111111111111111"}, expected_outcome="done")
    assert bad.value.code == "raw_argument"
    everything = b"".join(v or b"" for t in api.world.broker.records for v in api.world.broker.values(t))
    assert b"jane@" not in everything
    assert asked.pending


def test_the_decorator_runs_exactly_what_was_approved(api: Any) -> None:
    """Positional arguments are named, a list changed afterwards changes nothing, and the function runs once."""
    client = api.client(AGENT, gate_key=office.key("gate").public)
    ran: list[Any] = []

    @requires_approval(client, verb="db.rollback", resource="{name}", expected_outcome="{name} is back", wait_s=1)
    def rollback(name: str, tables: list[str], *more: int, dry: bool = False) -> str:
        ran.append((name, tables, more, dry))
        return "done"

    tables = ["a", "b"]
    with pytest.raises(ApprovalPending) as waiting:
        rollback("orders", tables, 1, 2)
    shown = api.world.opened()[0].action
    assert json.loads(shown.arguments) == {"name": "orders", "tables": ["a", "b"], "more": [1, 2], "dry": False}
    assert shown.resource == "orders"
    decide(api, waiting.value.request_id, "ben")
    request_id = waiting.value.request_id
    permit = client.get(request_id).permit
    client.redeem(permit, shown.arguments)
    assert ran == []

    original = client._send

    def vote_when_waiting(call: Any) -> Any:
        if "wait=" in call["url"]:
            tables.append("c")
            decide(api, api.world.opened()[-1].request_id, "ben")
        return original(call)

    client._send = vote_when_waiting
    assert rollback("orders", tables, 1) == "done"
    assert ran == [("orders", ["a", "b"], (1,), False)]


def test_a_denied_call_does_not_run(api: Any) -> None:
    """A denial is raised with its state and reason, and the function is not called."""
    client = api.client(AGENT)

    @requires_approval(client, verb="db.rollback", expected_outcome="x", wait_s=0)
    def never(to: int) -> None:
        raise AssertionError("ran without an approval")

    with pytest.raises(ApprovalPending) as waiting:
        never(41)
    original = client._send

    def deny_when_waiting(call: Any) -> Any:
        if "wait=" in call["url"]:
            decide(api, waiting.value.request_id, "ben", "deny")
        return original(call)

    client._send = deny_when_waiting
    with pytest.raises(ApprovalRefused) as denied:
        never(41)
    assert denied.value.code == "denied"


def test_the_decorator_wraps_coroutines(api: Any) -> None:
    """The same holds for async functions with an AsyncClient."""
    client = AsyncClient(ORIGIN, office.key(AGENT), transport=httpx.ASGITransport(api.app))
    ran: list[int] = []

    @requires_approval(client, verb="cache.flush", expected_outcome="cold cache", wait_s=1)
    async def flush(region: str) -> int:
        ran.append(1)
        return len(region)

    async def play() -> int:
        try:
            return await flush("eu")
        finally:
            await client.close()

    assert asyncio.run(play()) == 2
    assert ran == [1]


def test_a_sync_function_wants_a_sync_client(api: Any) -> None:
    """Mixing up the clients fails when the function is declared, not when it runs."""
    with pytest.raises(TypeError):

        @requires_approval(api.client(AGENT), expected_outcome="x")
        async def wrong() -> None: ...


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"path": "/api/v1/people"}, "wrong_call", id="another path"),
        pytest.param({"method": "POST"}, "wrong_call", id="another method"),
        pytest.param({"host": "staging.example"}, "wrong_call", id="another console"),
        pytest.param({"body": b"{}"}, "wrong_call", id="another body"),
        pytest.param({"now_ms": 1_700_000_000_000}, "stale_call", id="signed ten minutes ago"),
        pytest.param({"key": "mallory"}, "unknown_key", id="a key nobody enrolled"),
    ],
)
def test_a_call_signed_for_something_else_is_refused(api: Any, change: dict[str, Any], code: str) -> None:
    """The signature covers method, path, body and time, and the key must be enrolled."""
    call: dict[str, Any] = {
        "host": "localhost",
        "method": "GET",
        "path": "/api/v1/me",
        "body": b"",
        "now_ms": api.world.broker.now,
    } | change
    signer = office.key(call.pop("key", "anna"))
    head = authorization(signer, call["host"], call["method"], call["path"], call["body"], call["now_ms"])
    answer = TestClient(api.app, base_url=ORIGIN).get("/api/v1/me", headers={"authorization": head})
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_a_signed_call_works_once(api: Any) -> None:
    """A recorded call cannot be played again."""
    head = {
        "authorization": authorization(office.key("anna"), "localhost", "GET", "/api/v1/me", b"", api.world.broker.now)
    }
    browser = TestClient(api.app, base_url=ORIGIN)
    assert browser.get("/api/v1/me", headers=head).json()["person_id"] == "anna"
    assert browser.get("/api/v1/me", headers=head).json()["code"] == "replayed_call"


def test_a_program_sees_only_its_own_requests(api: Any) -> None:
    """An agent's key lists and shows what it asked for, and nothing else."""
    held = api.hold()
    client = api.client(AGENT)
    mine = client.request("db.rollback", arguments={"to": 41}, **ASK)
    assert [r["request_id"] for r in client.list(state="open")] == [mine.request_id]
    with pytest.raises(RefusedError) as hidden:
        client.get(held.request_id)
    assert hidden.value.code == "not_found"


@pytest.mark.parametrize("path", ["/people", "/stats"])
def test_a_program_does_not_see_who_reviews(api: Any, path: str) -> None:
    """Who may approve, and how readily, is for people: an agent that knows can choose whom to talk round."""
    with pytest.raises(RefusedError) as no:
        api.client(AGENT).get_json(path)
    assert no.value.code == "forbidden"
    assert api.client("anna").get_json(path)


def test_an_account_on_behalf_of_holds_no_secret(api: Any) -> None:
    """What is given as an account is stored and shown, so a card in it is turned away."""
    behalf = [{"iss": "https://id.example", "sub": "4111111111111111"}]
    with pytest.raises(RefusedError) as no:
        api.client(AGENT).request("db.rollback", arguments={"to": 1}, on_behalf_of=behalf, **ASK)
    assert no.value.code == "raw_argument"
    assert "4111" not in str(no.value)


def test_voting_twice_is_accepted_without_a_second_event(api: Any) -> None:
    """The same vote again is a no-op, and the reviewer is told that it counts."""
    asked = api.hold()
    assert decide(api, asked.request_id, "ben")["outcome"] == "accepted"
    events = len(api.world.events())
    again = decide(api, asked.request_id, "ben")
    assert (again["outcome"], again.get("repeated")) == ("accepted", True)
    assert len(api.world.events()) == events


def test_a_tampered_answer_is_not_signed(api: Any) -> None:
    """The desk recomputes the request's digest and the previews' digest before it signs."""
    request = api.hold()
    desk = ApiDesk(api.client("ben"))
    shown = desk.show(request.request_id)
    benign = json.loads(json.dumps(shown))
    benign["items"][0]["preview"] = '{"harmless": 1}'
    with pytest.raises(RefusedError):
        entry_of(benign)
    swapped = json.loads(json.dumps(shown))
    swapped["entry"]["request"]["action"]["destination"] = "partner"
    with pytest.raises(RefusedError):
        entry_of(swapped)
    assert entry_of(shown).request.digest == request.digest


def test_acts_go_the_same_way(api: Any) -> None:
    """Who asked withdraws through the API; somebody else cannot."""
    request = api.hold(requester=office.verified("ben", "human"))
    for person, expected in (("chloe", "refused"), ("ben", "accepted")):
        desk = ApiDesk(api.client(person))
        entry = entry_of(desk.show(request.request_id))
        told = desk.submit(sign_act(desk.me(), office.key(person), entry.request, "withdraw", "wrong month"), 1)
        assert told["outcome"] == expected, told
    assert api.world.of(request).state.value == "WITHDRAWN"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="empty"),
        pytest.param({"envelope": {"payload": "x"}}, id="no envelope"),
        pytest.param({"assertion": {"payload": "x"}}, id="no assertion"),
        pytest.param({"envelope": None, "assertion": None, "more": 1}, id="unknown member"),
    ],
)
def test_a_malformed_vote_never_reaches_the_topic(api: Any, body: dict[str, Any]) -> None:
    """What is not an envelope is turned away with a code."""
    answer = TestClient(api.app, base_url=ORIGIN).post("/api/v1/votes", json=body)
    assert answer.status_code == 422
    assert api.world.broker.values(topics.VOTES) == []


def test_the_mcp_tools_ask_wait_list_and_spend(api: Any) -> None:
    """An agent over MCP can ask, wait and spend; there is no tool that decides."""
    pytest.importorskip("mcp")
    from maskgate.client.mcp import build

    client = AsyncClient(ORIGIN, office.key(AGENT), transport=httpx.ASGITransport(api.app))
    server = build(client)

    async def call(name: str, **arguments: Any) -> dict[str, Any]:
        result: Any = await server.call_tool(name, arguments)
        content = getattr(result, "structured_content", None) or (result[1] if isinstance(result, tuple) else None)
        return dict(content if content is not None else json.loads(result.content[0].text))

    async def play() -> None:
        names = {tool.name for tool in await server.list_tools()}
        assert names == {"request_approval", "wait_for_approval", "list_requests", "use_permit"}
        asked = await call("request_approval", verb="db.rollback", arguments={"to": 41}, **ASK)
        assert asked["state"] == "pending"
        assert (await call("wait_for_approval", request_id=asked["request_id"], timeout_s=0))["state"] == "pending"
        assert (await call("list_requests"))["requests"][0]["request_id"] == asked["request_id"]
        decide(api, asked["request_id"], "ben")
        got = await call("wait_for_approval", request_id=asked["request_id"], timeout_s=1)
        assert got["state"] == "released"
        use = {"permit": got["permit"], "verb": "db.rollback"}
        assert (await call("use_permit", **use, arguments={"to": 40}))["redeemed"] is False
        other = await call("use_permit", permit=got["permit"], verb="db.drop", arguments={"to": 41})
        assert (other["redeemed"], other["code"]) == (False, "permit_arguments")
        spent = await call("use_permit", **use, arguments={"to": 41})
        assert spent == {"redeemed": True, "verb": "db.rollback", "resource": "orders"}
        await client.close()

    asyncio.run(play())


def test_the_mcp_tools_say_what_they_do_and_whose_words_are_whose(api: Any) -> None:
    """Every parameter is described, every tool says what it changes, and a reviewer's reason is named as data."""
    pytest.importorskip("mcp")
    from maskgate.client.mcp import build

    client = AsyncClient(ORIGIN, office.key(AGENT), transport=httpx.ASGITransport(api.app))
    server = build(client)

    async def play() -> dict[str, Any]:
        tools = {tool.name: tool for tool in await server.list_tools()}
        for tool in tools.values():
            assert all(part["description"] for part in tool.input_schema["properties"].values())
        reads = {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint}
        assert reads == {"wait_for_approval", "list_requests"}
        asked: Any = await server.call_tool("request_approval", {"verb": "db.rollback", "arguments": {"to": 41}, **ASK})
        request_id = asked.structured_content["request_id"]
        decide(api, request_id, "ben", "deny")
        waited: Any = await server.call_tool("wait_for_approval", {"request_id": request_id, "timeout_s": 0})
        await client.close()
        return dict(waited.structured_content)

    told = asyncio.run(play())
    assert told["state"] == "denied"
    assert told["reasons"]["words"] == ["looked"]
    assert "no instructions" in told["reasons"]["note"]


@pytest.mark.parametrize(("who", "code"), [(AGENT, "not_found"), ("mallory", "unknown_key")])
def test_an_id_that_is_not_there_is_an_error_and_no_denial(api: Any, who: str, code: str) -> None:
    """An agent that mistypes, or that the console does not know, must not take the answer for a decision."""
    pytest.importorskip("mcp")
    from mcp.server.mcpserver.exceptions import ToolError

    from maskgate.client.mcp import build

    client = AsyncClient(ORIGIN, office.key(who), transport=httpx.ASGITransport(api.app))

    async def play() -> None:
        with pytest.raises(ToolError, match=f"{code}.*Nobody has denied"):
            await build(client).call_tool("wait_for_approval", {"request_id": "nope", "timeout_s": 0})
        await client.close()

    asyncio.run(play())


def test_whom_the_agent_serves_has_no_vote_whatever_the_agent_says(api: Any) -> None:
    """Who starts the MCP server says for whom the agent works; the tool has no way to leave that out."""
    pytest.importorskip("mcp")
    from maskgate.client.mcp import build

    client = AsyncClient(ORIGIN, office.key(AGENT), transport=httpx.ASGITransport(api.app))
    dan = office.account("dan")
    server = build(client, [{"iss": dan.iss, "sub": dan.sub}])

    async def play() -> str:
        tool = next(t for t in await server.list_tools() if t.name == "request_approval")
        assert "on_behalf_of" not in str(tool)
        result: Any = await server.call_tool("request_approval", {"verb": "db.rollback", "arguments": {"to": 5}, **ASK})
        await client.close()
        return str(result.structured_content["request_id"])

    told = decide(api, asyncio.run(play()), "dan")
    assert (told["outcome"], told["code"]) == ("refused", "excluded")


def test_metrics_hold_counts_and_no_names(api: Any) -> None:
    """Prometheus gets states and codes; no request id, person or account."""
    request = api.hold()
    assert TestClient(api.app, base_url=ORIGIN).get("/api/v1/metrics").status_code == 401
    text = api.signed_in("dan").get("/api/v1/metrics").text
    assert 'maskgate_requests{state="pending"} 1' in text
    assert request.request_id not in text
    assert "example.com" not in text


def test_the_api_is_described(api: Any) -> None:
    """Every route of /api/v1 stands in the OpenAPI document with a description."""
    assert TestClient(api.app, base_url=ORIGIN).get("/api/openapi.json").status_code == 401
    paths = api.signed_in("dan").get("/api/openapi.json").json()["paths"]
    assert {"/api/v1/requests", "/api/v1/votes", "/api/v1/permits/redeem", "/api/v1/health"} <= set(paths)
    assert all(method.get("description") for path in paths.values() for method in path.values())


def _described(api: Any) -> dict[str, Any]:
    return dict(api.signed_in("dan").get("/api/openapi.json").json())


def test_the_description_says_how_to_prove_who_calls(api: Any) -> None:
    """Every call names ways that are defined; what takes a stranger's call says so, and nothing else does."""
    tree = _described(api)
    schemes = tree["components"]["securitySchemes"]
    assert (schemes["signedCall"]["in"], schemes["signedCall"]["name"]) == ("header", "Authorization")
    for path, methods in tree["paths"].items():
        for method, told in methods.items():
            assert {name for way in told["security"] for name in way} <= set(schemes), path
            free = not told["security"] or {} in told["security"]
            call = {"json": {}} if method == "post" else {}
            address = path.replace("{request_id}", "nope").replace("{offset}", "0")
            status = TestClient(api.app, base_url=ORIGIN).request(method, address, **call).status_code
            assert free or status in (401, 403, 422), (method, path, status)
            assert not free or status != 401, (method, path, status)


def test_the_description_holds_together(api: Any) -> None:
    """Every reference leads somewhere, every name of an operation is one, every call tells the form of a refusal."""
    tree = _described(api)
    text = json.dumps(tree)
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in tree["components"]["schemas"]
    told = [one for methods in tree["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in told}) == len(told)
    assert all("4XX" in one["responses"] for one in told)


def test_what_nobody_vouches_for_is_not_stored(site: Any) -> None:
    """A vote that no enrolled key signed, posted by a stranger, never reaches the topic; an enrolled one does."""
    request = site.hold(tier="standard")

    def ballot(signer: str) -> dict[str, Any]:
        raw = votes.build_vote(
            request,
            "approve",
            signer=office.key(signer),
            reviewer=office.account("anna"),
            person_id="anna",
            seen_digest=request.seen_digest,
            now_ms=site.world.broker.now,
        )
        return {"envelope": json.loads(raw)}

    before = len(site.world.broker.values(topics.VOTES))
    answer = site.browser().post("/api/v1/votes", json=ballot("stranger"))
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert len(site.world.broker.values(topics.VOTES)) == before
    assert site.browser().post("/api/v1/votes?wait=1", json=ballot("anna")).json()["outcome"] == "accepted"


def test_only_who_asked_is_shown_the_permit(api: Any) -> None:
    """A reviewer sees that a permit was issued; the permit itself is for the requester."""
    client = api.client(AGENT)
    asked = client.request("db.rollback", arguments={"to": 41}, expected_outcome="version 41 runs")
    decide(api, asked.request_id, "ben")
    assert client.get(asked.request_id).permit
    assert not api.client("ben").get(asked.request_id).permit
    assert "permit.v1" not in json.dumps(api.client("ben").show(asked.request_id))


def test_a_body_without_a_length_is_read_up_to_the_limit(site: Any) -> None:
    """A chunked body ends at 1 MiB like one that declares its length, signed or not."""

    def endless() -> Any:
        for _ in range(40):
            yield b" " * 65536

    heads: list[dict[str, str]] = [{}, {"authorization": "Maskgate eA=="}]
    for headers in heads:
        answer = site.browser().post("/api/v1/votes", content=endless(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("iat", ["nan", True, 1.5, None])
def test_the_time_of_a_call_is_a_number_of_milliseconds(site: Any, iat: Any) -> None:
    """A time that compares with nothing does not keep a signed call alive."""
    tree = {
        "domain": "call.v1",
        "host": "localhost",
        "method": "GET",
        "path": "/api/v1/me",
        "body_sha256": hashlib.sha256(b"").hexdigest(),
        "iat": iat,
        "nonce": "n" * 32,
    }
    raw = signing.seal(CALL_TYPE, canonical.dumps(tree), [office.key("anna")])
    head = {"authorization": "Maskgate " + base64.b64encode(raw).decode()}
    assert site.browser().get("/api/v1/me", headers=head).json()["code"] == "malformed_call"


def test_the_verb_is_looked_at_like_the_arguments(api: Any) -> None:
    """A card number in the verb is refused before anybody sees it."""
    with pytest.raises(RefusedError) as refused:
        api.client(AGENT).request("charge 4111111111111111", expected_outcome="paid")
    assert refused.value.code == "raw_argument"


def test_a_permit_for_another_verb_does_not_pass_the_offline_check(api: Any) -> None:
    """Equal arguments are not enough: the pinned check of the decorator holds the permit against its verb."""
    client = api.client(AGENT, gate_key=office.key("gate").public)
    asked = client.request("db.rollback", arguments={"to": 41}, expected_outcome="version 41 runs")
    decide(api, asked.request_id, "ben")
    permit = client.get(asked.request_id).permit
    client.check(permit, {"to": 41}, "db.rollback")
    with pytest.raises(PermitRefused):
        client.check(permit, {"to": 41}, "db.drop")


def test_an_approval_that_comes_after_the_waiting_is_taken_up_by_the_same_call(api: Any) -> None:
    """No second request; once it is used the same call asks anew, and a late denial is told."""
    client = api.client(AGENT)
    ran: list[int] = []

    @requires_approval(client, verb="db.rollback", expected_outcome="it is back", wait_s=0)
    def rollback(to: int) -> None:
        ran.append(to)

    for turn in range(2):
        with pytest.raises(ApprovalPending) as waiting:
            rollback(41)
        decide(api, waiting.value.request_id, "ben")
        assert ran == [41] * turn
        rollback(41)
        assert ran == [41] * (turn + 1)
        assert len(api.world.opened()) == turn + 1
    with pytest.raises(ApprovalPending) as waiting:
        rollback(41)
    decide(api, waiting.value.request_id, "ben", "deny")
    with pytest.raises(ApprovalRefused):
        rollback(41)
    with pytest.raises(ApprovalPending):
        rollback(41)


@pytest.mark.parametrize("word", ["IBAN", "iban_code", "order"])
def test_the_queue_is_searched_by_kind_as_well(api: Any, word: str) -> None:
    """What stands on a row as a chip is found by typing it, on the page and by the API."""
    uses = (FieldUse("/b", "IBAN_CODE", "token", "b", 1.0, 3),)
    with_iban = api.hold(uses=uses)
    other = api.hold(value=b'{"x":1}', topic="tickets", rule="tickets-out", requester=office.verified("t", "service"))
    ids = [r["request_id"] for r in api.client("dan").list(text=word)]
    assert ids == [with_iban.request_id]
    page = api.signed_in("anna").get("/", params={"q": word}).text
    assert with_iban.request_id in page
    assert other.request_id not in page
