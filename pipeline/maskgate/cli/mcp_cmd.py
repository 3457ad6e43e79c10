"""`maskgate mcp`: the approval tools for AI agents, and the proxy before MCP servers. An agent can never decide."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from maskgate.base import config, extras, filemodes, log
from maskgate.base.errors import ConfigurationError
from maskgate.cli.request_cmd import account
from maskgate.cli.way import Way
from maskgate.client import AsyncClient

_KEY = click.option(
    "--key", "key_file", envvar="MASKGATE_KEY", help="The agent's key: FILE.pem, agent:FILE.pub, or agent:."
)
_URL = click.option("--url", envvar="MASKGATE_URL", help="Address of the console.")
_BEHALF = click.option(
    "--on-behalf-of", "behalf", multiple=True, metavar="ISS SUB", help="Whom the agent serves; they may not vote."
)


@click.group("mcp", invoke_without_command=True)
@_KEY
@_URL
@_BEHALF
@click.option("--transport", type=click.Choice(["stdio", "streamable-http"]), default="stdio", show_default=True)
@click.pass_context
def command(ctx: click.Context, key_file: str | None, url: str | None, behalf: tuple[str, ...], transport: str) -> None:
    """Serve request_approval, wait_for_approval, list_requests and use_permit to an AI agent.

    `maskgate mcp proxy` stands before another MCP server instead.
    """
    if ctx.invoked_subcommand is not None:
        return
    from maskgate.client.mcp import build

    way = Way(ctx.obj, key_file, url, False)
    server = build(AsyncClient(way.url, key=way.must_sign()), [account(b) for b in behalf])
    if transport == "stdio":
        server.run("stdio")
    else:
        server.run("streamable-http")


@command.command("proxy")
@click.option("--server", "name", required=True, help="Your name for the MCP server: policies and topics say it.")
@click.option("--upstream", required=True, metavar="CMD|URL", help="The MCP server: a command line, or its address.")
@click.option("--policy", type=click.Path(exists=True), help="Policy file or folder, with a `tools:` section.")
@_KEY
@_URL
@click.option("--gate-key", type=click.Path(dir_okay=False), help="The gate's public key, to check permits offline.")
@_BEHALF
@click.option("--listen", "address", metavar="HOST:PORT", help="Serve streamable HTTP here instead of stdio.")
@click.option("--client-key", type=click.Path(dir_okay=False), help="With --listen: file with the agents' bearer key.")
@click.option("--upstream-key", type=click.Path(dir_okay=False), help="With a URL: file with the bearer key for it.")
@click.option("--env", "passed", multiple=True, metavar="NAME", help="With a command: a variable that it gets.")
@click.option("--upstream-log", type=click.Path(dir_okay=False), help="With a command: its stderr, raw, goes here.")
@click.option("--lineage-file", type=click.Path(dir_okay=False), help="Append lineage rows here, not to Kafka.")
@click.pass_obj
def proxy(
    config_file: str | None,
    name: str,
    upstream: str,
    policy: str | None,
    key_file: str | None,
    url: str | None,
    gate_key: str | None,
    behalf: tuple[str, ...],
    address: str | None,
    client_key: str | None,
    upstream_key: str | None,
    passed: tuple[str, ...],
    upstream_log: str | None,
    lineage_file: str | None,
) -> None:
    """Stand before an MCP server: mask what its tools give, and hold or refuse calls by policy."""
    extras.need("mcp")
    from maskgate.embed import load
    from maskgate.gateway.mcp import holding, pins, rows, serve
    from maskgate.gateway.mcp.upstream import by_command, by_url

    way = Way(config_file, key_file, url, False)
    log.configure(way.settings.log.level, way.settings.log.format)
    asks = None
    if way.signer is not None:
        client = AsyncClient(way.url, key=way.signer, gate_key=gate_key)
        asks = holding.Holding(client, [account(b) for b in behalf])
    if upstream.startswith(("http://", "https://")):
        dial = by_url(upstream, f"Bearer {_secret(upstream_key)}" if upstream_key else "")
    else:
        dial = by_command(_words(upstream), list(passed), **({"log": upstream_log} if upstream_log else {}))
    serve.main(
        serve.Setup(
            server=name,
            gate=load(policy, topic=f"mcp.{name}", settings=config_file),
            dial=dial,
            rows=rows.FileRows(Path(lineage_file)) if lineage_file else rows.KafkaRows(way.settings.kafka),
            pins=pins.Pins(way.settings.pipeline.state_dir, name),
            holding=asks,
            actor=way.signer.key_id if way.signer is not None else "",
            listening=_listening(serve.Listening, address, client_key) if address else None,
        )
    )


@command.command("accept")
@click.argument("name")
@click.argument("tools", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Accept all that wait.")
@click.pass_obj
def accept(config_file: str | None, name: str, tools: tuple[str, ...], everything: bool) -> None:
    """Show the TOOLS of server NAME that changed since they were accepted, and accept them. Exit 1: some wait."""
    extras.need("mcp")
    from maskgate.gateway.mcp.pins import Pins

    settings, _ = config.load(config_file)
    known = Pins(settings.pipeline.state_dir, name)
    waiting = known.waiting()
    if strange := sorted(set(tools) - set(waiting)):
        raise ConfigurationError(f"'{strange[0]}' does not wait; waiting: {', '.join(waiting) or 'nothing'}")
    for taken in known.accept(waiting if everything else tools):
        click.echo(f"accepted  {taken}")
    left = known.waiting()
    for one in left:
        click.echo(f"waiting   {one}")
    if left:
        click.get_current_context().exit(1)


def _words(upstream: str) -> list[str]:
    try:
        words = shlex.split(upstream)
    except ValueError as error:
        raise ConfigurationError(f"--upstream: {error}") from None
    if not words:
        raise ConfigurationError("--upstream: give the server's command line or its address")
    return words


def _secret(path: str) -> str:
    try:
        return filemodes.read_secret(Path(path)).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {type(error).__name__}") from None


def _listening(kind: Any, address: str, client_key: str | None) -> Any:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigurationError(f"--listen {address}: give HOST:PORT, for example 127.0.0.1:8400")
    return kind(host.strip("[]"), int(port), _secret(client_key) if client_key else "")
