"""`maskgate policy`: check, test, explain, allow, diff, show, schema, publish, approve."""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

import maskgate_detectors
from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Record
from maskgate.cli import policy_publish_cmd
from maskgate.cli._group import Group
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import kept, load_policy
from maskgate.policy.check import lint
from maskgate.policy.schema import policy_schema
from maskgate.policy_tests.cases import cases, compare, run_case
from maskgate.policy_tests.explain import explain_record
from maskgate.policy_tests.strength import effects


@click.group("policy", cls=Group)
def command() -> None:
    """Check, test, explain and compare policies."""


_ALLOW = "Propose the change of the policy that lets one finding pass, as a diff with its test."
command.later = {"allow": ("maskgate.cli.policy_allow:allow", _ALLOW)}


def _masker(policy: Any, settings: Any, model: str | None, topic_keys: Any = None) -> Any:
    wanted = policy.engine_config(settings)
    if model is not None:
        wanted = replace(wanted, model=model)
    keyring = topic_keys or Keyring.fresh()
    return Masker(policy, keyring, maskgate_detectors.Engine(wanted))


def _load(config_file: str | None, policy: str | None) -> tuple[Any, Any]:
    settings, _ = config.load(config_file, {"policy": policy})
    return settings, load_policy(settings.policy)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


