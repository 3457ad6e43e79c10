"""The command line: every command is there, help is quick, errors are one line."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time

import click
import pytest

from maskgate.cli import COMMANDS


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "maskgate", *args], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_exists_and_has_help(name: str) -> None:
    """What `--help` lists can be called, and says what it does."""
    module = importlib.import_module(f"maskgate.cli.{name.replace('-', '_')}_cmd")
    assert isinstance(module.command, click.Command)
    assert module.command.help


def test_help_comes_at_once() -> None:
    """`maskgate --help` takes less than 0.4 s of CPU, so nothing heavy is imported for it."""
    run("--help")
    before = os.times()
    started = time.perf_counter()
    done = run("--help")
    wall = time.perf_counter() - started
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    assert done.returncode == 0
    assert min(cpu, wall) < 0.4


def test_an_unknown_command_exits_2() -> None:
    """Wrong use is exit 2 and says what is allowed."""
    done = run("maks")
    assert done.returncode == 2
    assert "maks" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("approvals", "lst"), "maskgate: no command 'lst'; did you mean 'list'? "),
        (("mask", "--polcy", "x"), "did you mean --policy?"),
        (("approvals", "deny", "x"), "'--reason' / '-m'"),
    ],
)
def test_wrong_use_is_one_line_with_the_nearest_name(args: tuple[str, ...], said: str) -> None:
    """A slip of the pen says what was probably meant and which help to ask for, in one line."""
    done = run(*args)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert " -h)" in done.stderr


def test_a_wrong_configuration_is_one_line_and_exit_2(tmp_path: object) -> None:
    """No traceback for a typing error in the file."""
    file = f"{tmp_path}/c.yaml"
    with open(file, "w") as out:
        out.write("kafka:\n  bootstrap: x\n")
    done = run("-C", file, "config", "show")
    assert done.returncode == 2
    assert "c.yaml:2" in done.stderr
    assert "Traceback" not in done.stderr
