"""`maskgate profile`: which paths of a topic or file hold which kinds of data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from maskgate import config
from maskgate.errors import ConfigurationError


@click.command("profile")
@click.argument("file", required=False, type=click.Path(allow_dash=True))
@click.option("-t", "--topic", help="Sample this topic instead of a file.")
@click.option("-n", "--records", default=1000, show_default=True, type=click.IntRange(1), help="Records to look at.")
@click.option("-p", "--policy", help="Policy file, folder, or the name of a profile.")
@click.option("--model", help="NER model; none: rules only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def command(
    config_file: str | None,
    file: str | None,
    topic: str | None,
    records: int,
    policy: str | None,
    model: str | None,
    as_json: bool,
) -> None:
    """Look at a sample and print per path the kinds of data, in how many records, and what the policy does with them.

    Array indexes are written `*`; never a value.
    """
    from maskgate.masker import Masker
    from maskgate.masking.keyring import Keyring
    from maskgate.policy import load_policy
    from maskgate.profiling import profile
    from maskgate_detectors import Engine

    if bool(file) == bool(topic):
        raise ConfigurationError("name a FILE or a topic (-t), and not both")
    settings, _ = config.load(config_file, {"policy": policy, "detection.model": model})
    compiled = load_policy(settings.policy)
    source = _from_topic(settings, str(topic), records) if topic else _from_file(str(file), records)
    engine = Engine(compiled.engine_config(settings))
    result = profile(source, Masker(compiled, Keyring.fresh(), engine), topic or "-")
    if as_json:
        click.echo(json.dumps(result))
        return
    click.echo(f"{result['records']} records, {result['unread']} of them cannot be read")
    for row in result["paths"]:
        scores = f"{row['least_score']:.2f}–{row['best_score']:.2f}"
        click.echo(f"{row['share']:6.1%} {row['path'] or '(whole)'}: {row['entity']} ({scores}) → {row['operator']}")


def _from_file(file: str, records: int) -> Iterator[bytes]:
    try:
        with click.open_file(file, "rb") as handle:
            for _, line in zip(range(records), handle, strict=False):
                yield line.rstrip(b"\r\n")
    except OSError as error:
        raise ConfigurationError(f"{Path(file)}: cannot be read: {error.strerror}") from None


def _from_topic(settings: Any, topic: str, records: int) -> Iterator[bytes]:
    from maskgate.streams.admin import read_to_end

    seen = 0
    for message in read_to_end(settings.kafka, [topic]):
        value = message.value()
        if value is not None:
            yield value
            seen += 1
        if seen >= records:
            return
