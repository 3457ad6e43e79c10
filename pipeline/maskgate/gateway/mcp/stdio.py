"""A server process spoken to by lines: read in linear time, and a line that is too long costs its answer alone.

The protocol's library gathers a line of any length, and in a time that grows with its square.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import IO, Any

import anyio
import mcp_types as types
from anyio.abc import Process
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage

TOO_LARGE = -32051
"""The code of the error in the place of an answer that is too long."""
_GRACE_S = 3.0
_LOOK_S = 0.01
_ID = re.compile(rb'"id"\s*:\s*(\d{1,18}|"[A-Za-z0-9_-]{1,64}")')
_LOOK = 200  # bytes at either end of a long line in which its id is looked for

Read = MemoryObjectSendStream[SessionMessage | Exception]
Write = MemoryObjectReceiveStream[SessionMessage]


@asynccontextmanager
async def spoken_to(
    command: Sequence[str], env: Mapping[str, str], errors: IO[Any], longest: int
) -> AsyncIterator[tuple[Any, Any]]:
    """The streams of a server that runs for as long as this does."""
    process = await anyio.open_process(
        list(command),
        env=get_default_environment() | dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )
    to_us, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, from_us = anyio.create_memory_object_stream[SessionMessage](0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_read, process, to_us, longest)
        tasks.start_soon(_write, process, from_us, to_us)
        try:
            yield read, write
        finally:
            with anyio.CancelScope(shield=True):
                await _stop(process)
            tasks.cancel_scope.cancel()
            for stream in (read, write):
                await stream.aclose()


async def _read(process: Process, to_us: Read, longest: int) -> None:
    assert process.stdout is not None
    line = _Line(longest)
    async with to_us:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, ConnectionError):
            async for chunk in process.stdout:
                *ends, rest = chunk.split(b"\n")
                for end in ends:
                    line.add(end)
                    message = line.take()
                    if message is not None:
                        await to_us.send(message)
                line.add(rest)


async def _write(process: Process, from_us: Write, to_us: Read) -> None:
    assert process.stdin is not None
    async with from_us:
        try:
            async for message in from_us:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                await process.stdin.send(text.encode() + b"\n")
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            await to_us.aclose()  # the session sees that the connection ended


async def _stop(process: Process) -> None:
    """Close its input, wait, and end it with all that it started."""
    if process.stdin is not None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            await process.stdin.aclose()
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
        if await _ended(process):
            break
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError), anyio.move_on_after(_GRACE_S):
        await process.aclose()


async def _ended(process: Process) -> bool:
    """Whether it ends in the time of grace; ``wait`` would also wait for who inherited its output."""
    until = anyio.current_time() + _GRACE_S
    while process.returncode is None and anyio.current_time() < until:
        await anyio.sleep(_LOOK_S)
    return process.returncode is not None


class _Line:
    """One line as it comes; of one that is too long only the ends are kept."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0
        self._head = self._tail = b""

    def add(self, part: bytes) -> None:
        self._size += len(part)
        if len(self._head) < _LOOK:
            self._head = (self._head + part)[:_LOOK]
        self._tail = (self._tail + part)[-_LOOK:]
        if self._size <= self._longest:
            self._parts.append(part)
        else:
            self._parts.clear()

    def take(self) -> SessionMessage | Exception | None:
        """The message of the line, and a new one begins."""
        whole, size = b"".join(self._parts), self._size
        head, tail = self._head, self._tail
        self._parts, self._size, self._head, self._tail = [], 0, b"", b""
        if size > self._longest:
            return _too_large(head, tail)
        if not whole.strip():
            return None
        try:
            return SessionMessage(types.jsonrpc_message_adapter.validate_json(whole, by_name=False))
        except ValueError:
            return ValueError("the server wrote a line that is no message")


def _too_large(head: bytes, tail: bytes) -> SessionMessage | Exception:
    found = _ID.search(head.partition(b'"result"')[0]) or next(iter([*_ID.finditer(tail)][-1:]), None)
    if found is None:
        return ValueError("the server wrote a line that is too long")
    text = found[1].decode()
    error = types.ErrorData(code=TOO_LARGE, message="the answer is too large to be looked at")
    return SessionMessage(
        types.JSONRPCError(jsonrpc="2.0", id=text.strip('"') if text[0] == '"' else int(text), error=error)
    )
