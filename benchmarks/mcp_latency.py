"""What the MCP proxy adds to a call that is not held: ``python benchmarks/mcp_latency.py --calls 500``.

The same server is called directly and through the proxy, in turns, over stdio; the difference of the medians is
printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters

SERVER = [sys.executable, str(Path(__file__).parents[1] / "tests" / "fakes" / "mcp_server.py")]
POLICY = "extends: default\ntools: {rules: [{id: all, tool: '*', action: allow}]}\n"


def proxied(place: Path) -> list[str]:
    """The proxy's command before that server."""
    program = [sys.executable, "-m", "maskgate", "-C", str(place / "maskgate.json")]
    settings = {"pipeline": {"state_dir": str(place / "state")}, "detection": {"model": "none"}}
    (place / "maskgate.json").write_text(json.dumps(settings))
    (place / "policy.yaml").write_text(POLICY)
    subprocess.run([*program, "keys", "create"], check=True, capture_output=True)
    return [*program, "mcp", "proxy", "--server", "fake", "--policy", str(place / "policy.yaml"),
            "--lineage-file", str(place / "rows.jsonl"), "--upstream", shlex.join(SERVER)]  # fmt: skip


async def took(client: Any) -> float:
    start = time.perf_counter()
    await client.call_tool("lookup", {"name": "x"})
    return (time.perf_counter() - start) * 1000


async def measure(place: Path, calls: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each call, direct and through the proxy."""
    ways = [StdioServerParameters(command=c[0], args=c[1:]) for c in (SERVER, proxied(place))]
    async with Client(ways[0]) as direct, Client(ways[1]) as behind:
        for client in (direct, behind):
            for _ in range(20):
                await took(client)
        pairs = [(await took(direct), await took(behind)) for _ in range(calls)]
    return [a for a, _ in pairs], [b for _, b in pairs]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=500)
    number = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder:
        direct, behind = asyncio.run(measure(Path(folder), number))
    one, other = statistics.median(direct), statistics.median(behind)
    print(
        f"median of {number} calls: direct {one:.2f} ms, through the proxy {other:.2f} ms, added {other - one:.2f} ms"
    )
