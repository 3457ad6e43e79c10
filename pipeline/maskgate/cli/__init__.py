"""The command line: one file per command, loaded only when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from maskgate.base import extras, files
from maskgate.base.errors import MaskgateError
from maskgate.cli._group import Group

# name → one line of help; the module is cli/<name with _>.py and holds `command`.
COMMANDS: dict[str, str] = {
    "mask": "Mask NDJSON from a file or a pipe.",
    "scan": "Say where personal data and secrets are, without changing anything.",
    "demo": "Play the whole story on a broker of its own.",
    "dev": "Broker and all roles in one command.",
    "status": "Show what runs on this host, on one screen.",
    "top": "The same again and again, with rates.",
    "run": "Run one or more roles: mask, gate, lineage, watch, console, all.",
    "produce": "Write records to a topic.",
    "consume": "Read records from a topic.",
    "topics": "Create or check the topics and their ACLs.",
    "approvals": "Review what is held: list, show, approve, deny, …",
    "request": "Ask for approval of any action, and wait.",
    "permit": "Verify and redeem a permit.",
    "receipt": "Verify what a released record says of its approval.",
    "lineage": "Ask what happened to the data.",
    "story": "Tell what happened to a record or a request, one sentence a line.",
    "audit": "Verify and report the audit log.",
    "policy": "Check, test, explain, diff a policy; let a finding pass.",
    "dlq": "List, show and replay dead letters.",
    "drift": "Where records began to hold other kinds of data: show, sign.",
    "watch": "Notices that a channel did not take: list, redeliver.",
    "unmask": "Reverse tokens with an approved request.",
    "keys": "Create, rotate and list keys.",
    "people": "Enrol and list the people who review.",
    "profile": "Sample a topic or file: which paths hold which kinds of data.",
    "bench": "Measure how fast this machine masks your events.",
    "doctor": "Check the set-up and say what to do.",
    "config": "Show the configuration and where each value came from.",
    "mcp": "Serve the approval tools to AI agents over MCP.",
    "version": "Print the version.",
}


class LazyGroup(Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"maskgate.cli.{cmd_name.replace('-', '_')}_cmd")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False),
    help="Configuration file (default: ./maskgate.yaml if it is there).",
)
@click.pass_context
def cli(ctx: click.Context, config_file: str | None) -> None:
    """Mask personal data and secrets in Kafka streams, and hold exports until the right people approve."""
    ctx.obj = config_file


def main() -> None:
    """Run the command line; a maskgate error becomes one line on stderr and its exit code."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        _show(error)
        sys.exit(2)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except MaskgateError as error:
        click.echo(f"maskgate: {error}", err=True)
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        missing = extras.told(error)
        if missing is None:
            raise
        click.echo(f"maskgate: {missing}", err=True)
        sys.exit(missing.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # a file, a folder or a port that cannot be had
        told = files.told(error)
        if told is error:
            raise
        click.echo(f"maskgate: {told}", err=True)
        sys.exit(getattr(told, "exit_code", 1))
    except ValueError as error:
        if not _is_detectors(error):
            raise
        click.echo(f"maskgate: {error}", err=True)
        sys.exit(2)


def _is_detectors(error: ValueError) -> bool:
    """A rule, list or model that cannot be used: wrong configuration, said by a library that knows nothing of us."""
    detectors = sys.modules.get("maskgate_detectors")
    return detectors is not None and isinstance(error, detectors.DetectorError)


def _show(error: click.ClickException) -> None:
    """A wrong call in one line, with the help to ask for; a group called without a command shows its help."""
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # from click 8.2 on
        error.show()
        return
    message = error.format_message().rstrip(".").replace(" Did you mean", "; did you mean")
    context = error.ctx if isinstance(error, click.UsageError) else None
    more = f" ({context.command_path} -h)" if context else ""
    click.echo(f"maskgate: {message}{more}", err=True)
