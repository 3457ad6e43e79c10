"""`maskgate topics`: create and check what the pipeline reads and writes, and who may."""

from __future__ import annotations

import json

import click

from maskgate.base.config import Settings
from maskgate.cli._group import Group
from maskgate.cli.kafka_options import broker_options, settings
from maskgate.kafka import acls as rules
from maskgate.kafka import admin
from maskgate.kafka.topics import TopicSpec, specs
from maskgate.policy import load_policy


@click.group("topics", cls=Group)
def command() -> None:
    """Create or check the topics with the right settings, and the ACLs."""


def _destinations(found: Settings) -> list[str]:
    """Topics that the policy's destinations name."""
    return [d.topic for d in load_policy(found.policy).exports.destinations.values() if d.topic]


def _wanted(found: Settings) -> list[TopicSpec]:
    return specs(found, admin.reachable(found.kafka), _destinations(found))


@command.command("create")
@click.option("--alter", is_flag=True, help="Also set the settings of topics that exist.")
@broker_options
@click.pass_obj
def create(config_file: str | None, alter: bool, broker: str | None, options: tuple[str, ...]) -> None:
    """Create the topics that are missing. Exit 1 when one that exists differs in what matters."""
    found = settings(config_file, broker, options)
    wanted = _wanted(found)
    made = admin.ensure_topics(found.kafka, wanted)
    for name in made:
        click.echo(f"created {name}", err=True)
    if alter and not found.kafka.embedded:
        admin.alter_topics(found.kafka, [spec for spec in wanted if spec.name not in made])
    _report(admin.check_topics(found.kafka, wanted), len(wanted), as_json=False)
    click.echo("next: `maskgate doctor` checks the rest, `maskgate run all` starts the roles", err=True)


@command.command("check")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@broker_options
@click.pass_obj
def check(config_file: str | None, as_json: bool, broker: str | None, options: tuple[str, ...]) -> None:
    """Say which topics are missing or differ in what matters. Exit 1 when any does."""
    found = settings(config_file, broker, options)
    wanted = _wanted(found)
    _report(admin.check_topics(found.kafka, wanted), len(wanted), as_json)


def _report(problems: list[str], total: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"topics": total, "problems": problems}))
    else:
        for line in problems:
            click.echo(line)
        if not problems:
            click.echo(f"{total} topics are as they should be", err=True)
    if problems:
        raise click.exceptions.Exit(1)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def list_(config_file: str | None, as_json: bool) -> None:
    """Print the topics of this pipeline and their settings, without asking a broker."""
    found = settings(config_file, None, ())
    for spec in specs(found, destinations=_destinations(found)):
        if as_json:
            click.echo(json.dumps({"name": spec.name, "partitions": spec.partitions, "config": dict(spec.config)}))
        else:
            click.echo(f"{spec.name}\t{spec.partitions}\t{' '.join(f'{k}={v}' for k, v in spec.config.items())}")


@command.command("acls")
@click.option("--print", "print_", is_flag=True, help="Print them as kafka-acls arguments (the default).")
@click.option("--apply", "apply_", is_flag=True, help="Create them on the broker.")
@broker_options
@click.pass_obj
def acls(config_file: str | None, print_: bool, apply_: bool, broker: str | None, options: tuple[str, ...]) -> None:
    """Which principal may read and write which topic."""
    found = settings(config_file, broker, options)
    wanted = rules.acls(found, _destinations(found))
    if print_ or not apply_:
        for acl in wanted:
            click.echo(str(acl))
    if apply_:
        rules.apply(found.kafka, wanted)
        click.echo(f"{len(wanted)} ACLs are in force", err=True)
