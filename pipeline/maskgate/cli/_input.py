"""The options of commands that read events from a file or a pipe."""

from __future__ import annotations

from typing import Any

import click

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["ndjson", "csv", "parquet", "text", "pretty"]),
    help="Form of the input (default: by the ending of FILE, else ndjson); a row of a table is an event.",
)
text_option = click.option("--text", "form", flag_value="text", help="Lines of plain text (as --format text).")
pretty_option = click.option(
    "--pretty", "form", flag_value="pretty", help="JSON documents over several lines (as --format pretty)."
)


def input_options(command: Any) -> Any:
    """The options of a command that reads lines."""
    for option in reversed(
        [
            click.argument("file", default="-", type=click.Path(allow_dash=True)),
            format_option,
            text_option,
            pretty_option,
            click.option("-p", "--policy", help="Policy file, folder, or the name of a profile."),
            click.option("-j", "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes."),
            click.option("--model", help="NER model; none: rules only."),
            click.option("--progress/--no-progress", default=None, help="Progress bar (default: on a terminal)."),
            click.option("--json", "as_json", is_flag=True, help="The summary on stderr as JSON."),
            click.option("-q", "--quiet", is_flag=True, help="No summary."),
        ]
    ):
        command = option(command)
    return command