@command.command("check")
@click.argument("policy", required=False)
@click.option("--strict", is_flag=True, help="A warning is a failure.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def check(config_file: str | None, policy: str | None, strict: bool, as_json: bool) -> int:
    """Read the policy and warn about what is probably not meant.

    Exit code 2: it cannot be used; 1 (with --strict): there are warnings.
    """
    settings, compiled = _load(config_file, policy)
    _ = compiled.approvals
    place = settings.pipeline.state_dir
    keyring = Keyring.load(place) if Keyring.file(place).exists() else None
    warnings = lint(compiled, keyring, kept.published(place, keyring) if keyring else None)
    if as_json:
        click.echo(json.dumps({"policy": compiled.ref.id, "digest": compiled.ref.digest, "rules": len(compiled.rules),
                               "warnings": [vars(w) for w in warnings]}))  # fmt: skip
    else:
        for warning in warnings:
            click.echo(f"{warning.where}: {warning.code}: {warning.text}")
        click.echo(
            f"{compiled.name}: {_count(len(compiled.rules), 'rule')}, {_count(len(warnings), 'warning')}, "
            f"version {compiled.ref.version}"
        )
    return 1 if strict and warnings else 0


@command.command("test")
@click.argument("policy", required=False)
@click.option("--model", help="NER model; none: rules only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def test(config_file: str | None, policy: str | None, model: str | None, as_json: bool) -> int:
    """Run the policy's own tests; exit code 1 if one fails."""
    settings, compiled = _load(config_file, policy)
    masker = _masker(compiled, settings, model)
    verdicts = [run_case(case, masker) for case in cases(compiled)]
    failed = [v for v in verdicts if v.reasons]
    if as_json:
        rows = [{"name": v.name, "passed": not v.reasons, "reasons": list(v.reasons)} for v in verdicts]
        click.echo(json.dumps({"passed": len(verdicts) - len(failed), "failed": len(failed), "tests": rows}))
    else:
        for verdict in verdicts:
            click.echo(f"{'FAIL' if verdict.reasons else 'ok  '} {verdict.name}")
            for reason in verdict.reasons:
                click.echo(f"     {reason}")
        if verdicts:
            click.echo(f"{len(verdicts) - len(failed)} passed, {len(failed)} failed")
        else:
            click.echo(f"{compiled.name}: no tests; write some under `tests:`")
    return 1 if failed else 0


@command.command("explain")
@click.argument("policy", required=False)
@click.option(
    "-e", "--event", required=True, type=click.Path(allow_dash=True), help="File with one JSON event; -: stdin."
)
@click.option("--line", type=click.IntRange(1), help="The event is this line of the file.")
@click.option("--topic", default="events", show_default=True)
@click.option("-H", "--header", "headers", multiple=True, metavar="NAME=VALUE")
@click.option("--model", help="NER model; none: rules only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def explain(
    config_file: str | None,
    policy: str | None,
    event: str,
    line: int | None,
    topic: str,
    headers: tuple[str, ...],
    model: str | None,
    as_json: bool,
) -> int:
    """Say per place what was found, which rule decided, which operator acted, and what stands there now."""
    settings, compiled = _load(config_file, policy)
    pairs = tuple((n, v.encode()) for n, _, v in (h.partition("=") for h in headers))
    record = Record(topic, 0, 0, _read_event(event, line), None, pairs)
    answer = explain_record(record, _masker(compiled, settings, model))
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        detail = f": {answer['detail']}" if answer.get("detail") else ""
        why = f" ({answer['code']}{detail})" if answer.get("code") else ""
        click.echo(f"outcome: {answer['outcome']}{why}")
        for row in answer["fields"]:
            click.echo(
                f"{row['path'] or '(whole)'}: {row['entity']} by {row['detector']} ({row['score']:.2f}), "
                f"rule {row['rule']}{' at ' + row['where'] if row['where'] else ''}: {row['operator']}"
            )
            if row["result"] is not None:
                click.echo(f"    → {row['result']}")
        if answer["event"] is not None:
            click.echo(answer["event"])
        if not answer["fields"] and answer["outcome"] == "masked":
            click.echo("nothing was found; `maskgate scan --at PATH` says why", err=True)
    return 0 if answer["outcome"] != "quarantined" else 1


def _read_event(event: str, line: int | None) -> bytes:
    try:
        data = click.get_binary_stream("stdin").read() if event == "-" else Path(event).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{event}: cannot be read: {error.strerror}") from None
    lines = [text for text in data.split(b"\n") if text.strip()]
    if line is not None:
        if line > len(lines):
            raise ConfigurationError(f"{event}: has {len(lines):,} lines with an event, not {line:,}")
        return lines[line - 1].strip(b"\r")
    if len(lines) > 1 and all(text.strip()[:1] == b"{" and text.strip()[-1:] == b"}" for text in lines[:2]):
        raise ConfigurationError(f"{event}: holds {len(lines):,} events; name one with --line N")
    return data.strip(b"\r\n")


@command.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--sample", type=click.Path(exists=True, dir_okay=False), help="NDJSON events to try both policies on.")
@click.option("--topic", default="events", show_default=True)
@click.option("--model", help="NER model; none: rules only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def diff(
    config_file: str | None, old: str, new: str, sample: str | None, topic: str, model: str | None, as_json: bool
) -> int:
    """Show what another policy would change: its text, and on a sample what happens to real events.

    Per path and kind it says whether more or less of the values would be seen, judged by the results.
    Exit code 1: something on the sample would change.
    """
    settings, _ = config.load(config_file)
    before, after = load_policy(old), load_policy(new)
    was, now = (p.text.decode("utf-8", "replace").splitlines() for p in (before, after))
    lines = list(difflib.unified_diff(was, now, old, new, lineterm=""))
    changes, told = [], []
    if sample:
        keys = Keyring.fresh()
        with Path(sample).open("rb") as file:
            records = [Record(topic, 0, i, line.rstrip(b"\r\n")) for i, line in enumerate(file) if line.strip()]
        one, two = (_masker(p, settings, model, keys).batch(records) for p in (before, after))
        changes, told = compare(one, two), effects(records, one, two)
    if as_json:
        rows = [{"line": c.line, "old": c.old, "new": c.new, "paths": [list(p) for p in c.paths]} for c in changes]
        click.echo(json.dumps({"diff": lines, "changes": rows, "effects": [asdict(effect) for effect in told]}))
    else:
        for line in lines:
            click.echo(line)
        for change in changes:
            click.echo(f"line {change.line}: {change.old} → {change.new}")
            for path, first, second in change.paths:
                click.echo(f"    {path or '(record)'}: {first} → {second}")
        for effect in told:
            click.echo(
                f"{effect.verdict.upper()}: {effect.path or '(record)'} {effect.kind} ({effect.values}): {effect.why}"
            )
            click.echo(f"    {effect.operators[0]}: {effect.example[0]} → {effect.operators[1]}: {effect.example[1]}")
        if sample:
            click.echo(f"{len(changes)} events of the sample would change")
            weaker = sum(effect.verdict == "weaker" for effect in told)
            click.echo(f"{weaker} weaker, {sum(e.verdict == 'stronger' for e in told)} stronger, of {len(told)} places")
    return 1 if changes or told else 0


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    click.echo(json.dumps(policy_schema(), indent=2))


@command.command("show")
@click.argument("policy", required=False)
@click.pass_obj
def show(config_file: str | None, policy: str | None) -> None:
    """Print the rules in the order in which they are tried, with the file and line of each."""
    _, compiled = _load(config_file, policy)
    for flat in compiled.rules:
        rule = flat.rule
        parts = [
            f"{name}={','.join(value)}"
            for name, value in (
                ("topic", flat.topics),
                ("path", rule.path),
                ("entity", rule.entity),
                ("detector", rule.detector),
            )
            if value
        ]
        click.echo(
            f"{flat.order + 1:4} {flat.id}: {' '.join(parts) or 'everything'} → {rule.action.name}    # {flat.where}"
        )
    click.echo(f"     default → {compiled.default('*').action.name}")


command.add_command(policy_publish_cmd.publish)
command.add_command(policy_publish_cmd.approve)
