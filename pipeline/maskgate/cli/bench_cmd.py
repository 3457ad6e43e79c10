"""`maskgate bench`: how fast this machine masks your events, beside a bare JSON parse in the same run."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import orjson

import maskgate_detectors
from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Record
from maskgate.crypto.keyring import Keyring
from maskgate.local.demo import events
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy

BATCH = 64


@click.command("bench")
@click.argument("file", type=click.Path(exists=True, dir_okay=False), required=False)
@click.option("--policy", type=click.Path(exists=True), help="Policy file or folder.")
@click.option("--model", help="NER model instead of the configured one; none: rules only.")
@click.option(
    "--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Counted runs; the median is told."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def command(
    config_file: str | None, file: str | None, policy: str | None, model: str | None, runs: int, as_json: bool
) -> None:
    """Measure events per CPU-second of parse, scan and mask on the NDJSON of FILE (default: sample events).

    The steps take turns in each run, so that a machine whose speed drifts does not favour one of them.
    """
    events = _events(file)
    steps = _steps(config_file, policy, model)
    spent: dict[str, list[float]] = {name: [] for name in steps}
    for run in range(runs + 1):  # the first run warms up and is not counted
        for name, step in steps.items():
            began = time.process_time()
            step(events)
            if run:
                spent[name].append(time.process_time() - began)
    rates = {name: len(events) / statistics.median(times) for name, times in spent.items()}
    if as_json:
        click.echo(json.dumps({"events": len(events), "bytes": sum(map(len, events)), "per_cpu_second": rates}))
        return
    size = sum(map(len, events)) / len(events)
    click.echo(f"{len(events)} events of {size:.0f} bytes, median of {runs} runs")
    for name, rate in rates.items():
        click.echo(
            f"  {name:22} {rate:>12,.0f} events a CPU-second   {rate / rates['parse and dump']:.4f} of parse and dump"
        )


def _events(file: str | None) -> list[bytes]:
    if file is None:
        return events.stream(2000)
    lines = [line for line in Path(file).read_bytes().splitlines() if line.strip()]
    if not lines:
        raise ConfigurationError(f"{file}: no event in it; write one JSON document a line")
    return lines


def _steps(
    config_file: str | None, policy_file: str | None, model: str | None
) -> dict[str, Callable[[Sequence[bytes]], None]]:
    flags = {"policy": policy_file, "detection.model": model}
    settings, _ = config.load(config_file, flags)
    policy = load_policy(settings.policy)
    engine = maskgate_detectors.Engine(policy.engine_config(settings))
    engine.warm()
    masker = Masker(policy, Keyring.fresh(), engine)

    def parse(events: Sequence[bytes]) -> None:
        for event in events:
            try:
                orjson.dumps(orjson.loads(event))
            except orjson.JSONDecodeError:
                continue

    def scan(events: Sequence[bytes]) -> None:
        for at in range(0, len(events), BATCH):
            engine.batch(events[at : at + BATCH])

    def mask(events: Sequence[bytes]) -> None:
        for at in range(0, len(events), BATCH):
            masker.batch([Record("events", 0, at + n, e) for n, e in enumerate(events[at : at + BATCH])])

    return {"parse and dump": parse, "scan": scan, "scan and mask": mask}
