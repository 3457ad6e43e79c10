"""A policy changes while the workers run: by its file, or signed over the policy topic."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kafka_fixtures import Broker
from maskgate.base.config import Detection, Settings
from maskgate.base.errors import PolicyError, RecordError
from maskgate.cli import cli
from maskgate.crypto import signing
from maskgate.doctor import Scope
from maskgate.doctor import broker as doctor_broker
from maskgate.kafka import policy_feed, topics
from maskgate.kafka.session import Out
from maskgate.people import changes as people_changes
from maskgate.policy import published
from streams.supervised import Supervised, eventually, settings
from streams.writing import fill, write

REAL = Path(__file__).parents[1] / "fakes" / "supervised_real.py"
KEEP = b"id: keeper\nrules: [{id: keep-mail, entity: EMAIL_ADDRESS, action: keep}]\n"
LABEL = b"id: labeller\n"
RECORD = b'{"mail": "a@example.org"}'
ADMIN = signing.from_seed(b"a" * 32)
KEYS = {ADMIN.key_id: ADMIN.public}
FREEZE = b"approvals: {freeze: [{id: f, start: 2020-01-01T00:00:00Z, end: 2099-01-01T00:00:00Z}]}\n"


def test_a_published_policy_is_read_back() -> None:
    """What an administrator signed is what a reader gets."""
    found = published.read(published.envelope(KEEP, "keep.yaml", [ADMIN], 7), KEYS)
    assert (found.name, found.text, found.number, found.signers) == ("keep.yaml", KEEP, 7, (ADMIN.key_id,))


def test_another_key_is_refused() -> None:
    """A policy signed by nobody who is enrolled is not read."""
    with pytest.raises(RecordError, match="bad_signature"):
        published.judge(published.envelope(KEEP, "x", [signing.generate()]), published.Admins(KEYS), lambda: None)


def test_a_wrong_policy_is_not_published() -> None:
    """A policy that does not compile never gets a signature."""
    with pytest.raises(PolicyError):
        published.envelope(b"id: x\nrulez: []\n", "x.yaml", [ADMIN])


Running = tuple[Broker, str, Settings, Supervised]


@pytest.fixture
def running(kafka_clean: Broker, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    """The real worker on a topic, with a policy file and an admin key, or (``two``) with two administrators."""
    topic = kafka_clean.pipeline(1)
    state = tmp_path / "state"
    people = None
    public = [signing.create_key(state / "keys" / f"{name}.pem").public.hex() for name in ("admin", "admin2")]
    if getattr(request, "param", "") == "two":
        people = tmp_path / "people.yaml"
        rows = [{"name": f"admin-{n}", "role": "admin", "public": text} for n, text in enumerate(public)]
        people.write_text(json.dumps({"persons": [], "services": rows}))
    (tmp_path / "policy.yaml").write_bytes(LABEL)
    chosen = settings(kafka_clean, topic, state).model_copy(
        update={"detection": Detection(model="none"), "policy": tmp_path / "policy.yaml", "people": people}
    )
    worker = Supervised(chosen, REAL)
    eventually(lambda: worker.lines("assigned"))
    yield kafka_clean, topic, chosen, worker
    worker.stop()


def _admin(chosen: Settings, name: str) -> signing.FileSigner:
    return signing.load_signer(chosen.pipeline.state_dir / "keys" / f"{name}.pem")


def _run(chosen: Settings, *args: str) -> Result:
    """A command on these settings."""
    found = {"kafka": chosen.kafka.model_dump(mode="json", exclude_unset=True), "people": str(chosen.people)}
    config = chosen.pipeline.state_dir / "config.yaml"
    config.write_text(json.dumps(found | {"pipeline": {"state_dir": str(chosen.pipeline.state_dir)}}))
    return CliRunner().invoke(cli, ["--config", str(config), "policy", *args])


def _masked(broker: Broker, topic: str, n: int) -> list[tuple[bytes, bytes]]:
    """(value, policy version) of the masked records, when there are n."""

    def found() -> list[tuple[bytes, bytes]]:
        got = broker.read(topics.masked(topic))
        return [(m.value(), dict(m.headers())["maskgate.policy-version"]) for m in got] if len(got) >= n else []

    return eventually(found)


@pytest.mark.kafka
def test_the_policy_changes_between_batches(running: Running) -> None:
    """A changed file counts at the next batch; a broken one is refused aloud and the last good one stays."""
    broker, topic, chosen, worker = running
    assert chosen.policy is not None
    fill(broker, topic, [RECORD])
    _masked(broker, topic, 1)
    chosen.policy.write_bytes(KEEP)
    eventually(lambda: worker.lines("policy_changed"))
    fill(broker, topic, [RECORD])
    _masked(broker, topic, 2)
    chosen.policy.write_bytes(b"id: [broken\n")
    eventually(lambda: worker.lines("policy_refused"))
    fill(broker, topic, [RECORD])
    values = _masked(broker, topic, 3)
    assert [value for value, _ in values] == [b'{"mail": "<EMAIL_ADDRESS>"}', RECORD, RECORD]
    assert values[0][1] != values[1][1] == values[2][1]
    assert worker.lines("worker_ended") == []


@pytest.mark.kafka
def test_a_signed_policy_comes_over_the_topic(running: Running) -> None:
    """A published policy is taken; a forged one and one that was replayed are refused; the file no longer counts."""
    broker, topic, chosen, worker = running
    signers = [_admin(chosen, "admin")]
    forged = published.envelope(KEEP, "keep.yaml", [signing.generate()])
    write(broker, [Out(topics.POLICY, forged, partition=0)])
    eventually(lambda: worker.lines("policy_message_refused"))
    old = published.envelope(KEEP, "keep.yaml", signers, 1)
    write(broker, [Out(topics.POLICY, old, partition=0)])
    eventually(lambda: worker.lines("policy_changed"))
    policy_feed.publish(broker.kafka, LABEL + b"revision: two\n", "label.yaml", signers)
    eventually(lambda: len(worker.lines("policy_changed")) == 2)
    write(broker, [Out(topics.POLICY, old, partition=0)])
    eventually(lambda: [e["code"] for e in worker.lines("policy_message_refused")] == ["bad_signature", "replayed"])
    ahead = published.envelope(KEEP, "keep.yaml", signers, 2 * time.time_ns() // 1_000_000)
    write(broker, [Out(topics.POLICY, ahead, partition=0)])
    eventually(lambda: len(worker.lines("policy_changed")) == 3)
    policy_feed.publish(
        broker.kafka, LABEL + b"revision: two\n", "label.yaml", signers
    )  # a clock that went ahead is no end
    eventually(lambda: len(worker.lines("policy_changed")) == 4)
    assert chosen.policy is not None
    chosen.policy.write_bytes(KEEP + b"revision: file\n")
    fill(broker, topic, [RECORD])
    assert _masked(broker, topic, 1) == [(b'{"mail": "<EMAIL_ADDRESS>"}', b"two")]
    eventually(lambda: worker.lines("policy_file_ignored"))


@pytest.mark.kafka
@pytest.mark.parametrize("running", ["two"], indirect=True)
def test_what_is_not_proven_stricter_waits_for_the_second_administrator(running: Running, tmp_path: Path) -> None:
    """One publishes and the other approves what they were shown; a freeze alone comes into force at once."""
    broker, _, chosen, worker = running
    keys = [str(chosen.pipeline.state_dir / "keys" / f"{name}.pem") for name in ("admin", "admin2")]
    file = tmp_path / "published.yaml"
    file.write_bytes(KEEP)
    done = _run(chosen, "publish", str(file))
    assert "waits for another administrator" in done.output, (done.output, done.exception)
    digest = done.output.split("maskgate policy approve ")[1].strip()
    eventually(lambda: [e["code"] for e in worker.lines("policy_message_refused")] == ["second_signature"])
    assert digest in _run(chosen, "approve").output
    told = [line.do for line in doctor_broker.waiting(Scope(chosen, ("mask",)))]
    assert told == [f"another administrator: `maskgate policy approve {digest}`"]
    assert len(digest) == published.DIGITS
    assert "no policy with this digest waits" in str(_run(chosen, "approve", digest[:12], "--yes").exception)
    unsaid = _run(chosen, "approve", digest, "--key", keys[1])
    assert "+rules: [{id: keep-mail" in unsaid.output, "shown before anything is signed"
    again = _run(chosen, "approve", digest, "--key", keys[0], "--yes")
    assert "has signed this policy before" in f"{again.output} {again.exception}"
    assert worker.lines("policy_changed") == []
    assert worker.lines("policy_changed") == []
    approved = _run(chosen, "approve", digest, "--key", keys[1], "--yes")
    assert "+rules: [{id: keep-mail" in approved.output, (approved.output, approved.exception)
    assert "published keeper" in approved.output
    eventually(lambda: len(worker.lines("policy_changed")) == 1)
    file.write_bytes(KEEP + FREEZE)
    assert "published keeper" in _run(chosen, "publish", str(file), "--key", keys[1]).output
    eventually(lambda: len(worker.lines("policy_changed")) == 2)
    file.write_bytes(KEEP)
    assert "freeze" in _run(chosen, "publish", str(file), "--key", keys[1]).output
    body = {"key_id": _admin(chosen, "admin").key_id}
    revoked = people_changes.build_change(
        "revoke_key", body, signers=[_admin(chosen, "admin2")], now_ms=time.time_ns() // 1_000_000
    )
    write(broker, [Out(topics.PEOPLE, revoked, partition=0)])
    signers = [_admin(chosen, name) for name in ("admin", "admin2")]
    before = len(worker.lines("policy_message_refused"))
    policy_feed.publish(broker.kafka, LABEL, "label.yaml", signers)
    codes = eventually(lambda: [e["code"] for e in worker.lines("policy_message_refused")][before:])
    assert codes == ["second_signature"], "a revoked administrator's signature counts no more"
