"""Proxies before a server of our own, in this process; the server is a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fakes"))

from fakes import conformance
from maskgate.embed import Gate, load

FAKE = Path(__file__).parents[1] / "fakes" / "mcp_server.py"
PASSED = ("FAKE_MCP_FOLDER", "FAKE_MCP_DESCRIPTION", "FAKE_MCP_INSTRUCTIONS")
POLICY = """
extends: default
topics:
  "mcp.fake.token":
    rules: [{id: tokens, entity: EMAIL_ADDRESS, action: tokenize}]
tools:
  rules:
    - {id: opened, server: fake, tool: say, when: [{path: /text, equals: open}], action: deny}
    - {id: reads, server: fake, tool: [lookup, fail, die, picture, large, steps, token], action: allow}
    - {id: reading, server: fake, tool: [resources/read, prompts/get], action: allow}
    - {id: quietly, server: fake, tool: say, when: [{path: /text, equals: ping}], action: allow}
    - {id: masked, server: fake, tool: echo, action: mask}
    - {id: asked, server: fake, tool: say, verb: db.rollback, action: hold, unmask: true, wait: 60s}
"""


class Bench:
    """A place with policy and keys, and proxies on it."""

    def __init__(self, folder: Path, gate: Gate, policy: Path) -> None:
        self.folder, self.gate, self.policy = folder, gate, policy
        self.rows_file = folder / "rows.jsonl"

    def setup(self, **changes: Any) -> Any:
        from maskgate.gateway.mcp import pins, rows, serve, upstream

        made = serve.Setup(
            server="fake",
            gate=self.gate,
            dial=upstream.by_command([sys.executable, str(FAKE)], list(PASSED)),
            rows=rows.FileRows(self.rows_file),
            pins=pins.Pins(self.folder / "state", "fake"),
        )
        return replace(made, **changes)

    @asynccontextmanager
    async def agent(self, **changes: Any) -> AsyncIterator[Any]:
        """An agent's client behind the proxy."""
        import anyio
        from mcp import Client

        from maskgate.gateway.mcp import serve

        upstream, proxy = serve.assemble(self.setup(**changes))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upstream.run)
            async with Client(await proxy.server()) as client:
                yield client
            tasks.cancel_scope.cancel()

    def play(self, story: Callable[[Any], Awaitable[None]], **changes: Any) -> None:
        """Run a story with an agent's client."""

        async def run() -> None:
            async with self.agent(**changes) as client:
                await story(client)

        asyncio.run(run())

    def ran(self) -> list[str]:
        """What the server's tools did."""
        file = self.folder / "ran"
        return file.read_text().splitlines() if file.exists() else []

    def rows(self) -> list[dict[str, Any]]:
        """The lineage rows."""
        lines = self.rows_file.read_text().splitlines() if self.rows_file.exists() else []
        return [json.loads(line) for line in lines]


def _gate(folder: Path) -> tuple[Gate, Path]:
    policy = folder / "policy.yaml"
    policy.write_text(POLICY)
    return load(policy, conformance.write_keyring(folder), model="none", topic="mcp.fake"), policy


@pytest.fixture(scope="session")
def shared_gate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Gate, Path]:
    """One gate for all benches: loading its rules takes seconds."""
    return _gate(tmp_path_factory.mktemp("gate"))


@pytest.fixture
def bench(tmp_path: Path, shared_gate: tuple[Gate, Path], monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench whose policy nobody changes."""
    pytest.importorskip("mcp")
    monkeypatch.setenv("FAKE_MCP_FOLDER", str(tmp_path))
    return Bench(tmp_path, *shared_gate)


@pytest.fixture
def own_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench with a policy of its own to change."""
    pytest.importorskip("mcp")
    monkeypatch.setenv("FAKE_MCP_FOLDER", str(tmp_path))
    return Bench(tmp_path, *_gate(tmp_path))
