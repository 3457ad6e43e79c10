"""The MCP server behind the proxy: connected when it is wanted, again when it died, and no call is ever sent twice."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import anyio
import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.dispatcher import ProgressFnT
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel, ValidationError

from maskgate.base.errors import RefusedError
from maskgate.base.log import say
from maskgate.gateway.mcp.stdio import TOO_LARGE, spoken_to

Result = TypeVar("Result", bound=BaseModel)
Changed = Callable[[], Awaitable[None]]

UNKNOWN = "outcome_unknown"
UNREACHABLE = "unreachable"
_CONNECT_S = 60.0
_READ_S = 3600.0
_LONGEST = 16 << 20  # bytes of one message; what is larger than a record may be is withheld in any case
# Errors after which nobody knows whether the server acted: it went away, or failed while it worked on the call.
_UNCLEAR = frozenset(
    {
        types.CONNECTION_CLOSED,
        types.REQUEST_TIMEOUT,
        types.PARSE_ERROR,
        types.INTERNAL_ERROR,
        types.INVALID_REQUEST,
    }
)


class AnsweredError(RefusedError):
    """The server said no by itself; ``text`` is its message, not masked yet."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__("upstream_error", f"the server answered with error {code}")
        self.number, self.text = code, text


class Upstream:
    """One connection; ``run`` owns it, ``call`` uses it."""

    def __init__(self, dial: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
        self._dial = dial
        self.changed: Changed | None = None
        """Called when the server says that its tools are others now."""
        self._client: Client | None = None
        self._failure = ""
        self._wanted, self._settled, self._gone = anyio.Event(), anyio.Event(), anyio.Event()
        self._lock = anyio.Lock()
        self.generation = 0
        """Grows with every connection: what was learned from an earlier one may not hold any more."""

    async def run(self) -> None:
        """Connect whenever a connection is wanted; runs until it is cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted, self._gone = anyio.Event(), anyio.Event()
            settled = self._settled  # of this attempt: who asks while it winds down waits for the next one
            try:
                async with Client(self._watched(), message_handler=self._note, cache=None) as client:
                    self._client, self._failure = client, ""
                    self.generation += 1
                    settled.set()
                    await self._gone.wait()
                    self._client = None
            except Exception as error:  # its text may quote what the server wrote
                self._failure = type(error).__name__
            finally:
                self._client = None
                self._gone.set()
                settled.set()

    async def client(self) -> Client:
        """The connection.

        Raises:
            RefusedError: code ``unreachable``: nothing was sent.
        """
        async with self._lock:
            if self._client is None or self._gone.is_set():
                self._client, self._settled = None, anyio.Event()
                self._wanted.set()
                with anyio.move_on_after(_CONNECT_S):
                    await self._settled.wait()
            if self._client is None:
                why = f" ({self._failure})" if self._failure else ""
                raise RefusedError(UNREACHABLE, f"the MCP server cannot be reached{why}; nothing was sent to it")
            return self._client

    async def call(
        self, request: types.Request[Any, Any], result_type: type[Result], on_progress: ProgressFnT | None = None
    ) -> Result:
        """The server's answer; the request is sent at most once.

        Raises:
            RefusedError: codes ``unreachable`` (not sent), ``outcome_unknown`` (sent, no answer), ``unfit_answer``.
            AnsweredError: the server's own error.
        """
        client = await self.client()
        try:
            return await client.session.send_request(request, result_type, progress_callback=on_progress)
        except MCPError as error:
            if error.error.code in _UNCLEAR:
                if error.error.code != types.INTERNAL_ERROR:
                    self._gone.set()
                raise RefusedError(
                    UNKNOWN,
                    "outcome unknown: the server got the call and gave no answer; it may have run. It is not sent "
                    "again: look at its effect before you call again",
                ) from None
            if error.error.code == TOO_LARGE:
                raise RefusedError("too_large", "the call ran, and its answer is withheld: too large") from None
            raise AnsweredError(error.error.code, error.error.message) from None
        except ValidationError:
            raise RefusedError(
                "unfit_answer", "the server ran the call and answered in a form that cannot be passed on"
            ) from None
        except (anyio.ClosedResourceError, anyio.BrokenResourceError, OSError, RuntimeError):
            self._gone.set()
            raise RefusedError(UNKNOWN, "outcome unknown: the connection broke; the call may have run") from None

    async def _note(self, message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification) and self.changed is not None:
            await self.changed()
        elif isinstance(message, Exception):
            say("mcp", "malformed_message", level="warning", error=type(message).__name__)

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[tuple[Any, Any]]:
        """The transport; that the server is gone is noted at once, not at the next call."""
        async with self._dial() as (read, write):
            yield _Watched(read, self._gone.set), write


class _Watched:
    """A stream of messages that tells when it ends."""

    def __init__(self, inner: Any, on_end: Callable[[], None]) -> None:
        self._inner, self._on_end = inner, on_end

    @property
    def last_context(self) -> Any:
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Any:
        return await self._inner.receive()

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> _Watched:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._inner.__anext__()
        except StopAsyncIteration:
            self._on_end()
            raise

    async def __aenter__(self) -> _Watched:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> Any:
        return await self._inner.__aexit__(*error)


def by_command(
    command: list[str], passed: list[str], log: str = os.devnull
) -> Callable[[], AbstractAsyncContextManager[Any]]:
    """A server that is started here and spoken to over its standard input and output.

    ``passed`` are names of environment variables that it gets; ``log`` gets its standard error, which may hold raw
    values and so is thrown away unless somebody asks for it.
    """
    env = {name: os.environ[name] for name in passed if name in os.environ}

    @asynccontextmanager
    async def dial() -> AsyncIterator[Any]:
        with open(log, "a", encoding="utf-8") as errors:  # noqa: PTH123
            async with spoken_to(command, env, errors, _LONGEST) as streams:
                yield streams

    return dial


def by_url(url: str, authorization: str = "") -> Callable[[], AbstractAsyncContextManager[Any]]:
    """A server at an address, over streamable HTTP."""

    @asynccontextmanager
    async def dial() -> AsyncIterator[Any]:
        headers = {"authorization": authorization} if authorization else {}
        timeout = httpx2.Timeout(30.0, read=_READ_S)
        async with (
            httpx2.AsyncClient(headers=headers, timeout=timeout) as http,
            streamable_http_client(url, http_client=http) as streams,
        ):
            yield streams

    return dial
