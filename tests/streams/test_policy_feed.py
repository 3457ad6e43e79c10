"""A policy changes while the workers run: by its file, or signed over the policy topic."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kafka_fixtures import Broker
from maskgate.base.config import Detection, Settings
from maskgate.base.errors import PolicyError, RecordError
from maskgate.crypto import signing
from maskgate.kafka import policy_feed, topics
from maskgate.kafka.session import Out
from streams.supervised import Supervised, eventually, settings
from streams.writing import fill, write

REAL = Path(__file__).parents[1] / "fakes" / "supervised_real.py"
KEEP = b"id: keeper\nrules: [{id: keep-mail, entity: EMAIL_ADDRESS, action: keep}]\n"
LABEL = b"id: labeller\n"
RECORD = b'{"mail": "a@example.org"}'
ADMIN = signing.from_seed(b"a" * 32)
KEYS = {ADMIN.key_id: ADMIN.public}


def test_a_published_policy_is_read_back() -> None:
    """What an administrator signed is what a reader gets."""
    found = policy_feed.read(policy_feed.envelope(KEEP, "keep.yaml", ADMIN, 7), KEYS)
    assert (found.name, found.text, found.number, found.signer) == ("keep.yaml", KEEP, 7, ADMIN.key_id)


def test_another_key_is_refused() -> None:
    """A policy signed by nobody who is enrolled is not read."""
    with pytest.raises(RecordError, match="bad_signature"):
        policy_feed.read(policy_feed.envelope(KEEP, "x", signing.generate()), KEYS)


def test_a_wrong_policy_is_not_published() -> None:
    """A policy that does not compile never gets a signature."""
    with pytest.raises(PolicyError):
        policy_feed.envelope(b"id: x\nrulez: []\n", "x.yaml", ADMIN)


@pytest.fixture
def running(kafka_clean: Broker, tmp_path: Path) -> Iterator[tuple[Broker, str, Settings, Supervised]]:
    """The real worker on a topic, with a policy file and an admin key."""
    topic = kafka_clean.pipeline(1)
    state = tmp_path / "state"
    signing.create_key(state / "keys" / "admin.pem")
    (tmp_path / "policy.yaml").write_bytes(LABEL)
    chosen = settings(kafka_clean, topic, state).model_copy(
        update={"detection": Detection(model="none"), "policy": tmp_path / "policy.yaml"}
    )
    worker = Supervised(chosen, REAL)
    eventually(lambda: worker.lines("assigned"))
    yield kafka_clean, topic, chosen, worker
    worker.stop()


def _masked(broker: Broker, topic: str, n: int) -> list[tuple[bytes, bytes]]:
    """(value, policy version) of the masked records, when there are n."""

    def found() -> list[tuple[bytes, bytes]]:
        got = broker.read(topics.masked(topic))
        return [(m.value(), dict(m.headers())["maskgate.policy-version"]) for m in got] if len(got) >= n else []

    return eventually(found)


@pytest.mark.kafka
def test_the_policy_changes_between_batches(running: tuple[Broker, str, Settings, Supervised]) -> None:
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
def test_a_signed_policy_comes_over_the_topic(running: tuple[Broker, str, Settings, Supervised]) -> None:
    """A published policy is taken; a forged one and one that was replayed are refused; the file no longer counts."""
    broker, topic, chosen, worker = running
    signer = signing.load_signer(chosen.pipeline.state_dir / "keys" / "admin.pem")
    forged = policy_feed.envelope(KEEP, "keep.yaml", signing.generate())
    write(broker, [Out(topics.POLICY, forged, partition=0)])
    eventually(lambda: worker.lines("policy_message_refused"))
    old = policy_feed.envelope(KEEP, "keep.yaml", signer, 1)
    write(broker, [Out(topics.POLICY, old, partition=0)])
    eventually(lambda: worker.lines("policy_changed"))
    policy_feed.publish(broker.kafka, LABEL + b"revision: two\n", "label.yaml", signer)
    eventually(lambda: len(worker.lines("policy_changed")) == 2)
    write(broker, [Out(topics.POLICY, old, partition=0)])
    eventually(lambda: [e["code"] for e in worker.lines("policy_message_refused")] == ["bad_signature", "replayed"])
    ahead = policy_feed.envelope(KEEP, "keep.yaml", signer, 2 * time.time_ns() // 1_000_000)
    write(broker, [Out(topics.POLICY, ahead, partition=0)])
    eventually(lambda: len(worker.lines("policy_changed")) == 3)
    policy_feed.publish(
        broker.kafka, LABEL + b"revision: two\n", "label.yaml", signer
    )  # a clock that went ahead is no end
    eventually(lambda: len(worker.lines("policy_changed")) == 4)
    assert chosen.policy is not None
    chosen.policy.write_bytes(KEEP + b"revision: file\n")
    fill(broker, topic, [RECORD])
    assert _masked(broker, topic, 1) == [(b'{"mail": "<EMAIL_ADDRESS>"}', b"two")]
    eventually(lambda: worker.lines("policy_file_ignored"))
