"""`maskgate demo`: the whole story on a broker of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import click

from maskgate.base import config, extras, filemodes
from maskgate.local.demo import account as accounts
from maskgate.local.demo import stage, workspace
from maskgate.local.demo.account import Account
from maskgate.local.demo.messenger import Messenger
from maskgate.local.demo.story import Story


@click.command("demo")
@click.option(
    "--broker",
    "broker_choice",
    default="embedded",
    show_default=True,
    help="embedded, kafka (Apache Kafka on this machine; needs Java and Maven) or HOST:PORT.",
)
@click.option("--once", is_flag=True, help="Play the story unattended, check the account, exit 0 only if it agrees.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, writable=True), help="Write the account there.")
@click.option("--dir", "folder", type=click.Path(file_okay=False), help="Keep the demo's files there.")
@click.option("--port", type=int, default=None, help="Port of the review page; default 8300, or a free one.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Mask worker processes.")
@click.pass_obj
def command(
    config_file: str | None,
    broker_choice: str,
    once: bool,
    json_file: str | None,
    folder: str | None,
    port: int | None,
    workers: int,
) -> None:
    """Start a broker, the workers, the gate and the console, stream sample events, hold exports, show how to review.

    Stays up until Ctrl-C. With --once it plays the reviewers as well and reads topics and Parquet back.
    """
    extras.need("console")
    extras.need("lineage")
    root = Path(folder).absolute() if folder else Path(tempfile.mkdtemp(prefix="maskgate-demo-"))
    filemodes.secret_folder(root)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        account, problems = _play(root, config_file, broker_choice, once, port, workers)
        if account and json_file:
            Path(json_file).write_text(account.as_json() + "\n", encoding="utf-8")
        if problems:
            raise click.exceptions.Exit(1)


def _interrupt(*_: object) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(text: str = "") -> None:
    click.echo(text, err=True)


def _port(asked: int | None, once: bool) -> int:
    if asked:
        return asked
    if once:
        return stage.free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 8300))
        except OSError:
            return stage.free_port()
    return 8300


def _play(
    root: Path, config_file: str | None, choice: str, once: bool, port: int | None, workers: int
) -> tuple[Account | None, list[str]]:
    own = config.load(config_file)[0].kafka if config_file else None
    _say(f"maskgate demo · files in {root}")
    with contextlib.ExitStack() as running:
        kafka = running.enter_context(stage.broker(choice, root, own))
        exactly = "" if not kafka.embedded else "  (embedded: no transactions, not exactly-once)"
        _say(f"broker   {kafka.bootstrap_servers}{exactly}")
        if choice not in ("embedded", "kafka"):
            stage.refuse_used(kafka)
        messenger = running.enter_context(Messenger()) if find_spec("slack_sdk") else None
        slack_url = messenger.url if messenger else ""
        work = workspace.create(root, kafka, _port(port, once), workers, slack_url)
        stage.prepare_topics(work.settings, [workspace.PARTNER_TOPIC])
        roles = stage.Roles(work.config_file, root / "roles.log")
        try:
            story = Story(work, roles, _say)
            return _told(story, messenger, choice, once)
        finally:
            _say("stopping …")
            roles.stop()
            _say(f"the files of this demo, keys among them, stay in {root}; delete the folder when you are done")


def _told(story: Story, messenger: Messenger | None, choice: str, once: bool) -> tuple[Account | None, list[str]]:
    began = time.monotonic()
    produced = story.stream()
    _say(f"stream   {produced} events produced to {', '.join(story.work.settings.pipeline.topics)}")
    story.await_masked(produced)
    _say(f"masked   all of them, {time.monotonic() - began:.1f} s after the start")
    for before, after in story.before_after():
        _say(f"\n  before  {before}\n  after   {after}")
    requests = story.await_requests()
    _say(f"\nheld     {len(requests)} exports wait for approval; one of them expires in seconds, to show it\n")
    if messenger:
        _say("message  as reviewers get it in Slack; here a server of this demo took it, nothing left the machine")
        for line in story.await_card(messenger):
            _say(f"  {line}")
        _say()
    if not once:
        _how_to_review(story, requests)
        threading.Event().wait()
        return None, []
    story.decide(requests)
    story.await_end()
    return _account(story, choice)


def _how_to_review(story: Story, requests: list[dict[str, object]]) -> None:
    work = story.work
    first = requests[0]["request_id"]
    command = f"maskgate -C {work.config_file}"
    _say("Review them on the web page (sign in with one of the key files below) …")
    _say(f"  http://localhost:{work.settings.console.port}/")
    for name in ("ada", "grace", "linus"):
        _say(f"    {name:6} {work.key_of(name)}")
    _say("… or in a terminal (`. .venv/bin/activate` first):")
    _say(f"  {command} approvals list")
    _say(f"  {command} approvals show {first}")
    for name in ("ada", "grace"):
        _say(f"  {command} approvals approve {first} --key {work.key_of(name)} --reason 'fields agreed'")
    _say(f"  {command} approvals tui --key {work.key_of('ada')}")
    _say("What left, and what happened to it:")
    _say(f"  {command} consume -t partner-a.released -e")
    _say(f"  {command} lineage stats")
    _say("\nUsage, as the watch counts it:")
    for line in story.statistics():
        _say(f"  {line}")
    _say("\nCtrl-C ends the demo.")


def _account(story: Story, choice: str) -> tuple[Account, list[str]]:
    account = accounts.read_back(story.work, choice)
    _say("\naccount, read back from the topics and the Parquet files:")
    click.echo(account.as_json())
    _say(accounts.lineage_words(story.work))
    _say("usage, as the watch counts it:")
    for line in story.statistics():
        _say(f"  {line}")
    problems = list(accounts.disagreements(story.work, account, story.expected))
    for problem in problems:
        _say(f"disagrees: {problem}")
    _say("the account does not agree" if problems else "every count agrees")
    return account, problems
