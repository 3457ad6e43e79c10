"""The proxy as the process that agents start, over both transports, and before servers that others wrote."""

from __future__ import annotations

import asyncio
import json
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes import conformance

pytestmark = pytest.mark.slow

FAKE = Path(__file__).parents[1] / "fakes" / "mcp_server.py"
MAIL = "amelia.okafor@example.co.uk"
ALLOWED = "extends: default\ntools: {rules: [{id: all, server: up, tool: '*', action: allow}]}\n"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The proxy's command line, but for its upstream."""
    pytest.importorskip("mcp")
    keys = conformance.write_keyring(tmp_path / "state")
    (tmp_path / "policy.yaml").write_text(ALLOWED)
    settings = {"pipeline": {"state_dir": str(keys)}, "detection": {"model": "none"}}
    (tmp_path / "maskgate.json").write_text(json.dumps(settings))
    program = [sys.executable, "-m", "maskgate", "-C", str(tmp_path / "maskgate.json"), "mcp", "proxy"]
    return [*program, "--server", "up", "--policy", str(tmp_path / "policy.yaml"),
            "--lineage-file", str(tmp_path / "rows.jsonl")]  # fmt: skip


def ask(server: Any, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """The answers that the official client gets."""
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters

    async def run() -> list[Any]:
        target = StdioServerParameters(command=server[0], args=server[1:]) if isinstance(server, list) else server
        async with Client(target) as client:
            assert (await client.list_tools()).tools
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(run())


def test_the_official_client_over_stdio(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One command in the place of the server's own; the server gets no variable of ours."""
    monkeypatch.setenv("SECRET_OF_OURS", "zebra")
    upstream = shlex.join([sys.executable, str(FAKE)])
    looked, env = ask([*command, "--upstream", upstream], ("lookup", {"name": "x"}), ("environment", {}))
    assert looked.structured_content["email"] == "<EMAIL_ADDRESS>"
    assert "zebra" not in str(env)
    assert MAIL not in (tmp_path / "rows.jsonl").read_text()


def test_lines_that_are_no_message_end_nothing(command: list[str]) -> None:
    """What is malformed is left unanswered or refused; the next call works."""
    upstream = shlex.join([sys.executable, str(FAKE)])
    begin = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    lines = [
        b"\xff\xfe{not json",
        b'{"jsonrpc": "2.0", "id": 1}',
        b"[]",
        json.dumps({"jsonrpc": "2.0", "id": 2, "method": "initialize", "params": begin}).encode(),
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        b'{"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"arguments": 7}}',
        b'{"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "say", "arguments": {"text": "x"}}}',
    ]
    process = subprocess.Popen([*command, "--upstream", upstream], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(b"\n".join(lines) + b"\n")
        process.stdin.flush()
        answers: dict[Any, Any] = {}
        while 4 not in answers:
            line = process.stdout.readline()
            assert line, "the proxy ended"
            answer = json.loads(line)
            answers[answer.get("id")] = answer
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
    assert answers[3]["error"]["code"] == -32602
    assert "<EMAIL_ADDRESS>" in json.dumps(answers[4]["result"])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("nobody listens")


def test_streamable_http_on_both_sides(command: list[str], tmp_path: Path) -> None:
    """An address in, an address out, and a key that whoever connects must bring."""
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    httpx2 = pytest.importorskip("httpx2")
    up, down = _free_port(), _free_port()
    key = tmp_path / "client.key"
    key.write_text("k" * 32)
    key.chmod(0o600)
    started = [subprocess.Popen([sys.executable, str(FAKE), "http", str(up)], stderr=subprocess.DEVNULL)]
    try:
        _wait(f"http://127.0.0.1:{up}/", started[0])
        more = ["--upstream", f"http://127.0.0.1:{up}/mcp", "--listen", f"127.0.0.1:{down}", "--client-key", str(key)]
        started.append(subprocess.Popen([*command, *more], stderr=subprocess.DEVNULL))
        _wait(f"http://127.0.0.1:{down}/", started[1])
        assert httpx.post(f"http://127.0.0.1:{down}/mcp", json={}).status_code == 401

        async def run() -> Any:
            async with httpx2.AsyncClient(headers={"authorization": "Bearer " + "k" * 32}, timeout=120) as http:
                target = streamable_http_client(f"http://127.0.0.1:{down}/mcp", http_client=http)
                async with Client(target) as client:
                    return await client.call_tool("say", {"text": "a"})

        assert asyncio.run(run()).content[0].text == "a; write to <EMAIL_ADDRESS>"
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(60)


def test_the_file_system_server_of_the_protocol_s_makers(command: list[str], tmp_path: Path) -> None:
    """`@modelcontextprotocol/server-filesystem`, as npm has it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    home = tmp_path / "npm"
    home.mkdir()
    call = [npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(home)]
    try:
        done = subprocess.run([*call, "@modelcontextprotocol/server-filesystem"], capture_output=True, timeout=150)
    except subprocess.TimeoutExpired:
        pytest.skip("npm does not answer in time")
    if done.returncode:
        pytest.skip("npm cannot install it here")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "customer.json").write_text(json.dumps({"email": MAIL, "n": 3}))
    server = shlex.join([str(home / "node_modules" / ".bin" / "mcp-server-filesystem"), str(tmp_path / "files")])
    path = {"path": str(tmp_path / "files" / "customer.json")}
    (read,) = ask([*command, "--upstream", server], ("read_text_file", path))
    assert not read.is_error, read
    assert '"email": "<EMAIL_ADDRESS>"' in read.content[0].text


def test_a_python_server_of_the_first_generation(command: list[str], tmp_path: Path) -> None:
    """`mcp-server-sqlite` with a library older than ours, in an environment of its own."""
    place = tmp_path / "venv"
    pip = [str(place / "bin" / "pip"), "install", "-q", "--disable-pip-version-check"]
    make = [[sys.executable, "-m", "venv", str(place)], [*pip, "mcp-server-sqlite", "mcp<2"]]
    try:
        if any(subprocess.run(step, capture_output=True, timeout=200).returncode for step in make):
            pytest.skip("pip cannot install mcp-server-sqlite here")
    except subprocess.TimeoutExpired:
        pytest.skip("pip does not answer in time")
    server = shlex.join([str(place / "bin" / "mcp-server-sqlite"), "--db-path", str(tmp_path / "data.db")])
    calls = [
        ("create_table", {"query": "CREATE TABLE people (id INTEGER, email TEXT)"}),
        ("write_query", {"query": f"INSERT INTO people VALUES (1, '{MAIL}')"}),
        ("read_query", {"query": "SELECT * FROM people"}),
    ]
    answers = ask([*command, "--upstream", server], *calls)
    assert not any(answer.is_error for answer in answers), answers
    assert "<EMAIL_ADDRESS>" in answers[2].content[0].text
