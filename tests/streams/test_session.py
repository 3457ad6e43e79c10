"""The atomic step over Kafka, on a real broker and on the embedded one."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from confluent_kafka import KafkaError, KafkaException

from kafka_fixtures import Broker
from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.kafka.client import produce
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.session import Out, Session
from maskgate.local import brokers


def _fill(broker: Broker, topic: str, values: list[bytes], partition: int = 0) -> None:
    session = Session(broker.kafka, group="fill", transactional_id=None, topics=[], partitions={})
    session.commit([Out(topic, v, partition=partition) for v in values], {})
    session.close()


def _poll(session: Session, wanted: int, patience_s: float = 20.0) -> list:
    got: list = []
    until = time.monotonic() + patience_s
    while len(got) < wanted and time.monotonic() < until:
        got += session.poll(100, 0.1)
    return got


@pytest.fixture(params=["real", "embedded"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """Both brokers behind one interface."""
    if request.param == "real":
        yield request.getfixturevalue("kafka_broker")
    else:
        yield request.getfixturevalue("embedded_broker")


def _session(broker: Broker, topic: str, name: str, **more: object) -> Session:
    return Session(broker.kafka, group=f"g-{topic}", transactional_id=f"{topic}-{name}", topics=[topic], **more)


@pytest.mark.kafka
def test_results_and_offsets_go_together(broker: Broker) -> None:
    """What one session committed is read back, and the next session of the group starts behind it."""
    source, target = broker.topic("in"), broker.topic("out")
    _fill(broker, source, [b"1", b"2", b"3"])
    session = _session(broker, source, "a")
    got = _poll(session, 3)
    assert [m.value() for m in got] == [b"1", b"2", b"3"]
    session.commit([Out(target, m.value() + b"!", b"k", (("h", b"x"),), 0) for m in got], {(source, 0): 3})
    session.close()
    _fill(broker, source, [b"4"])
    again = _session(broker, source, "a")
    assert [m.value() for m in _poll(again, 1)] == [b"4"]
    again.close()
    out = broker.read(target)
    assert [(m.value(), m.key(), m.headers()) for m in out] == [(v, b"k", [("h", b"x")]) for v in (b"1!", b"2!", b"3!")]


@pytest.mark.kafka
def test_uncommitted_results_are_never_read(kafka_broker: Broker) -> None:
    """A session that died in its transaction leaves nothing for read_committed readers, and its batch comes again."""
    source, target = kafka_broker.topic("in"), kafka_broker.topic("out")
    _fill(kafka_broker, source, [b"1"])
    first = _session(kafka_broker, source, "a")
    assert len(_poll(first, 1)) == 1
    first.producer.begin_transaction()
    first.producer.produce(target, b"half", partition=0)
    first.producer.flush(10)
    twin = _session(kafka_broker, source, "a")  # the same id: fences the first and aborts what it left open
    again = _poll(twin, 1)
    twin.commit([Out(target, b"whole", partition=0)], {(source, 0): again[0].offset() + 1})
    assert [m.value() for m in kafka_broker.read(target)] == [b"whole"]
    assert [m.value() for m in kafka_broker.read(target, committed=False)] == [b"half", b"whole"]
    with pytest.raises(WorldError):
        first.commit([Out(target, b"late", partition=0)], {(source, 0): 1})
    twin.close()


@pytest.mark.kafka
def test_start_offsets_come_from_the_callback(kafka_broker: Broker) -> None:
    """on_assign decides where reading starts, after the producer was fenced in."""
    source = kafka_broker.topic("in", 1)
    _fill(kafka_broker, source, [b"0", b"1", b"2"])
    session = _session(kafka_broker, source, "a", fence_later=True, on_assign=lambda parts: dict.fromkeys(parts, 2))
    assert [m.value() for m in _poll(session, 1)] == [b"2"]
    assert session.assignment == {(source, 0)}
    session.close()


@pytest.mark.kafka
def test_an_error_of_the_callback_reaches_the_caller(kafka_broker: Broker) -> None:
    """An exception in on_assign is raised by poll; librdkafka does not swallow it."""

    def refuse(_: object) -> None:
        raise WorldError("log is wrong")

    source = kafka_broker.topic("in", 1)
    session = _session(kafka_broker, source, "a", on_assign=refuse)
    with pytest.raises(WorldError, match="log is wrong"):
        _poll(session, 1)
    session.close()


@pytest.mark.kafka
def test_a_missing_topic_is_said_with_what_to_do(kafka_broker: Broker) -> None:
    """Reading a topic that does not exist stops; a broker that just started may only not know it yet."""
    session = _session(kafka_broker, "no-such-topic-here", "a")
    with pytest.raises(WorldError, match=r"UNKNOWN_TOPIC_OR_PART.*maskgate topics create") as caught:
        _poll(session, 1)
    assert not isinstance(caught.value, Unrecoverable)
    session.close()


@pytest.mark.kafka
def test_a_producer_takes_over_as_often_as_it_is_assigned(kafka_broker: Broker) -> None:
    """Taking over twice in one process is no error, and the second take-over writes."""
    topic = kafka_broker.topic("out", 1)
    session = _session(kafka_broker, topic, "twice", fence_later=True)
    while not session.assignment:
        session.poll(1, 0.1)
    session.fence()
    session.commit([Out(topic, b"first")], {})
    session.fence()
    session.commit([Out(topic, b"second")], {})
    session.close()
    assert [m.value() for m in kafka_broker.read(topic)] == [b"first", b"second"]


class Forgetful:
    """A producer that knows no partition until it was asked ``asks`` times."""

    def __init__(self, asks: int) -> None:
        self.asks = asks
        self.sent: list[bytes] = []

    def produce(self, topic: str, value: bytes) -> None:
        if self.asks > 0:
            raise KafkaException(KafkaError(KafkaError._UNKNOWN_PARTITION))
        self.sent.append(value)

    def list_topics(self, topic: str, timeout: float) -> None:
        self.asks -= 1


def test_a_broker_that_restarts_is_waited_for_when_writing() -> None:
    """A partition that is unknown for a moment costs time, not the process; one that stays unknown is an error."""
    producer = Forgetful(3)
    produce(producer, "t", b"x")
    assert producer.sent == [b"x"]
    with pytest.raises(KafkaException):
        produce(Forgetful(1000), "t", b"x", patience_s=0.3)


def test_no_broker_is_said_plainly() -> None:
    """An address where nothing listens gives one sentence with the address."""
    with pytest.raises(WorldError, match=r"no broker answers at 127\.0\.0\.1:9"):
        brokers.reachable(Kafka(bootstrap_servers="127.0.0.1:9"), timeout_s=1.5)


def test_embedded_says_not_exactly_once(embedded_broker: Broker) -> None:
    """A session on the embedded broker does not claim transactions."""
    session = _session(embedded_broker, embedded_broker.topic("in"), "a")
    assert not session.exactly_once
    session.close()


def test_embedded_refuses_a_load_it_would_drop(embedded_broker: Broker) -> None:
    """More bytes than the embedded broker keeps in a partition are refused before they are lost."""
    topic = embedded_broker.topic("in")
    with pytest.raises(Unrecoverable, match="BROKER=kafka"):
        _fill(embedded_broker, topic, [b"x" * 500_000] * 12)


def test_embedded_never_hides_what_it_dropped(embedded_broker: Broker) -> None:
    """Where several writers together went over what it keeps, a reader from the start is told, not served a rest."""
    topic = embedded_broker.topic("in")
    for _ in range(2):  # each writer alone is under the limit
        _fill(embedded_broker, topic, [b"x" * 900_000] * 4)
    with pytest.raises(Unrecoverable, match="dropped records"):
        embedded_broker.read(topic)


@pytest.mark.kafka
def test_control_topics_have_the_settings_of_the_truth(kafka_clean: Broker) -> None:
    """The control topics are as the gate needs them, and a difference is named with what to do."""
    from maskgate.kafka.topics import TRUTH, TopicSpec, control_specs

    assert brokers.check_topics(kafka_clean.kafka, control_specs()) == []
    wrong = TopicSpec(kafka_clean.topic("wrong", 2), 1, TRUTH, tuple(TRUTH))
    lines = brokers.check_topics(kafka_clean.kafka, [wrong, TopicSpec("not-there", 1)])
    assert any("2 partitions, must be 1" in line for line in lines)
    assert any("retention.ms=" in line and "must be -1" in line for line in lines)
    assert any(line.startswith("not-there: missing") for line in lines)
