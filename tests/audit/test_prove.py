"""Proofs of one entry: they hold against the checkpoint, and nothing else does."""

from __future__ import annotations

import json
import random
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


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """A log of a random life with checkpoints over 20 entries and over all."""
    monkeypatch.chdir(tmp_path)
    lines = [events.encode(event) for event in run(4, 80).log]
    tree, heads = Frontier(), []
    for line in lines:
        tree.append(leaf_hash(line))
        if tree.size in (20, len(lines)):
            heads.append(checkpoint.sign(tree, key("gate"), 1))
    Path("log").write_bytes(b"\n".join(lines) + b"\n")
    Path("heads").write_bytes(b"\n".join(heads) + b"\n")
    Path("gate.pub").write_text(signing.public_pem(key("gate").public))
    return lines


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["audit", *arguments])


def held(proof: str) -> Result:
    Path("proof").write_bytes(proof.encode())
    return call("verify", "--proof", "proof", "--checkpoint", "heads", "--key", "gate.pub")


def test_every_entry_can_be_proven(log: list[bytes]) -> None:
    """The first, the last and some between, against both checkpoints; what is printed is the entry."""
    for entry in (1, 2, 19, 20):
        done = held(call("prove", str(entry), "--log", "log", "--size", "20").stdout)
        assert (done.exit_code, done.stdout.encode().rstrip(b"\n")) == (0, log[entry - 1])
    for entry in (1, 20, 21, len(log)):
        assert held(call("prove", str(entry), "--log", "log", "--since", "20").stdout).exit_code == 0
    assert held(call("prove", "3", "--log", "log", "--size", "19").stdout).exit_code == 1
    assert isinstance(call("prove", str(len(log) + 1), "--log", "log").exception, Exception)


def test_a_proof_of_another_entry_size_or_log_does_not_hold(log: list[bytes]) -> None:
    """Each part of a proof that is changed, and every flip of its text."""
    text = call("prove", "7", "--log", "log", "--since", "20").stdout
    tree = json.loads(text)
    for change in (
        {"entry": 8}, {"size": 20}, {"raw": log[7].decode()}, {"inclusion": tree["inclusion"][:-1]},
        {"continues": {"size": 19, "proof": tree["continues"]["proof"]}}, {"domain": "x"},
        {"continues": {"size": 20, "proof": tree["continues"]["proof"][1:]}},
    ):  # fmt: skip
        assert held(json.dumps(tree | change)).exit_code == 1, change
    rng, passed = random.Random(3), []
    raw = text.rstrip("\n").encode()
    for _ in range(150):
        data = bytearray(raw)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(7)
        done = held(bytes(data).decode("latin-1"))
        same = done.exit_code == 0 and json.loads(bytes(data)) == tree  # upper-case hex, or white space
        if not same and (done.exit_code != 1 or not isinstance(done.exception, SystemExit)):
            passed.append(bytes(data))
    assert passed == []
