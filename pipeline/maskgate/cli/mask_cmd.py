"""`maskgate mask`: NDJSON in, masked NDJSON out."""

from __future__ import annotations

from typing import Any

import click

from maskgate.base.records import Held, Masked, Record
from maskgate.cli._input import input_options
from maskgate.files.documents import text_of
from maskgate.files.pipes import Tally
from maskgate.files.run import Pipe, keyring_for
from maskgate.files.tables import mask_table
from maskgate.masking.masker import Masker


@click.command("mask")
@input_options
@click.option("--explain", is_flag=True, help="Per line on stderr: what was masked, where, by which operator.")
@click.option("--topic", default="-", show_default=True, help="Topic whose rules hold.")
@click.option("--keyring", "keyring_place", type=click.Path(), help="Keyring file or state folder.")
@click.option("-o", "--output", type=click.Path(), help="File of the result (default: standard output).")
@click.pass_obj
def command(
    config_file: str | None,
    /,
    explain: bool,
    topic: str,
    keyring_place: str | None,
    output: str | None,
    **options: Any,
) -> int:
    """Mask NDJSON from FILE or standard input; the result keeps the order of the lines.

    A line that cannot be masked is left out, counted, and named on stderr with its number and a code; the others go
    on. Exit code 0: every line was masked; 1: some were left out; 2: wrong use.
    """
    pipe = Pipe(config_file, output=output, **options)
    keyring = keyring_for(pipe, keyring_place)
    masker = Masker(pipe.policy, keyring, pipe.engine())
    if pipe.form in ("csv", "parquet"):
        return mask_table(pipe, masker, topic, explain)

    plain = pipe.form == "text"

    def work(lines: Any) -> tuple[list[bytes], Tally]:
        tally = Tally()
        records = [Record(topic, 0, n.number, n.data) for n in lines if n.data is not None and n.data.strip()]
        outcomes = iter(masker.batch(records))
        out: list[bytes] = []
        for line in lines:
            tally.lines += 1
            if line.data is None:
                tally.bad(line.number, line.code)
                continue
            end = b"\n" if line.newline else b""
            if not line.data.strip():
                out.append(line.data + end)
                continue
            outcome = next(outcomes)
            if isinstance(outcome, (Masked, Held)):
                value = outcome.value or b""
                out.append((text_of(value) if plain else value) + end)
                tally.masked(line.number, outcome, explain)
            else:
                tally.bad(line.number, outcome.code, outcome.detail)
        return out, tally

    return pipe.run(work)
