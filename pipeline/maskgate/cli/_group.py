"""Groups of commands: whole sentences in the list, and the nearest name where one is mistyped."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping

import click


class Group(click.Group):
    """A group whose help cuts no sentence short and that knows what was meant.

    ``later``: name → ``module:command`` and its line of help, for what is imported only when it is called.
    """

    later: Mapping[str, tuple[str, str]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *self.later))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.later:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.later[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            if name in self.later:
                rows.append((name, self.later[name][1]))
                continue
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str(limit=400)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        wanted, names = args[0], self.list_commands(ctx)
        if wanted not in names and not wanted.startswith("-"):
            near = difflib.get_close_matches(wanted, names, n=1)
            raise click.UsageError(f"no command '{wanted}'" + (f"; did you mean '{near[0]}'?" if near else ""), ctx)
        return super().resolve_command(ctx, args)
