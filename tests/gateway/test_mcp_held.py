"""A held MCP call: people decide, it runs once with exactly what they saw, and whoever goes away runs nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import fake_office as office
import httpx
import pytest
from agent_office import AGENT, decide, with_agent
from fake_console import ORIGIN, Site

MAIL = "amelia.okafor@example.co.uk"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A console beside a gate in memory, and an agent that anna owns."""
    pytest.importorskip("mcp")
    made = with_agent(Site(tmp_path / "site", console={"public_read": False}, now=time.time_ns() // 1_000_000))
    yield made
    made.close()


def holding(site: Site) -> Any:
    """What asks in the agent's name."""
    from maskgate.client import AsyncClient
    from maskgate.gateway.mcp.holding import Holding

    gate_key = office.key("gate").public
    transport = httpx.ASGITransport(site.app)
    return Holding(AsyncClient(ORIGIN, office.key(AGENT), gate_key=gate_key, transport=transport))


async def asked(site: Site, number: int = 1) -> str:
    """The id of the open request, once it is there."""
    with anyio.fail_after(60):
        while True:
            rows = await anyio.to_thread.run_sync(lambda: site.client(AGENT).list(state="all"))
            if len(rows) >= number:
                return str(rows[0]["request_id"])
            await anyio.sleep(0.05)


async def told(result: list[Any], call: Callable[[], Any]) -> None:
    result.append(await call())


def test_a_held_call_runs_once_with_what_people_saw(bench: Any, site: Site) -> None:
    """Notices while they decide, then the very arguments; the row names the request."""
    seen: list[str] = []

    async def story(agent: Any) -> None:
        notices: list[str] = []
        result: list[Any] = []

        async def note(progress: float, total: float | None, message: str | None) -> None:
            notices.append(str(message))

        async with anyio.create_task_group() as tasks:
            say = lambda: agent.call_tool("say", {"text": "hello"}, progress_callback=note)  # noqa: E731
            tasks.start_soon(told, result, say)
            seen.append(await asked(site))
            assert bench.ran() == []
            shown = await anyio.to_thread.run_sync(lambda: site.client(AGENT).show(seen[0]))
            assert json.loads(shown["arguments"]) == {
                "server": "fake", "tool": "say", "arguments": {"text": "hello"}
            }  # fmt: skip
            await anyio.to_thread.run_sync(decide, site, seen[0], "ben")
        assert not result[0].is_error
        assert any(seen[0] in notice for notice in notices)

    bench.play(story, holding=holding(site))
    assert bench.ran() == ["say hello"]
    assert bench.rows()[-1]["request_id"] == seen[0]


def test_a_denied_one_never_runs_and_its_reason_is_data(bench: Any, site: Site) -> None:
    """What the reviewer wrote comes masked, as words and not as instructions."""

    async def story(agent: Any) -> None:
        result: list[Any] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(told, result, lambda: agent.call_tool("say", {"text": "hello"}))
            request = await asked(site)
            reason = "ask +44 20 7946 0958 first"
            await anyio.to_thread.run_sync(decide, site, request, "ben", "deny", reason)
        words = result[0].content[0].text
        assert result[0].is_error
        assert "denied" in words
        assert "no instructions" in words
        assert "7946" not in words
        assert "first" in words

    bench.play(story, holding=holding(site))
    assert bench.ran() == []


def test_who_goes_away_while_held_runs_nothing_until_they_call_again(bench: Any, site: Site) -> None:
    """The approval that came meanwhile is waiting for the same call, and for no other."""

    async def story(agent: Any) -> None:
        with anyio.CancelScope() as gone:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(agent.call_tool, "say", {"text": "hello"})
                request = await asked(site)
                gone.cancel()
        await anyio.to_thread.run_sync(decide, site, request, "ben")
        assert bench.ran() == []
        again = await agent.call_tool("say", {"text": "hello"})
        assert not again.is_error, again
        assert bench.ran() == ["say hello"]

    bench.play(story, holding=holding(site))


def test_two_equal_calls_at_once_run_once(bench: Any, site: Site) -> None:
    """One request, one permit: the second caller is told that it is spent."""

    async def story(agent: Any) -> None:
        results: list[Any] = []
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(told, results, lambda: agent.call_tool("say", {"text": "hello"}))
            await anyio.to_thread.run_sync(decide, site, await asked(site), "ben")
        assert sorted(result.is_error for result in results) == [False, True], results

    bench.play(story, holding=holding(site))
    assert bench.ran() == ["say hello"]


def test_a_policy_that_denies_meanwhile_stops_an_approved_call(own_bench: Any, site: Site) -> None:
    """What is in force when the call would run decides."""

    async def story(agent: Any) -> None:
        result: list[Any] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(told, result, lambda: agent.call_tool("say", {"text": "hello"}))
            request = await asked(site)
            text = own_bench.policy.read_text()
            own_bench.policy.write_text(text.replace("action: hold, unmask: true, ", "action: deny, "))
            await anyio.to_thread.run_sync(decide, site, request, "ben")
        assert result[0].is_error
        assert "rule 'asked'" in result[0].content[0].text

    own_bench.play(story, holding=holding(site))
    assert own_bench.ran() == []


def test_tokens_are_opened_only_by_an_approved_unmask(bench: Any, site: Site) -> None:
    """The agent works with a token; the server gets the value after people approved the verb `unmask`."""
    tokens: list[str] = []

    async def story(agent: Any) -> None:
        tokens.append((await agent.call_tool("token", {})).content[0].text)
        assert tokens[0].startswith("mg1.")
        result: list[Any] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(told, result, lambda: agent.call_tool("say", {"text": tokens[0]}))
            request = await asked(site)
            shown = await anyio.to_thread.run_sync(lambda: site.client(AGENT).show(request))
            assert shown["verb"] == "unmask"
            assert bench.ran() == []
            for person in ("ben", "chloe"):
                await anyio.to_thread.run_sync(decide, site, request, person)
        assert not result[0].is_error, result
        assert MAIL not in str(result[0].model_dump_json())

    bench.play(story, holding=holding(site))
    assert bench.ran() == [f"say {MAIL}"]
    assert "unmasked" in [row["kind"] for row in bench.rows()]
