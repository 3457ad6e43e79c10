"""A broker that loses the end of a transaction (KAFKA-20734): the next process may not make half of it valid."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.chaos import cluster
from benchmarks.chaos.network import Network
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from fakes.lineage_rows import event_bytes
from maskgate.base.config import Kafka
from maskgate.kafka import admin, topics
from maskgate.kafka.session import Out, Session
from maskgate.worker import torn

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

BARE, MENDED, COUNTED = "bare", "mended", "counted"
"""Pipelines: the next process of the first commits at once; those of the others look first."""


@pytest.fixture(scope="module")
def brokers(kafka_possible: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster.Cluster]:
    """Three brokers after one of them was dead while transactions ended that had a part on it alone."""
    made = cluster.create(tmp_path_factory.mktemp("brokers"), Network([]))
    try:
        made.start()
        _lose_markers(made)
        yield made
    finally:
        made.close()


def _lose_markers(made: cluster.Cluster) -> None:
    """Each pipeline has a masked record on a partition without a leader when its transaction is aborted."""
    client = AdminClient(made.kafka.client())
    new = [NewTopic(topics.LINEAGE, num_partitions=1, replica_assignment=[[2, 3]])]
    for name in (BARE, MENDED, COUNTED):
        new += [NewTopic(name, num_partitions=1, replica_assignment=[[2, 3]])]
        new += [NewTopic(topics.masked(name), num_partitions=1, replica_assignment=[[1]])]
    for done in client.create_topics(new).values():
        done.result(60)
    for name in (BARE, MENDED, COUNTED):
        _leave_open(made.kafka, name)
    made.nodes[0].kill()
    _until(lambda: _leader(client, topics.masked(BARE)) == -1)
    for name in (BARE, MENDED, COUNTED):
        _producer(made.kafka, name).init_transactions(60)  # returns when the coordinator calls the old one aborted
    _commit_offset(made.kafka, COUNTED, 1)
    made.nodes[0].start()
    _until(lambda: all(_leader(client, topics.masked(name)) == 1 for name in (BARE, MENDED, COUNTED)))


def _leave_open(kafka: Kafka, name: str) -> None:
    producer = _producer(kafka, name)
    producer.init_transactions(60)
    producer.begin_transaction()
    producer.produce(topics.masked(name), b"old", headers=[("maskgate.source", f"{name}/0/0".encode())])
    producer.produce(topics.LINEAGE, event_bytes(0, name))
    assert producer.flush(30) == 0


def _producer(kafka: Kafka, name: str) -> Producer:
    return Producer(kafka.client() | {"transactional.id": name, "transaction.timeout.ms": 60_000})


def _commit_offset(kafka: Kafka, name: str, offset: int) -> None:
    consumer = Consumer(kafka.client() | {"group.id": name})
    consumer.commit(offsets=[TopicPartition(name, 0, offset)], asynchronous=False)
    consumer.close()


def _leader(client: AdminClient, topic: str) -> int:
    try:
        return int(client.list_topics(topic, timeout=5).topics[topic].partitions[0].leader)
    except Exception:
        return -2


def _until(check: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not check():
        assert time.monotonic() < until
        time.sleep(0.3)


def _next_batch(kafka: Kafka, name: str, look: bool) -> tuple[torn.Found, list[Any]]:
    """What a new process of the id finds before its first batch, and what a reader sees behind it."""
    session = Session(kafka, group=name, transactional_id=name, topics=[name])
    found, masked = torn.Found(), topics.masked(name)
    while not session.assignment:  # a static member that is still joining is fenced from its own group
        session.poll(1, 0.2)
    if look:
        found = torn.settle(session, kafka, name, {name: 1}, [masked, topics.LINEAGE], patience_s=3.0)
    session.commit([Out(masked, b"new", partition=0), Out(topics.LINEAGE, event_bytes(0, name))], {(name, 0): 1})
    session.close()
    return found, [m.value() for m in admin.read_to_end(kafka, [masked])]


def test_without_a_look_half_of_an_aborted_batch_becomes_valid(brokers: cluster.Cluster) -> None:
    """The fault itself: what the abort did not reach is committed by the next batch."""
    assert _next_batch(brokers.kafka, BARE, look=False)[1] == [b"old", b"new"]


def test_what_an_aborted_transaction_left_open_is_aborted_first(brokers: cluster.Cluster) -> None:
    """The next batch makes nothing valid but itself."""
    found, seen = _next_batch(brokers.kafka, MENDED, look=True)
    assert found.aborted == ((topics.masked(MENDED), 0),)
    assert seen == [b"new"]


def test_what_the_offsets_call_committed_stays(brokers: cluster.Cluster) -> None:
    """Its transaction was committed: the next commit makes it valid, an abort would lose it."""
    found, seen = _next_batch(brokers.kafka, COUNTED, look=True)
    assert found.kept == ((topics.masked(COUNTED), 0),)
    assert seen == [b"old", b"new"]
    assert not found.aborted


def test_a_quiet_stream_is_let_go_at_once(brokers: cluster.Cluster, tmp_path: Path) -> None:
    """Nothing waits: no transaction is written."""
    session = Session(brokers.kafka, group="quiet", transactional_id="quiet", topics=[MENDED])
    before = admin.marks(brokers.kafka, [topics.LINEAGE])
    assert torn.settle(session, brokers.kafka, "quiet", {MENDED: 1}, [topics.LINEAGE]) == torn.Found()
    assert admin.marks(brokers.kafka, [topics.LINEAGE]) == before
    session.close()
