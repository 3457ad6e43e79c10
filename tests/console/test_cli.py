"""The commands of reviewers and agents against a console on a port: output, exit codes, refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fake_office as office
import gate_world
import pytest
import uvicorn
from click.testing import CliRunner, Result

from maskgate.approvals.model import ItemState
from maskgate.base.errors import MaskgateError
from maskgate.cli import cli


class Shell:
    """Runs `maskgate` the way a person does."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.world = site.world
        config = uvicorn.Config(site.app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        self.url = f"http://localhost:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def key(self, name: str) -> str:
        return str(gate_world.write_key(self.world.folder / "reviewers", name))

    def run(self, *words: str, who: str = "") -> Result:
        more = ["--key", self.key(who)] if who else []
        return CliRunner().invoke(cli, [*words, "--url", self.url, *more])

    def elsewhere(self, *words: str, who: str) -> None:
        """The same in another process: two runners in one would mix their outputs."""
        command = [sys.executable, "-m", "maskgate", *words, "--url", self.url, "--key", self.key(who)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def code(result: Result) -> int:
    """The exit code that `maskgate` would end with."""
    if isinstance(result.exception, MaskgateError):
        return result.exception.exit_code
    return int(result.return_value or 0) if result.exit_code == 0 else result.exit_code


@pytest.fixture
def shell(make_site: Any) -> Iterator[Shell]:
    """A console for signed-in people only, its clock at the wall's time."""
    tree = office.people_tree()
    tree["services"].append(
        {
            "name": "deploy-agent",
            "role": "producer",
            "public": office.key("deploy-agent").public.hex(),
            "iss": office.ISS,
            "sub": "deploy-agent",
            "kind": "agent",
            "owner": {"iss": office.ISS, "sub": office.account("anna").sub},
        }
    )
    site = make_site(console={"public_read": False}, now=time.time_ns() // 1_000_000)
    site.world.gate._people = json.dumps(tree, sort_keys=True).encode()
    site.world.gate._loaded = False
    site.sync()
    made = Shell(site)
    yield made
    made.close()


def test_list_show_and_approve(shell: Shell) -> None:
    """A reviewer lists what is theirs, looks, and approves with a part of the id."""
    request = shell.site.hold(tier="standard")
    rows = json.loads(shell.run("approvals", "list", "--mine", "--json", who="anna").output)
    assert [r["request_id"] for r in rows] == [request.request_id]
    assert (rows[0]["rule"], rows[0]["requester"]) == ("orders-out", "orders-service@example.com")
    text = shell.run("approvals", "show", request.request_id[-10:], who="anna").output
    for shown in ("monthly settlement", "⟦EMAIL_ADDRESS#1·", "reviewers: –"):
        assert shown in text
    result = shell.run("approvals", "approve", request.request_id[-10:], "--reason", "ok", who="anna")
    assert (code(result), result.output.strip()) == (
        0,
        "accepted: Your approval counts. 1 of 1 agreed; it is released.",
    )
    assert shell.world.of(request).state is ItemState.RELEASED
    assert json.loads(shell.run("approvals", "list", "--mine", "--json", who="anna").output) == []


def test_a_refused_vote_ends_with_1_and_its_code(shell: Shell) -> None:
    """Self-approval on the command line is refused by the gate, and the message names the code."""
    request = shell.site.hold(requester=office.verified("anna", "human"))
    result = shell.run("approvals", "approve", request.request_id, who="anna")
    assert code(result) == 1
    assert "excluded" in str(result.exception)


def test_deny_needs_a_reason(shell: Shell) -> None:
    """A denial without a reason is wrong use."""
    request = shell.site.hold()
    assert code(shell.run("approvals", "deny", request.request_id, who="anna")) == 2
    assert code(shell.run("approvals", "deny", request.request_id, "-m", "not agreed", who="anna")) == 0
    assert shell.world.of(request).state is ItemState.DENIED


def test_a_vote_is_taken_back_with_a_signature(shell: Shell) -> None:
    """`approvals retract` needs no reason, says what happened, and the request is the reviewer's to decide again."""
    request = shell.site.hold(tier="double")
    assert code(shell.run("approvals", "approve", request.request_id, who="anna")) == 0
    assert json.loads(shell.run("approvals", "list", "--mine", "--json", who="anna").output) == []
    done = shell.run("approvals", "retract", request.request_id, who="anna")
    assert (code(done), "Your vote is taken back. 0 of 2 agreed" in done.output) == (0, True)
    assert len(json.loads(shell.run("approvals", "list", "--mine", "--json", who="anna").output)) == 1
    again = shell.run("approvals", "retract", request.request_id, who="anna")
    assert (code(again), "nothing_to_retract" in str(again.exception)) == (1, True)


def test_several_requests_are_one_signed_list_of_one_tier(shell: Shell) -> None:
    """Bulk approval signs an explicit list; tiers are not mixed."""
    a, b = (shell.site.hold(tier="standard", requester=office.verified(n, "service")) for n in ("s1", "s2"))
    c = shell.site.hold(tier="double", requester=office.verified("s3", "service"))
    mixed = shell.run("approvals", "approve", a.request_id, c.request_id, who="anna")
    assert (code(mixed), "mixed_tiers" in str(mixed.exception)) == (1, True)
    assert code(shell.run("approvals", "approve", a.request_id, b.request_id, who="anna")) == 0
    assert len(shell.world.released()) == 2


def test_extra_masking_leaves_only_what_both_reviewers_signed(shell: Shell) -> None:
    """Two votes with the same extra masking add up; what leaves has the label in its place."""
    request = shell.site.hold(value=b'{"order":4711,"city":"Utrecht","email":"mg1.abc"}')
    plain = shell.run("approvals", "approve", request.request_id, who="chloe")
    assert code(plain) == 0
    for person in ("anna", "ben"):
        told = shell.run("approvals", "approve", request.request_id, "--mask", "/city", who=person)
        assert code(told) == 0, told.exception
    (out,) = shell.world.released()
    assert out.value == b'{"order":4711,"city":"<MASKED_BY_REVIEWER>","email":"mg1.abc"}'
    wrong = shell.run("approvals", "approve", shell.site.hold().request_id, "--mask", "/nowhere", who="anna")
    assert "no_such_path" in str(getattr(wrong.exception, "code", ""))


def test_a_missing_key_is_wrong_use(shell: Shell) -> None:
    """Without a key nothing is signed, and the message says what to give."""
    request = shell.site.hold()
    result = shell.run("approvals", "approve", request.request_id)
    assert (code(result), "--key" in str(result.exception)) == (2, True)
    assert code(shell.run("approvals", "list", "--key", "/nowhere.pem")) == 2


def test_request_wait_and_permit(shell: Shell, tmp_path: Path) -> None:
    """An agent asks, gets 4 while nobody decided, 0 with a permit afterwards; the permit is spent once."""
    words = [
        "request", "--verb", "db.rollback", "--resource", "orders", "--arg-json", "version=41", "--arg", "why=42",
        "--expected-outcome", "orders is at 41", "--json",
    ]  # fmt: skip
    asked = shell.run(*words, "--wait", "0s", who="deploy-agent")
    assert code(asked) == 4
    request_id = json.loads(asked.output.splitlines()[-1])["request_id"]
    assert code(shell.run("approvals", "approve", request_id, who="ben")) == 0
    view = shell.site.context.index.get(request_id)
    permit = tmp_path / "permit.json"
    assert code(shell.run("request", "--resume", request_id, "--permit-file", str(permit), who="deploy-agent")) == 0
    sealed = view.permits
    assert list(sealed) == [office.key("intake").key_id]
    gate_key = str(shell.world.settings.pipeline.state_dir / "keys" / "gate.pub")
    args = ["--arg-json", "version=41", "--arg", "why=42"]
    verify = CliRunner().invoke(cli, ["permit", "verify", str(permit), *args, "--gate-key", gate_key])
    assert "valid: db.rollback orders" in verify.output
    other = CliRunner().invoke(
        cli, ["permit", "verify", str(permit), "--arg-json", "version=40", "--gate-key", gate_key]
    )
    assert code(other) == 1
    assert code(shell.run("permit", "redeem", str(permit), *args, who="anna")) == 1
    assert code(shell.run("permit", "redeem", str(permit), *args, who="deploy-agent")) == 0
    assert code(shell.run("permit", "redeem", str(permit), *args, who="deploy-agent")) == 1


class Execution:
    """`maskgate request --exec -- CMD…`, where a program stands beside the tests that notes how it was called."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        self.shell, self.ran = shell, folder / "ran"
        self.program = folder / "rollback"
        self.write("exit 7")

    def write(self, last: str) -> None:
        """The program, which ends with ``last``."""
        self.program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" "${{MASKGATE_KEY-}}" >> {self.ran}\n{last}\n')
        self.program.chmod(0o755)

    def run(self, *more: str) -> Result:
        words = ["request", "--verb", "db.rollback", "--expected-outcome", "done", "--exec", *more]
        key = ["--key", self.shell.key("deploy-agent"), "--url", self.shell.url]
        return CliRunner().invoke(cli, [*words, *key, "--", str(self.program), "a b", "--to", "41"])

    def meanwhile(self, *words: str, before: Callable[[], None] = lambda: None) -> threading.Thread:
        """A reviewer who does that as soon as something is asked."""

        def decide() -> None:
            while not self.shell.world.opened():
                time.sleep(0.05)
            before()
            self.shell.elsewhere("approvals", words[0], self.shell.world.opened()[0].request_id, *words[1:], who="ben")

        reviewer = threading.Thread(target=decide)
        reviewer.start()
        return reviewer


@pytest.fixture
def execution(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Execution:
    """The command becomes a child here, so that the tests live on; the console's clock goes on with the wall's."""
    broker = shell.world.broker
    now = property(lambda self: time.time_ns() // 1_000_000, lambda self, value: None)
    broker.__class__ = type("Ticking", (type(broker),), {"now": now})

    def execve(program: str, argv: list[str], environment: dict[str, str]) -> None:
        raise SystemExit(subprocess.run(argv, executable=program, env=environment, check=False).returncode)

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setenv("MASKGATE_KEY", "zebra")
    return Execution(shell, tmp_path)


def test_exec_runs_exactly_the_approved_command_once(shell: Shell, execution: Execution) -> None:
    """Its exit code is the command's, the key is not handed on, and the same permit runs nothing a second time."""
    asked = execution.run("--wait", "0s")
    assert (code(asked), execution.ran.exists()) == (4, False)
    (request,) = shell.world.opened()
    shown = json.loads(shell.site.client("deploy-agent").show(request.request_id)["arguments"])
    assert shown["argv"] == [str(execution.program), "a b", "--to", "41"]
    assert code(shell.run("approvals", "approve", request.request_id, who="ben")) == 0
    resumed = ["--resume", request.request_id]
    done = execution.run(*resumed)
    assert code(done) == 7, (done.output, done.exception)
    assert execution.ran.read_text() == "a b|--to|41||"
    assert (code(execution.run(*resumed)), execution.ran.read_text()) == (1, "a b|--to|41||")


def test_exec_runs_nothing_but_what_was_approved(shell: Shell, execution: Execution) -> None:
    """A permit for one command line runs no other, nor another file under the same name."""
    execution.run("--wait", "0s")
    (request,) = shell.world.opened()
    assert code(shell.run("approvals", "approve", request.request_id, who="ben")) == 0
    execution.write("exit 0")
    other = execution.run("--resume", request.request_id)
    assert (code(other), execution.ran.exists()) == (1, False)


def test_exec_sees_a_program_that_changes_while_people_decide(shell: Shell, execution: Execution) -> None:
    """Nothing is run, and no permit is spent."""
    reviewer = execution.meanwhile("approve", before=lambda: execution.write("exit 0"))
    told = execution.run("--wait", "4m")
    reviewer.join()
    assert "changed while people decided" in str(told.exception)
    assert not execution.ran.exists()


@pytest.mark.parametrize(
    "words",
    [["--exec"], ["--", "true"], ["--exec", "--arg", "a=1", "--", "true"], ["--exec", "--", "no-such-program"]],
    ids=["no command", "no --exec", "arguments beside it", "no such program"],
)
def test_exec_says_how_it_is_written(shell: Shell, words: list[str]) -> None:
    """A half-written command asks nobody."""
    told = CliRunner().invoke(cli, ["request", "--url", shell.url, "--expected-outcome", "x", *words])
    assert (told.exit_code, shell.world.opened()) == (2, [])


def test_a_denied_request_ends_with_1(shell: Shell) -> None:
    """The verdict is the exit code: a request that is denied while the agent waits is 1."""
    words = ["request", "--verb", "db.rollback", "--expected-outcome", "x", "--arg", "to=1", "--wait", "20s"]

    def deny() -> None:
        while not shell.world.opened():
            time.sleep(0.05)
        shell.elsewhere("approvals", "deny", shell.world.opened()[0].request_id, "-m", "no", who="ben")

    reviewer = threading.Thread(target=deny)
    reviewer.start()
    result = shell.run(*words, who="deploy-agent")
    reviewer.join()
    assert (code(result), "denied" in result.output) == (1, True)


def test_stats_name_reviewers_and_refusals(shell: Shell) -> None:
    """Latency percentiles, approve rates and refusal codes are counted."""
    request = shell.site.hold(tier="standard", requester=office.verified("anna", "human"))
    shell.run("approvals", "approve", request.request_id, who="anna")
    shell.run("approvals", "approve", request.request_id, who="ben")
    told = json.loads(shell.run("approvals", "stats", "--json", who="ben").output)
    assert told["states"] == {"released": 1}
    assert [r["person_id"] for r in told["reviewers"]] == ["ben"]
    assert told["refused"][0]["code"] == "excluded"
    assert "p50" in told["latency_ms"]
