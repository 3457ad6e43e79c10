"""`maskgate dlq`: what was refused, why, and a second chance for it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from maskgate.base.config import Settings, parse_duration
from maskgate.base.errors import ConfigurationError
from maskgate.cli._group import Group
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.crypto.keyring import Keyring
from maskgate.worker import letters
from maskgate.worker.letters import Letter, Wanted


@click.group("dlq", cls=Group)
def command() -> None:
    """Dead letters: list them, show one, replay them through the policy of now."""


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("-t", "--topic", "topics", multiple=True, help="Input topic (default: all of the pipeline)."),
        click.option("--reason", "reasons", multiple=True, metavar="CODE", help="Only this reason; * and ? match."),
        click.option("--since", metavar="TIME", help="Written since: 2h, 3d (ago), or 2026-11-28T22:00."),
        click.option("--until", metavar="TIME", help="Written before."),
    )
    for option in reversed(options):
        command = option(command)
    return broker_options(command)


def _moment(text: str | None, otherwise: int) -> int:
    """Milliseconds since 1970 of ``2h`` (ago) or an ISO time (UTC unless it says otherwise)."""
    if text is None:
        return otherwise
    try:
        found = parse_duration(text)
        if isinstance(found, float):
            return int((time.time() - found) * 1000)
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"'{text}': write a time like 2h, 3d or 2026-11-28T22:00") from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def _wanted(reasons: tuple[str, ...], since: str | None, until: str | None, ids: tuple[str, ...] = ()) -> Wanted:
    return Wanted(reasons, ids, _moment(since, 0), _moment(until, 1 << 62))


def _sources(found: Settings, topics: tuple[str, ...]) -> list[str]:
    return [topic.removesuffix(".dlq") for topic in topics or found.pipeline.topics]


@command.command("list")
@_filters
@click.option("--count", is_flag=True, help="Only how many there are of each reason.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line.")
@click.pass_obj
def list_(config_file: str | None, /, count: bool, as_json: bool, **asked: Any) -> None:
    """Which records were refused, when and why. The id is the place of the record in its input topic."""
    found = settings(config_file, asked["broker"], asked["options"])
    wanted = _wanted(asked["reasons"], asked["since"], asked["until"])
    kinds: Counter[str] = Counter()
    for letter in letters.read(found.kafka, _sources(found, asked["topics"]), wanted):
        kinds[letter.code] += 1
        if not count:
            click.echo(json.dumps(_tree(letter), ensure_ascii=False) if as_json else _line(letter))
    if count:
        for code, n in kinds.most_common():
            click.echo(json.dumps({"code": code, "n": n}) if as_json else f"{n:>8}  {code}")
    total = sum(kinds.values())
    then = "; `maskgate dlq show ID` says more, `maskgate dlq replay` masks them again" if total else ""
    click.echo(f"{total} dead letter{'' if total == 1 else 's'}{then}", err=True)


@command.command("show")
@click.argument("ident", metavar="ID")
@broker_options
@click.pass_obj
def show(config_file: str | None, ident: str, broker: str | None, options: tuple[str, ...]) -> None:
    """Everything that is known of one dead letter, as JSON; never what the record says. Exit 1: there is none."""
    found = settings(config_file, broker, options)
    shown = [_tree(letter) for letter in letters.read(found.kafka, _topic_of(ident), letters.Wanted(ids=(ident,)))]
    if not shown:
        click.echo(f"no dead letter {ident}; `maskgate dlq list` names them", err=True)
        raise click.exceptions.Exit(1)
    for tree in shown:
        click.echo(json.dumps(tree, ensure_ascii=False, indent=2))


@command.command("replay")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@_filters
@click.option("--all", "everything", is_flag=True, help="All of them (asked for, where nothing else says which).")
@click.option("--again", is_flag=True, help="Also what was replayed from this host before.")
@click.option("--dry-run", is_flag=True, help="Only say which could be replayed.")
@click.pass_obj
def replay(
    config_file: str | None, /, ids: tuple[str, ...], everything: bool, again: bool, dry_run: bool, **asked: Any
) -> None:
    """Write refused records to the end of their input topic once more; the workers mask them by the policy of now.

    Needs the right to read and write the input topic, and the keyring: it proves that a record is the refused one.
    Exit 1: some could not be replayed.
    """
    if not (ids or asked["reasons"] or asked["topics"] or asked["since"] or everything):
        raise ConfigurationError("say which: IDs, --reason, --topic, --since, or --all")
    found = settings(config_file, asked["broker"], asked["options"])
    keys = [key.secret for key in Keyring.load(found.pipeline.state_dir).every("lineage")]
    sources = _topic_of(*ids) if ids else _sources(found, asked["topics"])
    some = list(letters.read(found.kafka, sources, _wanted(asked["reasons"], asked["since"], asked["until"], ids)))
    journal = letters.Journal(found.pipeline.state_dir)
    if dry_run:
        answers = [(letter, letters.source_of(found.kafka, letter, keys)[1]) for letter in some]
        answers = [(letter, "can be replayed" if why == "replayed" else why) for letter, why in answers]
    else:
        answers = list(letters.replay(found.kafka, some, keys, journal, again=again))
    for letter, why in answers:
        click.echo(f"{letter.id}  {letter.code}  {why}")
    good = sum(why in ("replayed", "can be replayed") for _, why in answers)
    then = ""
    if good and not dry_run:
        then = "; what is refused again becomes a new dead letter (`maskgate dlq list --since 5m`)"
    click.echo(f"{good} of {len(answers)}{then}", err=True)
    if good < len(answers) or {letter.id for letter, _ in answers} < set(ids):
        raise click.exceptions.Exit(1)


def _topic_of(*ids: str) -> list[str]:
    wrong = [ident for ident in ids if len(ident.rsplit("/", 2)) != 3]
    if wrong:
        raise ConfigurationError(f"'{wrong[0]}' is no id; it looks like events/0/1234 (`maskgate dlq list`)")
    return sorted({ident.rsplit("/", 2)[0] for ident in ids})


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tree(letter: Letter) -> dict[str, Any]:
    return {"id": letter.id, "written": _when(letter.at_ms), **{k: v for k, v in letter.body.items() if k != "sealed"}}


def _line(letter: Letter) -> str:
    length = letter.body.get("length")
    size = "-" if length is None else f"{length} B"
    return f"{letter.id}  {_when(letter.at_ms)}  {letter.code}  {size}  {letter.body.get('detail', '')}".rstrip()
