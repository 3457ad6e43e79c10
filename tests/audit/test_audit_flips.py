"""Flips and cuts of a log and its checkpoints: each is found and named, and none ends in a traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.fake_office import key
from fakes.random_office import run
from maskgate.approvals import events
from maskgate.audit import checkpoint
from maskgate.cli import cli
from maskgate.crypto import signing
from maskgate.crypto.merkle import Frontier, leaf_hash

FLIPS = 400


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of a random life, with a checkpoint every few entries and one at its end."""
    folder = tmp_path_factory.mktemp("flips")
    log = [events.encode(event) for event in run(3, 120).log]
    frontier, heads, last = Frontier(), [], 0
    for number, line in enumerate(log, 1):
        frontier.append(leaf_hash(line))
        if number % 9 == 0 or number == len(log):
            heads.append(checkpoint.sign(frontier, key("gate"), number, since=last))
            last = number
    (folder / "log").write_bytes(b"\n".join(log) + b"\n")
    (folder / "heads").write_bytes(b"\n".join(heads) + b"\n")
    (folder / "gate.pub").write_text(signing.public_pem(key("gate").public))
    return folder


def verify(folder: Path, log: bytes, heads: bytes, tmp_path: Path) -> Result:
    (tmp_path / "log").write_bytes(log)
    (tmp_path / "heads").write_bytes(heads)
    options = ["--log", str(tmp_path / "log"), "--checkpoint", str(tmp_path / "heads")]
    return CliRunner().invoke(cli, ["audit", "verify", *options, "--key", str(folder / "gate.pub")])


def test_the_log_is_good_before(place: Path, tmp_path: Path) -> None:
    """What the flips are made on verifies."""
    result = verify(place, (place / "log").read_bytes(), (place / "heads").read_bytes(), tmp_path)
    assert (result.exit_code, result.stdout[:5]) == (0, "good:")
    assert result.stderr == ""


def test_every_flip_is_found_and_named(place: Path, tmp_path: Path) -> None:
    """A bit anywhere in the log or the checkpoints: exit 1, the entry (or the checkpoint's line) by its number."""
    rng, wrong = random.Random(17), []
    log, heads = (place / "log").read_bytes(), (place / "heads").read_bytes()
    for _ in range(FLIPS):
        data = bytearray(log if rng.random() < 0.8 else heads)
        in_log = len(data) == len(log)
        at = rng.randrange(len(data))
        number = bytes(data[:at]).count(b"\n") + 1
        data[at] ^= 1 << rng.randrange(8)
        one, two = (bytes(data), heads) if in_log else (log, bytes(data))
        result = verify(place, one, two, tmp_path)
        name = f"entry {number}:" if in_log else f"line {number}:"
        if result.exit_code != 1 or not isinstance(result.exception, SystemExit) or name not in result.stdout:
            wrong.append((in_log, at, number, result.exit_code, repr(result.exception), result.stdout[:200]))
    assert wrong == []


def test_every_field_of_every_entry_is_under_the_tree(place: Path, tmp_path: Path) -> None:
    """One changed leaf of the JSON of any kind of event, well written: found and named, also where nobody signed it."""
    lines = (place / "log").read_bytes().splitlines()
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 1):
        for path, change in _changes(json.loads(line)):
            kind = json.loads(line)["type"]
            if (kind, path) in seen:
                continue
            seen.add((kind, path))
            tree = json.loads(line)
            change(tree)
            text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            if text == line:
                continue
            log = b"\n".join([*lines[: number - 1], text, *lines[number:]]) + b"\n"
            result = verify(place, log, (place / "heads").read_bytes(), tmp_path)
            assert result.exit_code == 1, (kind, path)
            assert f"entry {number}:" in result.stdout, (kind, path, result.stdout)
    assert len(seen) > 100


def _changes(tree: object, path: str = "") -> list[tuple[str, Callable[[object], None]]]:
    """A change of each leaf of an event's top and second level."""
    out: list[tuple[str, Callable[[object], None]]] = []
    for name, value in tree.items() if isinstance(tree, dict) else ():
        here = f"{path}/{name}"
        if isinstance(value, dict):
            out += [
                (inner, lambda t, n=name, c=change: c(t[n]))  # type: ignore[misc]
                for inner, change in _changes(value, here)
            ]
        elif isinstance(value, bool):
            out.append((here, lambda t, n=name, v=value: t.update({n: not v})))  # type: ignore[misc]
        elif isinstance(value, int):
            out.append((here, lambda t, n=name, v=value: t.update({n: v + 1})))  # type: ignore[misc]
        elif isinstance(value, str):
            out.append((here, lambda t, n=name, v=value: t.update({n: v + "x"})))  # type: ignore[misc]
    return out


@pytest.mark.parametrize("cut", [1, 2, 100, 5000])
def test_cuts_are_found(cut: int, place: Path, tmp_path: Path) -> None:
    """Bytes taken from the end of the log, or of the checkpoints."""
    log, heads = (place / "log").read_bytes(), (place / "heads").read_bytes()
    assert verify(place, log[:-cut], heads, tmp_path).exit_code == 1
    if 1 < cut < 1000:
        assert verify(place, log, heads[:-cut], tmp_path).exit_code == 1


def test_entries_taken_out_moved_or_added_are_named(place: Path, tmp_path: Path) -> None:
    """The first entry that is not in its place is the one that is told."""
    lines, heads = (place / "log").read_bytes().splitlines(keepends=True), (place / "heads").read_bytes()
    for log in (
        [*lines[:20], *lines[21:]],
        [*lines[:20], lines[21], lines[20], *lines[22:]],
        [*lines[:20], lines[3], *lines[20:]],
        [*lines[:20], b"\n", *lines[20:]],
    ):
        result = verify(place, b"".join(log), heads, tmp_path)
        assert result.exit_code == 1
        assert "entry 21:" in result.stdout


def test_a_hostile_entry_is_no_traceback(place: Path, tmp_path: Path) -> None:
    """Deep nesting, huge numbers, wrong kinds: named, and the rest is said not to be judged."""
    lines, heads = (place / "log").read_bytes().splitlines(keepends=True), (place / "heads").read_bytes()
    for bad in (b"[" * 100_000, b'{"type":"moved"}', b"\xff", b"9" * 5000, b"null"):
        result = verify(place, b"".join([*lines[:5], bad + b"\n", *lines[6:]]), heads, tmp_path)
        assert result.exit_code == 1
        assert "entry 6:" in result.stdout
        assert isinstance(result.exception, SystemExit)
