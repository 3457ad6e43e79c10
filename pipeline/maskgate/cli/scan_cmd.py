"""`maskgate scan`: where personal data and secrets are, without changing anything."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

import click

from maskgate.cli import _explain
from maskgate.cli._input import input_options
from maskgate.files.pipes import Line, Tally
from maskgate.files.run import Pipe, token_opener
from maskgate.masking.foreign import foreign_tokens, may_hold
from maskgate_detectors import Engine, Finding
from maskgate_detectors.engine.explain import explain

Work = Callable[[Sequence[Line]], tuple[list[bytes], Tally]]


@click.command("scan")
@input_options
@click.option("--explain", is_flag=True, help="Say why each span was found or not, in words; with --json as NDJSON.")
@click.option(
    "--at", multiple=True, metavar="PATH", help="Explain this path (JSON Pointer; *, **) and what is below it, in full."
)
@click.option("--show-values", is_flag=True, help="With --explain: the text as well, its findings in brackets.")
@click.option("--language", help="Language of the prose (default: the first of the settings).")
@click.option("--exit-code", "fail", is_flag=True, help="Exit 1 if anything was found or a line could not be read.")
@click.pass_obj
def command(
    config_file: str | None,
    /,
    explain: bool,
    at: tuple[str, ...],
    show_values: bool,
    language: str | None,
    fail: bool,
    **options: Any,
) -> int:
    """Print one line of findings per input line; never the text itself.

    \b
    {"line": 1, "findings": [{"path": "/user/email", "start": 0, "end": 17, "entity": "EMAIL_ADDRESS",
                              "score": 1.0, "detector": "email", "in": "value"}]}

    PATH is a JSON Pointer; start and end are code points of the decoded string. A line that cannot be read gives
    {"line": n, "error": "code"}.

    With --explain the rule, its context and check, the key, the model and what won over what stand in place of the
    findings. --at says of one place why nothing was found there: every rule is tried on it.
    """
    if show_values and not (explain or at):
        raise click.UsageError("--show-values goes with --explain or --at")
    pipe = Pipe(config_file, **options)
    engine = pipe.engine()
    if explain or at:
        pipe.run(_explaining(engine, at, language, show_values, options["as_json"]), verb="found")
        if at and not pipe.tally.places:
            click.echo(f"maskgate: no line has a place {' or '.join(at)}", err=True)
    else:
        pipe.run(_finding(engine, language, options["quiet"], token_opener(pipe)), verb="found")
    return 1 if fail and (pipe.tally.entities or pipe.tally.unread) else 0


def _finding(engine: Engine, language: str | None, quiet: bool, opens: Callable[[str], bool]) -> Work:
    def work(lines: Sequence[Line]) -> tuple[list[bytes], Tally]:
        tally = Tally()
        scans = iter(engine.batch([n.data for n in lines if n.data is not None], language))
        out: list[bytes] = []
        for line in lines:
            tally.lines += 1
            scan = next(scans) if line.data is not None else None
            code = line.code if scan is None else scan.error
            if scan is None or line.data is None or code:
                tally.bad(line.number, str(code), scan.detail if scan is not None else "", "no findings")
                out.append(json.dumps({"line": line.number, "error": code}).encode() + b"\n")
                continue
            found = foreign_tokens(line.data, scan.findings, opens) if may_hold(line.data) else scan.findings
            tally.found((f.entity, f.subject) for f in found)
            out.append(_line(line.number, found))
        if quiet:
            tally.notes.clear()  # the lines themselves say it
        return out, tally

    return work


def _line(number: int, findings: Sequence[Finding]) -> bytes:
    rows = ", ".join([_row(f) for f in findings])
    return f'{{"line": {number}, "findings": [{rows}]}}\n'.encode()


def _row(f: Finding) -> str:
    """As ``json.dumps`` writes it, but quicker: a scan prints little else."""
    subject = f', "subject": {_quoted(f.subject)}' if f.subject else ""
    return (
        f'{{"path": {_quoted(f.path)}, "start": {f.start}, "end": {f.end}, "entity": {_quoted(f.entity)}, '
        f'"score": {round(f.score, 4)}, "detector": {_quoted(f.detector)}, "in": "{f.where}"{subject}}}'
    )


def _explaining(engine: Engine, at: tuple[str, ...], language: str | None, values: bool, as_json: bool) -> Work:
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def work(lines: Sequence[Line]) -> tuple[list[bytes], Tally]:
        tally = Tally()
        out: list[bytes] = []
        for line in lines:
            tally.lines += 1
            if line.data is None:
                places: list[dict[str, Any]] = [{"error": line.code, "detail": ""}]
            else:
                places = explain(engine, line.data, at, language=language, text=values)
            tally.unread += any("error" in place for place in places)
            tally.places += len(places)
            tally.found((f["entity"], f["subject"]) for place in places for f in place.get("findings", ()))
            if as_json:
                out.append(_explain.as_json(line.number, places).encode())
            elif places or not at:
                out.append(_explain.words(line.number, places, colour).encode("utf-8", "replace"))
        return out, tally

    return work
