"""The proxy as an MCP server: what the upstream offers, each answer masked, each call judged first."""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import mcp_types as types
from anyio.to_thread import run_sync
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.session import ServerSession
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel, ValidationError

from maskgate.base.errors import MaskgateError, RefusedError
from maskgate.base.log import describe, say
from maskgate.base.version import __version__
from maskgate.gateway.mcp.curtain import Curtain, Why, contents_without_bytes, shaped, without_bytes
from maskgate.gateway.mcp.judge import Call, Judge
from maskgate.gateway.mcp.pins import INSTRUCTIONS, Pins
from maskgate.gateway.mcp.upstream import UNKNOWN, AnsweredError, Upstream

READ, GET = "resources/read", "prompts/get"
REFUSED = -32050
"""The code of JSON-RPC errors of our own."""
_MOST_PAGES = 1000

Context = ServerRequestContext[Any, Any]
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(slots=True)
class Parts:
    """What the handlers work with."""

    name: str
    upstream: Upstream
    curtain: Curtain
    judge: Judge
    pins: Pins


class Proxy:
    """The handlers of one proxied server."""

    def __init__(self, parts: Parts) -> None:
        self._p = parts
        self._tools: dict[str, types.Tool] = {}
        self._waiting: list[str] = []
        self._instructions: str | None = None
        self._met = 0  # the connection that the tools were read from
        self._sessions: weakref.WeakSet[ServerSession] = weakref.WeakSet()

    async def server(self) -> Server[Any]:
        """The server to run, with what the upstream has now.

        Raises:
            RefusedError: the upstream cannot be reached.
        """
        client = await self._p.upstream.client()
        has = client.server_capabilities
        offered: dict[str, Any] = {}
        if has.tools is not None:
            await self._meet()
            offered |= {"on_list_tools": self._list_tools, "on_call_tool": self._call_tool}
        if has.resources is not None:
            offered |= {
                "on_list_resources": self._list_resources,
                "on_list_resource_templates": self._list_templates,
                "on_read_resource": self._read,
            }
        if has.prompts is not None:
            offered |= {"on_list_prompts": self._list_prompts, "on_get_prompt": self._get_prompt}
        return Server(self._p.name, version=__version__, instructions=self._instructions, **offered)

    async def changed(self) -> None:
        """The upstream says that its tools are others now: look again, and tell the agents."""
        self._met = 0
        for session in list(self._sessions):
            await session.send_tool_list_changed()

    # -- tools ------------------------------------------------------------------------------------------------------

    async def _list_tools(self, ctx: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        self._sessions.add(ctx.session)

        async def listed() -> types.ListToolsResult:
            await self._meet()
            return types.ListToolsResult(tools=list(self._tools.values()))

        return await self._guarded(listed)

    async def _call_tool(self, ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        self._sessions.add(ctx.session)

        async def called() -> types.CallToolResult:
            if params.task is not None or params.input_responses is not None:
                raise RefusedError("not_offered", "tasks and answers to questions of a server are not passed on")
            await self._known(params.name)
            call = await self._let(ctx, params.name, params.arguments or {})
            request = types.CallToolRequest(
                params=types.CallToolRequestParams(name=params.name, arguments=call.arguments)
            )
            result = await self._sent(ctx, params.name, call, request, types.CallToolResult)
            return await run_sync(self._masked_result, params.name, result, call.why)

        try:
            return await called()
        except AnsweredError as error:
            return _told(f"{error}: {await run_sync(self._p.curtain.text, error.text)}")
        except RefusedError as error:
            return _told(f"maskgate: {error}")
        except Exception as error:
            return _told(f"maskgate: {_failed(error)}")

    def _masked_result(self, tool: str, result: types.CallToolResult, why: Why) -> types.CallToolResult:
        given = without_bytes(_plain(result), self._p.curtain.gate.policy.tools.binary == "pass")
        masked = self._p.curtain.document(tool, given, why)
        return _as(types.CallToolResult, shaped(masked, given))

    async def _known(self, name: str) -> None:
        """Refuse a tool that the server does not have, or that nobody accepted as it is now."""
        if self._met != self._p.upstream.generation or name not in self._tools:
            await self._meet()
        if name in self._waiting:
            raise RefusedError(
                "changed",
                f"the server changed its tool '{name}' after somebody accepted it; it is held until "
                f"`maskgate mcp accept {self._p.name}`",
            )
        if name not in self._tools:
            raise RefusedError("no_such_tool", f"the server has no tool '{name[:100]}'")

    async def _meet(self) -> None:
        """Read the tools of the server, and keep those that somebody accepted as they are."""
        client = await self._p.upstream.client()
        met = self._p.upstream.generation
        tools = {tool.name: tool for tool in await self._all_tools()}
        things: dict[str, Any] = {name: _plain(tool) for name, tool in tools.items()}
        if client.instructions:
            things[INSTRUCTIONS] = client.instructions
        accepted, waiting = await run_sync(self._p.pins.meet, things)
        if waiting and waiting != self._waiting:
            say("mcp", "tools_changed", level="warning", server=self._p.name, count=len(waiting))
        self._waiting = waiting
        self._instructions = client.instructions if INSTRUCTIONS in accepted else None
        # What is masked need not fit the schema of the result any more, and a client would refuse it.
        self._tools = {n: t.model_copy(update={"output_schema": None}) for n, t in tools.items() if n in accepted}
        self._met = met

    async def _all_tools(self) -> list[types.Tool]:
        out: list[types.Tool] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            request = types.ListToolsRequest(params=types.PaginatedRequestParams(cursor=cursor))
            page = await self._p.upstream.call(request, types.ListToolsResult)
            out += page.tools
            cursor = page.next_cursor
            if not cursor:
                return out
        raise RefusedError("unfit_answer", "the server's list of tools has no end")

    # -- resources and prompts --------------------------------------------------------------------------------------

    async def _read(self, ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        async def read() -> types.ReadResourceResult:
            call = await self._let(ctx, READ, {"uri": str(params.uri)})
            request = types.ReadResourceRequest(params=types.ReadResourceRequestParams(uri=call.arguments["uri"]))
            result = await self._sent(ctx, READ, call, request, types.ReadResourceResult)
            given = contents_without_bytes(_plain(result), self._p.curtain.gate.policy.tools.binary == "pass")
            return await self._masked(READ, given, types.ReadResourceResult, call.why)

        return await self._guarded(read)

    async def _get_prompt(self, ctx: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        async def get() -> types.GetPromptResult:
            call = await self._let(ctx, GET, {"name": params.name, "arguments": params.arguments or {}})
            inner = types.GetPromptRequestParams(name=call.arguments["name"], arguments=call.arguments["arguments"])
            result = await self._sent(ctx, GET, call, types.GetPromptRequest(params=inner), types.GetPromptResult)
            return await self._masked(GET, _plain(result), types.GetPromptResult, call.why)

        return await self._guarded(get)

    async def _list_resources(self, ctx: Context, params: Any) -> types.ListResourcesResult:
        return await self._listed("resources/list", types.ListResourcesRequest(params=_page(params)),
                                  types.ListResourcesResult)  # fmt: skip

    async def _list_templates(self, ctx: Context, params: Any) -> types.ListResourceTemplatesResult:
        return await self._listed("resources/templates/list", types.ListResourceTemplatesRequest(params=_page(params)),
                                  types.ListResourceTemplatesResult)  # fmt: skip

    async def _list_prompts(self, ctx: Context, params: Any) -> types.ListPromptsResult:
        return await self._listed("prompts/list", types.ListPromptsRequest(params=_page(params)),
                                  types.ListPromptsResult)  # fmt: skip

    async def _listed(self, method: str, request: types.Request[Any, Any], kind: type[Answer]) -> Answer:
        async def listed() -> Answer:
            result = await self._p.upstream.call(request, kind)
            return await self._masked(method, _plain(result), kind, Why())

        return await self._guarded(listed)

    # -- what they share --------------------------------------------------------------------------------------------

    async def _let(self, ctx: Context, tool: str, arguments: Mapping[str, Any]) -> Call:
        async def tell(seconds: float, words: str) -> None:
            await ctx.session.report_progress(seconds, None, words)

        return await self._p.judge.let(tool, arguments, tell)

    async def _sent(
        self, ctx: Context, tool: str, call: Call, request: types.Request[Any, Any], kind: type[Answer]
    ) -> Answer:
        async def report(progress: float, total: float | None, message: str | None) -> None:
            masked = None if message is None else await run_sync(self._p.curtain.text, message)
            await ctx.session.report_progress(progress, total, masked)

        try:
            return await self._p.upstream.call(request, kind, None if call.why.request_id else report)
        except RefusedError as error:
            if error.code == UNKNOWN:
                await run_sync(self._p.curtain.note, "other", tool, UNKNOWN, call.why.request_id)
            raise

    async def _masked(self, tool: str, given: Mapping[str, Any], kind: type[Answer], why: Why) -> Answer:
        masked = await run_sync(self._p.curtain.document, tool, given, why)
        return _as(kind, shaped(masked, given))

    async def _guarded(self, step: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer, or a JSON-RPC error that quotes nothing."""
        try:
            return await step()
        except AnsweredError as error:
            raise MCPError(error.number, await run_sync(self._p.curtain.text, error.text)) from None
        except RefusedError as error:
            raise MCPError(REFUSED, f"maskgate: {error}", {"code": error.code}) from None
        except Exception as error:
            raise MCPError(REFUSED, f"maskgate: {_failed(error)}") from None


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _as(kind: type[Answer], masked: Any) -> Answer:
    """The masked document as that answer.

    Raises:
        RefusedError: masking took away what the protocol needs.
    """
    try:
        return kind.model_validate(masked, by_name=False)
    except ValidationError:
        raise RefusedError("withheld", "withheld: what is left of the answer after masking is none any more") from None


def _page(params: types.PaginatedRequestParams | None) -> types.PaginatedRequestParams:
    return types.PaginatedRequestParams(cursor=params.cursor if params else None)


def _told(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)


def _failed(error: Exception) -> str:
    """What may be said of an error that nobody foresaw: a message could hold a value, a type cannot."""
    say("mcp", "failed", level="error", **describe(error))
    return str(error) if isinstance(error, MaskgateError) else f"withheld: {type(error).__name__}"
