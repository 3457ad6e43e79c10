"""An input topic that is deleted and created anew while workers run: nothing of the new one is passed over."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from kafka_fixtures import Broker
from maskgate.base.errors import WorldError
from maskgate.kafka import admin, topics
from maskgate.kafka.session import Session
from maskgate.kafka.topic_id import Incarnations
from streams.supervised import Supervised, eventually, settings
from streams.writing import fill

pytestmark = pytest.mark.kafka


def _create_anew(broker: Broker, topic: str) -> None:
    """Delete a topic and create another one of its name, as quickly as the broker allows."""
    client = AdminClient(broker.kafka.client() | {"log_level": 0})
    client.delete_topics([topic], operation_timeout=20)[topic].result()
    spec = topics.data_specs({topic: 1}, 1)[0]
    assert spec.name == topic
    for _ in range(100):
        try:
            if topic in admin.ensure_topics(broker.kafka, [spec]):
                return
        except WorldError:
            pass
        time.sleep(0.05)
    raise AssertionError("the topic was not created anew")


@contextmanager
def _paused(one: Supervised) -> Iterator[None]:
    """The workers stand still for so long."""
    pids = [int(p) for p in Path(f"/proc/{one.process.pid}/task/{one.process.pid}/children").read_text().split()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def running(kafka_clean: Broker, tmp_path: Path) -> Iterator[tuple[Broker, str, Supervised]]:
    """A worker that has read five records of its topic."""
    topic = kafka_clean.pipeline(partitions=1)
    fill(kafka_clean, topic, [b"old %d" % n for n in range(5)])
    one = Supervised(settings(kafka_clean, topic, tmp_path / "state", batch_wait=0.05))
    eventually(lambda: len(kafka_clean.read(topics.masked(topic))) == 5)
    yield kafka_clean, topic, one
    one.stop()


def _values(broker: Broker, topic: str) -> list[bytes]:
    return [m.value() for m in broker.read(topics.masked(topic))]


def test_a_longer_topic_of_the_same_name_is_read_from_its_beginning(running: tuple[Broker, str, Supervised]) -> None:
    """The position in the old topic lies inside the new one: it must not be taken for a position in that."""
    broker, topic, one = running
    new = [b"new %d" % n for n in range(12)]
    with _paused(one):  # it sees nothing of what lies between
        _create_anew(broker, topic)
        fill(broker, topic, new)
    eventually(lambda: len(_values(broker, topic)) >= 17, 60)
    assert _values(broker, topic)[5:] == new


def test_a_shorter_topic_of_the_same_name_is_read_from_its_beginning(running: tuple[Broker, str, Supervised]) -> None:
    """The position in the old topic lies behind the end of the new one."""
    broker, topic, _ = running
    _create_anew(broker, topic)
    fill(broker, topic, [b"new 0", b"new 1"])
    eventually(lambda: len(_values(broker, topic)) >= 7, 60)
    assert _values(broker, topic)[5:] == [b"new 0", b"new 1"]


def test_an_offset_that_was_committed_for_the_old_topic_does_not_count(kafka_clean: Broker, tmp_path: Path) -> None:
    """A commit that lands when the topic is new already names the old one, and a worker starts at the beginning."""
    topic = kafka_clean.pipeline(partitions=1)
    given = settings(kafka_clean, topic, tmp_path / "state")
    fill(kafka_clean, topic, [b"new %d" % n for n in range(3)])
    group = topics.group(given.pipeline.name, "mask")
    late = Session(kafka_clean.kafka, group=group, transactional_id="late", topics=[], partitions={(topic, 0): 0})
    late.marks = {topic: "the-id-of-the-old-topic"}
    late.commit([], {(topic, 0): 2})
    late.close()
    one = Supervised(given)
    try:
        eventually(lambda: len(_values(kafka_clean, topic)) >= 3, 60)
    finally:
        one.stop()
    assert _values(kafka_clean, topic) == [b"new 0", b"new 1", b"new 2"]


def test_the_question_tells_a_topic_from_its_successor(kafka_clean: Broker) -> None:
    """The same topic is confirmed as often as asked; the one that took its name is not."""
    topic = kafka_clean.topic("twin", 1)
    known = admin.topic_ids(kafka_clean.kafka, [topic])
    asked = Incarnations(kafka_clean.kafka, known)
    for _ in range(2):
        asked.ask([topic])
        asked.confirm()
    _create_anew(kafka_clean, topic)
    asked.ask([topic])
    with pytest.raises(WorldError, match="created anew"):
        asked.confirm()
