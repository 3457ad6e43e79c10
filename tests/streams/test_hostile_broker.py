"""What a broker can do to a worker: a batch that cannot be read, a minute's absence, refused credentials."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from pydantic import SecretStr

from kafka_fixtures import Broker
from maskgate.base.errors import WorldError
from maskgate.kafka import topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.session import Session
from maskgate.local import brokers, kafka_local
from streams.supervised import Supervised, eventually, settings
from streams.writing import fill

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def own_node(tmp_path_factory: pytest.TempPathFactory, kafka_broker: Broker) -> Iterator[kafka_local.LocalKafka]:
    """A Kafka with SCRAM and ACLs that a test may stop."""
    users = {"admin": "admin-secret", "worker": "worker-secret"}
    node = kafka_local.start_kafka(Path(tmp_path_factory.mktemp("own-kafka")), users=users)
    yield node
    node.stop()


def test_a_batch_that_cannot_be_unpacked_is_skipped(kafka_broker: Broker, tmp_path: Path) -> None:
    """A few kB of zstd that unpack to 99 MB stall no worker: a dead letter for them, and the neighbours are masked."""
    topic = kafka_broker.pipeline(1)
    fill(kafka_broker, topic, [b"plain 0"])
    bomb = Producer(
        {"bootstrap.servers": kafka_broker.bootstrap, "compression.type": "zstd", "message.max.bytes": 200_000_000}
    )
    bomb.produce(topic, bytes(99_000_000), partition=0)
    assert bomb.flush(30) == 0
    fill(kafka_broker, topic, [b"plain 2"])
    running = Supervised(settings(kafka_broker, topic, tmp_path / "state"))
    try:
        masked = eventually(lambda: len(m := kafka_broker.read(topics.masked(topic))) == 2 and m, 60)
    finally:
        running.stop()
    assert [m.value() for m in masked] == [b"plain 0", b"plain 2"]
    (dead,) = kafka_broker.read(topics.dead_letters(topic))
    letter = json.loads(dead.value())
    assert (letter["offset"], letter["code"]) == (1, "unreadable_batch")
    assert running.lines("worker_ended") == []


def test_a_broker_that_goes_away_comes_back_to_a_living_worker(
    own_node: kafka_local.LocalKafka, tmp_path: Path
) -> None:
    """The broker is gone for 15 s in the middle of the work: nothing is lost or doubled, and the supervisor lives."""
    broker = Broker(own_node.kafka, own_node)
    topic = broker.pipeline(2)
    fill(broker, topic, [b"plain %d" % n for n in range(300)])
    running = Supervised(settings(broker, topic, tmp_path / "state", batch_records=20))
    try:
        eventually(lambda: len(broker.read(topics.masked(topic))) > 40)
        own_node.kill()
        time.sleep(15)
        assert running.process.poll() is None
        own_node.start()
        fill(broker, topic, [b"plain %d" % n for n in range(300, 400)])
        masked = eventually(lambda: len(m := broker.read(topics.masked(topic))) >= 400 and m, 180)
    finally:
        running.stop()
    assert [m.value() for m in masked] == [b"plain %d" % n for n in range(400)]


def test_wrong_credentials_are_said_at_once(own_node: kafka_local.LocalKafka, tmp_path: Path) -> None:
    """A wrong password is tried again after a minute; the log names the settings to look at, not the password."""
    wrong = own_node.kafka.model_copy(update={"sasl_password": SecretStr("not-the-password")})
    with pytest.raises(Unrecoverable, match=r"refused the credentials .* check kafka\.sasl"):
        brokers.reachable(wrong)
    running = Supervised(settings(Broker(wrong), "events-0123456789", tmp_path / "state"))
    (ended,) = eventually(lambda: running.lines("worker_ended"))
    assert ended["restart_in_s"] >= 60
    assert running.stop() == 0
    assert b"refused the credentials" in running.log.read_bytes()
    assert b"not-the-password" not in running.log.read_bytes()


def test_a_missing_right_is_for_a_person(own_node: kafka_local.LocalKafka) -> None:
    """A principal without the ACL to read gets an error that a restart does not cure."""
    topic = Broker(own_node.kafka, own_node).topic("closed", 1)
    session = Session(own_node.client("worker"), group="g", transactional_id=None, topics=[topic])
    with pytest.raises(Unrecoverable, match="AUTHORIZATION_FAILED"):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            session.poll(10, 0.1)
    session.close()


def test_users_need_a_password(own_node: kafka_local.LocalKafka) -> None:
    """A client without credentials does not reach a broker that asks for them."""
    from maskgate.base.config import Kafka

    with pytest.raises(WorldError):
        brokers.reachable(Kafka(bootstrap_servers=own_node.bootstrap), timeout_s=2)
