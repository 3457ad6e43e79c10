"""Every benchmark runs in a small form, as its table says, and every command line that a page names exists."""

from __future__ import annotations

import ast
import gzip
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "benchmarks" / "README.md"
MAKE_PLACES = {"FOLDER": "texts", "EVENTS": "events", "EVENTS/orders.ndjson": "events/orders.ndjson"}


class Row(NamedTuple):
    """One line of the table."""

    what: str
    command: str
    small: str
    prints: tuple[str, ...]


def _rows() -> list[Row]:
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[1].startswith("`"):
            found.append(
                Row(cells[0], cells[1].strip("`"), cells[2].strip("`"), tuple(re.findall("`(.+?)`", cells[3])))
            )
    return found


ROWS = _rows()


def _words(row: Row) -> list[str]:
    """The program and what chooses its subject, with the options of the small form alone."""
    kept = re.sub(r"(?<=\s)-[-\w]+(\s+[^-\s]\S*)*", "", row.command.removeprefix("python -m").removeprefix("python"))
    return shlex.split(kept) + shlex.split(row.small)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Small folders for the programs that read some of the outside's."""
    root = tmp_path_factory.mktemp("outside")
    (root / "texts").mkdir()
    text = {"source": "made-dev", "licence": "none", "lang": "de", "text": "Frau Anna Schmidt ruft aus Köln an."}
    with gzip.open(root / "texts" / "corpora.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(
            json.dumps(text | {"spans": [[5, 17, "PERSON"], [27, 31, "LOCATION"]]}) + "\n" for _ in range(60)
        )
    (root / "events").mkdir()
    event = {"kind": "order", "mail": "anna@example.org", "note": "please call before noon"}
    rows = "".join(json.dumps(event | {"n": n}) + "\n" for n in range(40))
    (root / "events" / "orders.ndjson").write_text(rows, encoding="utf-8")
    return {name: str(root / place) for name, place in MAKE_PLACES.items()}


def _marks(row: Row) -> list[pytest.MarkDecorator]:
    """The one with three brokers of its own takes minutes, and longer beside other work."""
    if row.what.startswith("DOORS"):
        return [pytest.mark.doors, pytest.mark.slow, pytest.mark.timeout(900)]
    if not row.what.startswith("KAFKA"):
        return []
    long = [pytest.mark.long] if "three brokers" in row.what else []
    return [pytest.mark.kafka, pytest.mark.timeout(900), *long]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.what, marks=_marks(row)) for row in ROWS])
def test_a_benchmark_runs_in_its_small_form(
    row: Row, places: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It ends with 0 and prints the figures that the table names."""
    if row.what.startswith("KAFKA"):
        request.getfixturevalue("kafka_possible")
    if row.what.startswith("DOORS"):
        pytest.importorskip("pyspark", reason="make doors installs it: it is no dependency of ours")
    module = ["-m"] if row.command.startswith("python -m") else []
    words = [places.get(word, word) for word in _words(row)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MASKGATE_")}
    done = subprocess.run(
        [sys.executable, *module, *words],
        cwd=ROOT,
        env=environment | {"TMPDIR": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=840,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
    for name in row.prints:
        assert name in done.stdout, f"{name} is not among the figures of {words}:\n{done.stdout[-1500:]}"
    assert re.search(r"\d", done.stdout) or "not installed" in done.stdout


def _programs() -> list[Path]:
    texts = {f: f.read_text(encoding="utf-8") for f in (ROOT / "benchmarks").rglob("*.py")}
    own = {f for f, text in texts.items() if "started by ``run.py" not in text}  # the others are steps of one that is
    return sorted(f for f in own if '__name__ == "__main__"' in texts[f] or f.stem == "__main__")


def _program(words: list[str]) -> Path:
    """The file that a command line starts."""
    if words[0] != "-m":
        return ROOT / words[0]
    place = ROOT / words[1].replace(".", "/")
    return place / "__main__.py" if place.is_dir() else place.with_suffix(".py")


def _arguments(program: Path) -> tuple[set[str], list[set[str]]]:
    """The options that a program declares, and the choices of its positional arguments."""
    options, choices = {"-h", "--help"}, []
    for node in ast.walk(ast.parse(program.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            options.update(name for name in names if name.startswith("-"))
            given = next((k.value for k in node.keywords if k.arg == "choices"), None)
            if not names[0].startswith("-") and given is not None:
                choices.append(set(ast.literal_eval(given)))
    return options, choices


_COMMAND = re.compile(
    r"(?:^|[\s`(])(?:\.venv/bin/|\.\./\.venv/bin/)?python3? ((?:-m )?benchmarks[./][\w./]+[^`\n#)]*)", re.M
)


def _named() -> list[tuple[str, str]]:
    """(page, command line after ``python``) of every command that a page or a program's own text names."""
    folders = [path for folder in ("docs", "benchmarks", "detectors") for path in (ROOT / folder).rglob("*.md")]
    pages = [*(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")), *folders, *_programs()]
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        name = str(page.relative_to(ROOT))
        found += [(name, match[1].strip(" .,")) for match in _COMMAND.finditer(text)]
        programs = re.findall(r"`(benchmarks/\w+/run\.py)`", text)
        found += [(name, f"{programs[-1]} {rest}") for rest in re.findall(r"`run\.py ([^`]+)`", text) if programs]
    return found


NAMED = _named()


def test_the_pages_name_commands() -> None:
    """The search above finds those that are known to be there."""
    lines = [line for _, line in NAMED]
    assert any(line.startswith("-m benchmarks.detection.real_texts") for line in lines)
    assert any(line.startswith("benchmarks/approvals_machine/run.py random") for line in lines)
    assert any("limits.py" in line for line in lines)


@pytest.mark.parametrize(("page", "line"), NAMED, ids=[f"{page}: {line}" for page, line in NAMED])
def test_a_command_line_that_a_page_names_exists(page: str, line: str) -> None:
    """Program, subject and every option are there."""
    words = re.sub(r"[\[\]]", " ", line).split()
    program = _program(words)
    assert program.is_file(), f"{page} names {line}, and there is no {program}"
    options, choices = _arguments(program)
    after = words[2:] if words[0] == "-m" else words[1:]
    unknown = [word for word in after if word.startswith("-") and word not in options]
    assert not unknown, f"{page} names {line}; {program.name} knows {', '.join(sorted(options))}"
    if choices and after and not after[0].startswith("-"):
        assert set(after[0].split("|")) <= choices[0], f"{page} names {line}; subjects: {sorted(choices[0])}"


def test_every_benchmark_is_in_the_table() -> None:
    """A program that nobody runs in its small form breaks unseen."""
    listed = {_program(row.command.removeprefix("python ").split()) for row in ROWS}
    assert listed == set(_programs())


def test_every_subject_of_a_benchmark_is_in_the_table() -> None:
    """Nor does a subject that is chosen by word."""
    for program in _programs():
        for wanted in _arguments(program)[1][:1]:
            ran = {row.command.split()[2] for row in ROWS if row.command.split()[1] == str(program.relative_to(ROOT))}
            assert ran == wanted, program
