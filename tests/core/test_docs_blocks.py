"""Every block of commands in the pages runs in a test, or says above it in a comment why it does not."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from maskgate.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
SHELL = ("sh", "console")
_FENCE = re.compile(r"(?:<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>[^\n]*)\n(?P<body>.*?)^```$", re.S | re.M)
_COMMAND = re.compile(r"^\s*(?:\$ )?(?:maskgate|make|pip|python3?|docker|kubectl|helm|curl) ", re.M)
_REDIRECTS = (">", ">>", "<", "2>")
_ENDS = ("|", "||", "&&", ";", "&", *_REDIRECTS)
_BEFORE = re.compile(r"!|[A-Z_]+=.*", re.S)  # what may stand before a command
_BY = re.compile(r"run by (tests/\S+\.py|`make (\w+)`)")


class Block(NamedTuple):
    """A fenced block, its language, and the comment above it."""

    page: Path
    language: str
    mark: str
    body: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.body.splitlines()[0][:60]}"


def blocks() -> Iterator[Block]:
    for page in PAGES:
        for found in _FENCE.finditer(page.read_text(encoding="utf-8")):
            language = found["language"].split(" ")[0]
            yield Block(page, language, found["mark"] or "", found["body"])


ALL = list(blocks())
OF_COMMANDS = [block for block in ALL if block.language in (*SHELL, "python")]
RUN_HERE = [block for block in OF_COMMANDS if not block.mark]


def test_a_block_of_commands_says_that_it_is_one() -> None:
    """Without a language nobody would look at it, these tests neither; one spelling for each language."""
    silent = [block.name for block in ALL if not block.language and _COMMAND.search(block.body)]
    assert silent == []
    assert [block.name for block in ALL if block.language in ("bash", "shell", "py")] == []
    assert len(OF_COMMANDS) > 40


@pytest.mark.parametrize("block", [b for b in OF_COMMANDS if b.mark], ids=lambda block: block.name)
def test_what_is_not_run_here_runs_elsewhere_or_says_why(block: Block) -> None:
    """A test that is named reads that page; a reason has words."""
    if block.mark.startswith("not run: "):
        assert len(block.mark.split()) > 4
        return
    by = _BY.match(block.mark)
    assert by is not None, f"{block.name}: 'run by tests/….py', 'run by `make …`' or 'not run: why'"
    if by[2]:
        assert re.search(rf"^{by[2]}:", (ROOT / "Makefile").read_text(), re.M)
    else:
        assert block.page.name in (ROOT / by[1]).read_text(encoding="utf-8")


def commands(block: Block) -> Iterator[list[str]]:
    """The words of each call of maskgate in a block, long lines put together, what the shell adds taken off."""
    text = block.body.replace("\\\n", " ")
    for line in text.splitlines():
        if block.language == "console" and not line.startswith("$ "):
            continue
        call: list[str] = []
        for word in [*shlex.split(line.removeprefix("$ ").replace("…", ""), comments=True), ";"]:
            if word not in _ENDS:
                call += [word] if call or not _BEFORE.fullmatch(word) else []
                continue
            if call[:1] == ["maskgate"]:
                yield call[1:]
            call = [] if word not in _REDIRECTS else ["to a file"]


def parse(words: list[str]) -> None:
    """Let click read the words down to the command; a file that is not there is no fault of the page."""
    command: click.Command = cli
    context: click.Context | None = None
    args = list(words)
    while True:
        try:
            context = command.make_context(command.name, args, parent=context)
        except click.BadParameter as error:
            if not re.search("does not exist|No such file", error.message):
                raise
            return
        rest = [*getattr(context, "_protected_args", []), *context.args]  # click 9 has all of them in args
        if not isinstance(command, click.Group) or not rest:
            return
        _, found, args = command.resolve_command(context, rest)
        assert found is not None
        command = found


@pytest.mark.parametrize("block", [b for b in OF_COMMANDS if b.language in SHELL], ids=lambda block: block.name)
def test_every_call_of_maskgate_is_understood(block: Block, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands, options, choices and required ones are read by the command line itself."""
    monkeypatch.chdir(tmp_path)
    for words in commands(block):
        try:
            parse(words)
        except click.UsageError as error:
            pytest.fail(f"{block.name}: maskgate {' '.join(words)}: {error.format_message()}")


@pytest.mark.parametrize("block", [b for b in OF_COMMANDS if b.language == "python"], ids=lambda block: block.name)
def test_every_python_block_is_python(block: Block) -> None:
    """It compiles, and what it imports from maskgate is there."""
    compile(block.body, block.name, "exec")
    imports = [line for line in block.body.splitlines() if re.match(r"(from|import) maskgate", line)]
    wanted = [line for line in imports if "spark" not in line and "langfuse" not in line]  # import what they are for
    exec("\n".join(wanted), {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as after `make demo` and `maskgate keys create`."""
    bin_of = Path(sys.executable).parent
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "activate").write_text(f'PATH="{bin_of}:$PATH"\n')
    subprocess.run([sys.executable, "-m", "maskgate", "keys", "create"], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


@pytest.mark.parametrize("block", RUN_HERE, ids=lambda block: block.name)
def test_what_needs_no_broker_runs(block: Block, folder: Path) -> None:
    """Each block as it stands there, in a shell that stops at the first error."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    program = ["bash", "-euo", "pipefail"] if block.language in SHELL else [sys.executable]
    done = subprocess.run(
        [*program, "-c", block.body], cwd=folder, env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr


def test_the_readme_and_the_model_card_are_among_what_runs() -> None:
    """A page whose blocks all say why they are not run would pass the other tests."""
    assert {block.page.name for block in RUN_HERE} >= {"README.md", "model-card.md"}
