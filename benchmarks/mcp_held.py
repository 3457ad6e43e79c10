"""Memory of held MCP calls: ``python benchmarks/mcp_held.py --calls 1000``.

One proxy holds so many calls of one agent at once, each with arguments of its own, before a console that never decides;
the most memory that the whole process (proxy, agent's client and console in one) took is printed, and what it grew by.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import anyio
import httpx
from mcp import Client

import maskgate
from maskgate.client import AsyncClient
from maskgate.crypto import signing
from maskgate.crypto.keyring import Keyring
from maskgate.gateway.mcp import holding, pins, rows, serve, upstream

SERVER = [sys.executable, str(Path(__file__).parents[1] / "tests" / "fakes" / "mcp_server.py")]


async def never(request: httpx.Request) -> httpx.Response:
    """A console on which nobody decides."""
    if request.method == "POST":
        never.asked += 1  # type: ignore[attr-defined]
        return httpx.Response(200, json={"request_id": f"r{never.asked}", "state": "pending"})  # type: ignore[attr-defined]
    await asyncio.sleep(float(request.url.params.get("wait", 0)))
    return httpx.Response(200, json={"request_id": request.url.path.rsplit("/", 1)[-1], "state": "pending"})


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def hold(place: Path, calls: int) -> None:
    never.asked = 0  # type: ignore[attr-defined]
    console = AsyncClient("http://localhost", signing.generate(), transport=httpx.MockTransport(never))
    setup = serve.Setup(
        server="fake",
        gate=maskgate.load(keyring=place, model="none"),
        dial=upstream.by_command(SERVER, []),
        rows=rows.FileRows(place / "rows.jsonl"),
        pins=pins.Pins(place, "fake"),
        holding=holding.Holding(console),
    )
    up, proxy = serve.assemble(setup)
    setup.gate.warm()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(up.run)
        async with Client(await proxy.server()) as agent:
            before = peak()

            async def call(number: int) -> Any:
                await agent.call_tool("say", {"text": json.dumps({"n": number, "note": "x" * 200})})

            for number in range(calls):
                tasks.start_soon(call, number)
            while never.asked < calls:  # type: ignore[attr-defined]
                await anyio.sleep(0.1)
            await anyio.sleep(3)
            print(f"{calls} held calls: {peak():.0f} MB at most, {peak() - before:.0f} MB more than with none")
            tasks.cancel_scope.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=1000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Keyring.load_or_create(Path(folder))
        asyncio.run(hold(Path(folder), told.calls))
