"""`maskgate mcp`: the approval tools for AI agents, over MCP. An agent can ask, wait and list; it can never decide."""

from __future__ import annotations

import click

from maskgate.cli.request_cmd import account
from maskgate.cli.way import Way
from maskgate.client import AsyncClient


@click.command("mcp")
@click.option("--key", "key_file", envvar="MASKGATE_KEY", help="The agent's key: FILE.pem, agent:FILE.pub, or agent:.")
@click.option("--url", envvar="MASKGATE_URL", help="Address of the console.")
@click.option(
    "--on-behalf-of", "behalf", multiple=True, metavar="ISS SUB", help="Whom the agent serves; they may not vote."
)
@click.option("--transport", type=click.Choice(["stdio", "streamable-http"]), default="stdio", show_default=True)
@click.pass_obj
def command(
    config_file: str | None, key_file: str | None, url: str | None, behalf: tuple[str, ...], transport: str
) -> None:
    """Serve request_approval, wait_for_approval, list_requests and use_permit to an AI agent."""
    from maskgate.client.mcp import build

    way = Way(config_file, key_file, url, False)
    server = build(AsyncClient(way.url, key=way.must_sign()), [account(b) for b in behalf])
    if transport == "stdio":
        server.run("stdio")
    else:
        server.run("streamable-http")
