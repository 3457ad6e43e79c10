"""`maskgate scan`: where personal data and secrets are, without changing anything."""

from __future__ import annotations

import json
from typing import Any

import click

from maskgate.cli._pipe import Pipe, input_options
from maskgate.pipes import Tally


@click.command("scan")
@input_options
@click.option("--exit-code", "fail", is_flag=True, help="Exit 1 if anything was found or a line could not be read.")
@click.pass_obj
def command(config_file: str | None, /, fail: bool, **options: Any) -> int:
    """Print one line of findings per input line; never the text itself.

    \b
    {"line": 1, "findings": [{"path": "/user/email", "start": 0, "end": 17, "entity": "EMAIL_ADDRESS",
                              "score": 1.0, "detector": "email", "in": "value"}]}

    PATH is a JSON Pointer; start and end are code points of the decoded string. A line that cannot be read gives
    {"line": n, "error": "code"}.
    """
    pipe = Pipe(config_file, **options)
    engine = pipe.engine()

    def work(lines: Any) -> tuple[list[bytes], Tally]:
        tally = Tally()
        scans = iter(engine.batch([n.data for n in lines if n.data is not None]))
        out: list[bytes] = []
        for line in lines:
            tally.lines += 1
            scan = next(scans) if line.data is not None else None
            code = "too_large" if scan is None else scan.error
            if scan is None or code:
                tally.unread += 1
                out.append(json.dumps({"line": line.number, "error": code}).encode() + b"\n")
                continue
            for f in scan.findings:
                tally.entities[f.entity] = tally.entities.get(f.entity, 0) + 1
            out.append(_line(line.number, scan.findings))
        return out, tally

    pipe.run(work, verb="found")
    return 1 if fail and (pipe.tally.entities or pipe.tally.unread) else 0


def _line(number: int, findings: Any) -> bytes:
    rows = [
        {
            "path": f.path,
            "start": f.start,
            "end": f.end,
            "entity": f.entity,
            "score": round(f.score, 4),
            "detector": f.detector,
            "in": f.where,
            **({"subject": f.subject} if f.subject else {}),
        }
        for f in findings
    ]
    return json.dumps({"line": number, "findings": rows}).encode() + b"\n"
