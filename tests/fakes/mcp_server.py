"""An MCP server with tools that behave well and badly; ``python mcp_server.py [http PORT]``."""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult, ImageContent, TextContent

MAIL = "amelia.okafor@example.co.uk"
FOLDER = os.environ.get("FAKE_MCP_FOLDER", "")
server: MCPServer[Any] = MCPServer("fake", instructions=os.environ.get("FAKE_MCP_INSTRUCTIONS") or None)


def _ran(what: str) -> None:
    """Remember on the disk that a tool ran, whatever becomes of this process."""
    if FOLDER:
        with (Path(FOLDER) / "ran").open("a") as file:
            file.write(what + "\n")


@server.tool(description=os.environ.get("FAKE_MCP_DESCRIPTION") or "Look a customer up.")
def lookup(name: str) -> dict[str, Any]:
    _ran(f"lookup {name}")
    return {"name": name, "email": MAIL, "visits": 3}


@server.tool()
def say(text: str) -> str:
    _ran(f"say {text}")
    return f"{text}; write to {MAIL}"


@server.tool()
def echo(text: str) -> str:
    _ran(f"echo {text}")
    return text


@server.tool()
def token() -> str:
    return MAIL


@server.tool()
def fail() -> str:
    raise ValueError(f"no such customer: {MAIL}")


@server.tool()
def die() -> str:
    _ran("die")
    os._exit(9)


@server.tool()
def picture() -> CallToolResult:
    image = ImageContent(
        type="image", data=base64.b64encode(b"\x89PNG" + MAIL.encode()).decode(), mime_type="image/png"
    )
    return CallToolResult(content=[image, TextContent(type="text", text="a picture")])


@server.tool()
def large(megabytes: int) -> str:
    return (MAIL + " ") * (megabytes * (1 << 20) // (len(MAIL) + 1))


@server.tool()
async def steps(ctx: Context[Any, Any]) -> str:
    await ctx.report_progress(1, 2, f"asked {MAIL}")
    return "done"


@server.tool()
def environment() -> str:
    return json.dumps(dict(os.environ))


@server.resource("customers://first")
def first() -> str:
    """The first customer."""
    return json.dumps({"email": MAIL})


@server.prompt()
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Greet {name}, {MAIL}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["http"]:
        server.run("streamable-http", port=int(sys.argv[2]))
    else:
        server.run("stdio")
