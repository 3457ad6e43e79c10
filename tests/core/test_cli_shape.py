"""The command line: every command is there, help is quick, errors are one line."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import click
import pytest

from maskgate.cli import COMMANDS
from maskgate.cli._group import Group

MOST_UNITS = 12  # imports of pydantic; measured: 2 to 6
_CLIENTS = ("approvals", "request", "permit", "unmask", "mcp", "watch")
_ENGINE = ("drift", "run", "scan")
HEAVY: dict[str, tuple[str, ...]] = dict.fromkeys(
    "spacy thinc pyarrow duckdb fastapi uvicorn jinja2 textual mcp faust aiohttp jsonschema hyperscan".split(), ()
) | {"numpy": _ENGINE, "maskgate_detectors.engine.engine": _ENGINE, "httpx": _CLIENTS}
_HELP = """
import sys
from maskgate.cli import main
sys.argv = ["maskgate", *{args}]
try:
    main()
finally:
    print(*(name for name in {heavy} if name in sys.modules), file=sys.stderr)
"""


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "maskgate", *args], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_exists_and_has_help(name: str) -> None:
    """What `--help` lists can be called, and says what it does."""
    module = importlib.import_module(f"maskgate.cli.{name.replace('-', '_')}_cmd")
    assert isinstance(module.command, click.Command)
    assert module.command.help


def spent(code: str) -> tuple[float, str]:
    """CPU-seconds of a child that runs ``code``, with the byte code that a call leaves for the next; what it said."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = os.times()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, env=env)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, done.stderr


@pytest.fixture(scope="module")
def unit() -> float:
    """What this machine needs now to import pydantic, which most commands need: 0.07 CPU-seconds when it is quiet."""
    return min(spent("import pydantic.types")[0] for _ in range(3))


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_comes_at_once(name: str, unit: float) -> None:
    """`maskgate --help` and `maskgate COMMAND -h` take some imports of pydantic at most and load nothing heavy.

    A first call may have to compile our modules, so what is over the limit is measured once more.
    """
    most = MOST_UNITS if name else 3
    code = _HELP.format(args=[name, "-h"] if name else ["--help"], heavy=HEAVY)
    cpu, said = spent(code)
    assert set(said.split()) <= {module for module, users in HEAVY.items() if name in users}
    assert cpu < most * unit or min(spent(code)[0] for _ in range(3)) < most * unit


def test_what_is_imported_later_says_of_itself_what_its_group_says_of_it() -> None:
    """The line of help that stands in for a command is the command's own."""
    later = [(group, name) for group in groups() for name in group.later]
    for group, name in later:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        assert command.get_short_help_str(limit=400) == group.later[name][1]
    assert later


def groups() -> list[Group]:
    modules = (importlib.import_module(f"maskgate.cli.{name.replace('-', '_')}_cmd") for name in COMMANDS)
    return [module.command for module in modules if isinstance(module.command, Group)]


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
