"""The proxy as a process: over standard input and output, or over streamable HTTP."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import anyio
import uvicorn
from mcp.server.lowlevel.server import NotificationOptions, Server
from mcp.server.stdio import stdio_server
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from maskgate.base.errors import ConfigurationError, RefusedError, WorldError
from maskgate.base.log import say
from maskgate.base.sockets import listen
from maskgate.embed import Gate
from maskgate.gateway.mcp.curtain import Curtain
from maskgate.gateway.mcp.holding import Holding
from maskgate.gateway.mcp.judge import Judge
from maskgate.gateway.mcp.pins import Pins
from maskgate.gateway.mcp.proxy import Parts, Proxy
from maskgate.gateway.mcp.rows import Rows
from maskgate.gateway.mcp.upstream import Upstream

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
PATH = "/mcp"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where agents connect over HTTP, and with which key."""

    host: str
    port: int
    key: str = ""

    def __post_init__(self) -> None:
        if not self.key and self.host not in _LOOPBACK:
            raise ConfigurationError(
                "--client-key FILE: without it everybody who reaches this address is the agent; "
                "or listen on 127.0.0.1 only"
            )


@dataclass(slots=True)
class Setup:
    """What the command line says."""

    server: str
    gate: Gate
    dial: Callable[[], AbstractAsyncContextManager[Any]]
    rows: Rows
    pins: Pins
    holding: Holding | None = None
    actor: str = ""
    listening: Listening | None = None


def main(setup: Setup) -> None:
    """Serve until the agent leaves (standard input ends) or the process is told to stop.

    Raises:
        ConfigurationError: policy, keys or models cannot be loaded.
        WorldError: the upstream cannot be reached.
    """
    setup.gate.load()
    for name in ("mcp", "client", "httpx2", "httpx"):  # their lines may quote what the server wrote
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    anyio.run(_serve, setup)


def assemble(setup: Setup) -> tuple[Upstream, Proxy]:
    """The connection, which somebody has to run, and the handlers on it."""
    upstream = Upstream(setup.dial)
    curtain = Curtain(setup.gate, setup.server, setup.rows, setup.actor)
    judge = Judge(setup.server, curtain, setup.holding, setup.actor)
    proxy = Proxy(Parts(setup.server, upstream, curtain, judge, setup.pins))
    upstream.changed = proxy.changed
    return upstream, proxy


async def _serve(setup: Setup) -> None:
    upstream, proxy = assemble(setup)
    failure = ""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upstream.run)
        try:
            server = await proxy.server()
        except RefusedError as error:
            failure = str(error)
        else:
            await (_over_stdio(server) if setup.listening is None else _over_http(server, setup.listening))
        tasks.cancel_scope.cancel()
    if failure:
        raise WorldError(f"{setup.server}: {failure}; check --upstream")


async def _over_stdio(server: Server[Any]) -> None:
    options = server.create_initialization_options(NotificationOptions(tools_changed=True))
    async with stdio_server() as (read, write):
        await server.run(read, write, options)


async def _over_http(server: Server[Any], listening: Listening) -> None:
    listener = listen(listening.host, listening.port, "--listen")
    host, port = listener.getsockname()[:2]
    app: Starlette = server.streamable_http_app(streamable_http_path=PATH, host=listening.host)
    guarded: ASGIApp = _Keyed(app, listening.key) if listening.key else app
    say("mcp", "listening", url=f"http://{'localhost' if host in _LOOPBACK else host}:{port}{PATH}")
    config = uvicorn.Config(
        guarded, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3
    )
    await uvicorn.Server(config).serve(sockets=[listener])


class _Keyed:
    """Lets pass what brings the key."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app, self._wanted = app, f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = Headers(scope=scope).get("authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, self._wanted):
                text = {"error": "send the header 'Authorization: Bearer KEY' with the key of --client-key"}
                await JSONResponse(text, 401, {"www-authenticate": "Bearer"})(scope, receive, send)
                return
        await self._app(scope, receive, send)
