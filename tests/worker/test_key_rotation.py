"""A rotation of the keyring reaches what runs: workers, library, gate; old tokens and held records stay usable."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import maskgate
from kafka_fixtures import Broker
from maskgate.base import meters
from maskgate.base.config import Detection, Settings
from maskgate.cli import cli
from maskgate.crypto.keyring import Keyring
from maskgate.doctor import Scope
from maskgate.doctor.local import keys as doctor_keys
from maskgate.kafka import topics
from maskgate.local import brokers
from maskgate.operators.tokenize import open_token
from maskgate.supervise import exposition
from streams.supervised import Supervised, eventually, settings
from streams.writing import fill

REAL = Path(__file__).parents[1] / "fakes" / "supervised_real.py"
POLICY = """
version: 1
id: rotating
rules:
  - {id: mail, entity: EMAIL_ADDRESS, action: {operator: tokenize}}
"""
EVENT = b'{"email": "amelia.okafor@example.co.uk"}'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a keyring and a policy that makes tokens."""
    Keyring.create(tmp_path / "state")
    (tmp_path / "policy.yaml").write_text(POLICY)
    return tmp_path


def rotate(state: Path, purpose: str = "mask", *options: str) -> Result:
    """The command, as an operator gives it."""
    return CliRunner().invoke(cli, ["keys", "rotate", purpose, "--keyring", str(state), *options])


def key_of(value: bytes) -> str:
    """The key id in the token of a masked event."""
    found = re.search(r"mg1\.([0-9a-f]{8})\.", value.decode())
    assert found is not None
    return found[1]


def test_a_running_worker_takes_a_rotation_and_the_command_says_so(place: Path, embedded_broker: Broker) -> None:
    """The worker masks with the new key without a restart; command, readiness, metrics and doctor name the key."""
    chosen = settings(embedded_broker, "turn-events", place / "state").model_copy(
        update={"policy": place / "policy.yaml", "detection": Detection(model="none")}
    )
    brokers.ensure_topics(embedded_broker.kafka, topics.specs(chosen))
    running = Supervised(chosen, REAL)
    state = chosen.pipeline.state_dir
    try:
        fill(embedded_broker, "turn-events", [EVENT])
        eventually(lambda: len(embedded_broker.read("turn-events.masked")) == 1)
        eventually(lambda: meters.keys_in_use(state).get("worker 0"))
        done = rotate(state, "mask", "--json", "--wait", "60")
        told = json.loads(done.stdout)
        assert (told["taken"], told["missing"], done.exit_code) == (["worker 0"], [], 0)
        fill(embedded_broker, "turn-events", [EVENT])
        eventually(lambda: len(embedded_broker.read("turn-events.masked")) == 2)
        first, second = (m.value() for m in embedded_broker.read("turn-events.masked"))
        assert (key_of(first), key_of(second)) == (told["old"], told["new"])
        assert running.lines("keys_changed")[0]["mask"] == told["new"]
        assert len(running.lines("started")) == 2  # supervisor and worker, each once
        trees = meters.read(state)
        assert any("worker 0 uses item" in line and told["new"] in line for line in exposition.notes(trees))
        assert f'purpose="mask",id="{told["new"]}"' in exposition.page(trees, 60.0)
        lines = list(doctor_keys(Scope(chosen, ("mask",))))
        assert any(line.status == "ok" and line.text.startswith("worker 0 uses") for line in lines)
    finally:
        assert running.stop() == 0


def test_a_worker_that_has_not_taken_it_is_named(place: Path) -> None:
    """The command ends with 1 and names the worker; doctor warns."""
    state = place / "state"
    worker = meters.Meters(state, "mask", 3)
    worker.set("maskgate_key_info", 1, purpose="mask", id="0badf00d")
    worker.flush()
    done = rotate(state, "mask", "--wait", "0")
    assert done.exit_code == 1
    assert "worker 3: has not taken it" in done.stderr
    found = Settings.model_validate({"pipeline": {"state_dir": state}})
    warned = [line for line in doctor_keys(Scope(found, ("mask",))) if line.text.startswith("worker 3")]
    assert [line.status for line in warned] == ["warn"]


def test_a_library_follows_and_old_tokens_open(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate of the library masks with the new key at its next event; the old token still opens."""
    monkeypatch.setattr("maskgate.crypto.keyring_file._EVERY_S", 0.0)
    gate = maskgate.load(policy=place / "policy.yaml", keyring=place / "state", model="none")
    before = gate.mask(EVENT).value
    assert rotate(place / "state").exit_code == 0
    after = gate.mask(EVENT).value
    ring = Keyring.load(place / "state")
    assert key_of(before) != key_of(after) == ring.key("mask").id
    assert open_token(json.loads(before)["email"], ring).text == "amelia.okafor@example.co.uk"


@pytest.mark.parametrize("damage", ["half", "wide", "pinned"])
def test_a_file_that_cannot_be_used_leaves_the_last_good_keys(
    place: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file, one that others read, keys without a pinned one: masking goes on, the next good file counts."""
    monkeypatch.setattr("maskgate.crypto.keyring_file._EVERY_S", 0.0)
    monkeypatch.setattr("maskgate.crypto.keyring_file._AGAIN_S", 0.0)
    file = Keyring.file(place / "state")
    pinned = Keyring.load(file).key("mask").id
    text = POLICY.replace("operator: tokenize", f"operator: tokenize, key: {pinned}") if damage == "pinned" else POLICY
    (place / "policy.yaml").write_text(text)
    gate = maskgate.load(policy=place / "policy.yaml", keyring=place / "state", model="none")
    before = gate.mask(EVENT).value
    good = file.read_bytes()
    if damage == "half":
        file.write_bytes(good[:50])
    elif damage == "wide":
        file.write_bytes(good)
        file.chmod(0o644)
    else:
        other = place / "other"
        Keyring.create(other)
        file.write_bytes(Keyring.file(other).read_bytes())
    assert gate.mask(EVENT).value == before
    keys = gate._here().parts.keys
    assert keys is not None and keys.refused
    file.write_bytes(good)
    file.chmod(0o600)
    assert gate.mask(EVENT).value == before
    assert not keys.refused
