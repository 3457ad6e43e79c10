"""The ACL list on a real Kafka with SASL: each user can do its work, and no more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from maskgate.base.config import Pipeline, Principals, Settings
from maskgate.base.errors import WorldError
from maskgate.kafka import acls, topics
from maskgate.kafka.session import Out, Session
from maskgate.local import kafka_local
from maskgate.local.kafka_local import LocalKafka, start_kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

PARTNER = "partner-a"
BY = Principals(
    reviewers=("rita",),
    auditors=("otto",),
    operators=("olga",),
    producers={"orders": "shop"},
    consumers={"reports": "orders.masked", "partner": PARTNER},
)
USERS = ("maskgate-mask", "maskgate-gate", "maskgate-lineage", "maskgate-watch", "maskgate-console", "maskgate-admin")
USERS += ("rita", "otto", "olga", "shop", "reports", "partner", "nobody")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A Kafka that asks for SCRAM, with the topics and the ACLs of one pipeline."""
    from maskgate.local import brokers

    if why := kafka_local.missing():
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"real Kafka is needed in CI: {why}")
        pytest.skip(f"REAL KAFKA TESTS SKIPPED: {why}")
    users = {name: f"{name}-secret" for name in ("admin", *USERS)}
    running = start_kafka(Path(tmp_path_factory.mktemp("sasl")), users=users)
    try:
        settings = wanted_settings(running)
        brokers.ensure_topics(running.kafka, topics.specs(settings, destinations=[PARTNER]))
        acls.apply(running.kafka, acls.acls(settings, [PARTNER]))
        yield running
    finally:
        running.stop()


def wanted_settings(node: LocalKafka) -> Settings:
    return Settings(kafka=node.kafka, pipeline=Pipeline(topics=("orders",), partitions=1), principals=BY)


def may_read(node: LocalKafka, user: str, topic: str) -> bool:
    """Whether the broker lets the user fetch a topic."""
    group = f"{user}.group" if user in BY.consumers else f"maskgate.reader.{user}"
    reader = Consumer(
        node.client(user).client()
        | {"group.id": group, "enable.auto.commit": False, "log_level": 0, "fetch.wait.max.ms": 50,
           "auto.offset.reset": "earliest", "enable.partition.eof": True}
    )  # fmt: skip
    try:
        seen = reader.list_topics(topic, timeout=10).topics[topic].error
        if seen is not None and "AUTHORIZATION" in seen.name():
            return False
        reader.assign([TopicPartition(topic, 0, 0)])
        for _ in range(100):
            message = reader.poll(0.2)
            if message is None:
                continue
            error = message.error()
            if error is None or error.name() == "_PARTITION_EOF":
                return True
            if "AUTHORIZATION" in error.name():
                return False
        raise AssertionError(f"no answer for {user} on {topic}")
    finally:
        reader.close()


def may_write(node: LocalKafka, user: str, topic: str) -> bool:
    """Whether the broker lets the user append to a topic."""
    result: list[object] = []
    writer = Producer(node.client(user).client() | {"log_level": 0, "message.timeout.ms": 15000})
    writer.produce(topic, b"{}", b"k", partition=0, on_delivery=lambda error, _: result.append(error))
    assert writer.flush(20) == 0
    error = result[0]
    if error is not None and "AUTHORIZATION" not in error.name():  # type: ignore[attr-defined]
        raise AssertionError(error)
    return error is None


DLQ = "orders.dlq"
READS = [
    ("rita", topics.REQUESTS, False),
    ("rita", DLQ, False),
    ("rita", "orders", False),
    ("rita", topics.VOTES, False),
    ("rita", topics.STATE, True),
    ("olga", DLQ, True),
    ("olga", topics.REQUESTS, False),
    ("otto", topics.LOG, True),
    ("otto", topics.CHECKPOINTS, True),
    ("otto", topics.REQUESTS, False),
    ("shop", "orders", False),
    ("shop", "orders.masked", False),
    ("reports", "orders.masked", True),
    ("reports", "orders", False),
    ("reports", PARTNER, False),
    ("partner", PARTNER, True),
    ("partner", "orders.released", False),
    ("maskgate-mask", "orders", True),
    ("maskgate-mask", topics.LOG, False),
    ("maskgate-watch", topics.LOG, True),
    ("maskgate-watch", topics.REQUESTS, False),
    ("maskgate-watch", DLQ, False),
    ("maskgate-lineage", topics.LINEAGE, True),
    ("maskgate-lineage", "orders", False),
    ("maskgate-console", topics.STATE, True),
    ("maskgate-console", DLQ, False),
    ("maskgate-console", "orders", False),
    ("maskgate-gate", topics.REQUESTS, True),
    ("maskgate-gate", "orders", False),
    ("nobody", topics.STATE, False),
]
WRITES = [
    ("rita", topics.VOTES, True),
    ("rita", topics.LOG, False),
    ("rita", topics.REQUESTS, False),
    ("rita", "orders.released", False),
    ("shop", "orders", True),
    ("shop", "orders.masked", False),
    ("shop", topics.REQUESTS, False),
    ("reports", "orders", False),
    ("maskgate-mask", "orders.masked", True),
    ("maskgate-mask", DLQ, True),
    ("maskgate-mask", topics.REQUESTS, True),
    ("maskgate-mask", topics.LINEAGE, True),
    ("maskgate-mask", topics.LOG, False),
    ("maskgate-mask", topics.STATE, False),
    ("maskgate-mask", topics.VOTES, False),
    ("maskgate-mask", "orders.released", False),
    ("maskgate-mask", PARTNER, False),
    ("maskgate-mask", "orders", False),
    ("maskgate-console", topics.VOTES, True),
    ("maskgate-console", topics.REQUESTS, True),
    ("maskgate-console", topics.LOG, False),
    ("maskgate-console", topics.STATE, False),
    ("maskgate-console", topics.PEOPLE, False),
    ("maskgate-watch", topics.LOG, False),
    ("maskgate-watch", topics.VOTES, False),
    ("maskgate-lineage", topics.LINEAGE, False),
    ("maskgate-gate", topics.LOG, True),
    ("maskgate-gate", topics.STATE, True),
    ("maskgate-gate", "orders.released", True),
    ("maskgate-gate", PARTNER, True),
    ("maskgate-gate", topics.VOTES, False),
    ("maskgate-gate", topics.REQUESTS, False),
    ("maskgate-gate", topics.PEOPLE, False),
    ("maskgate-admin", topics.PEOPLE, True),
    ("maskgate-admin", topics.POLICY, True),
    ("maskgate-admin", topics.LOG, False),
    ("maskgate-admin", topics.VOTES, False),
    ("nobody", topics.VOTES, False),
]


@pytest.mark.parametrize(("user", "topic", "allowed"), READS, ids=[f"{u} {t} {a}" for u, t, a in READS])
def test_reading(node: LocalKafka, user: str, topic: str, allowed: bool) -> None:
    """Who may read what is as the design says."""
    assert may_read(node, user, topic) is allowed


@pytest.mark.parametrize(("user", "topic", "allowed"), WRITES, ids=[f"{u} {t} {a}" for u, t, a in WRITES])
def test_writing(node: LocalKafka, user: str, topic: str, allowed: bool) -> None:
    """Who may write what is as the design says."""
    assert may_write(node, user, topic) is allowed


def test_a_worker_can_run_its_transaction(node: LocalKafka) -> None:
    """The mask worker's rights are enough for its whole step, and its id is of its own prefix."""
    may_write(node, "shop", "orders")
    group = topics.group("main", "mask")
    session = Session(
        node.client("maskgate-mask"),
        group=group,
        transactional_id=topics.worker_id(group, "host", 0),
        topics=["orders"],
    )
    try:
        for _ in range(100):
            if got := session.poll(10, 0.2):
                break
        at = max(m.offset() for m in got)
        outs = [Out(t, b"{}", partition=0) for t in ("orders.masked", DLQ, topics.REQUESTS, topics.LINEAGE)]
        session.commit(outs, {("orders", 0): at + 1})
    finally:
        session.close()


def test_the_gate_can_run_its_transaction(node: LocalKafka) -> None:
    """The gate's rights are enough for its whole step."""
    from maskgate.gate.port import GROUP

    assert acls.GATE_ID == GROUP
    session = Session(node.client("maskgate-gate"), group=GROUP, transactional_id=GROUP, topics=[topics.VOTES])
    try:
        outs = [
            Out(t, b"{}", b"k", partition=0)
            for t in (topics.LOG, topics.STATE, topics.LINEAGE, "orders.released", PARTNER)
        ]
        session.commit(outs, {})
    finally:
        session.close()


def test_nobody_else_can_take_the_gates_id(node: LocalKafka) -> None:
    """A worker cannot fence the gate by starting a producer with its transactional id."""
    with pytest.raises(WorldError):
        Session(
            node.client("maskgate-mask"), group="maskgate.main.mask", transactional_id=acls.GATE_ID, topics=["orders"]
        )


def test_an_unknown_password_is_refused(node: LocalKafka) -> None:
    """Without the right password there is no connection."""
    from pydantic import SecretStr

    from maskgate.kafka import admin

    wrong = node.client("shop").model_copy(update={"sasl_password": SecretStr("wrong")})
    with pytest.raises(WorldError):
        admin.reachable(wrong, 5)


def test_the_broker_holds_the_list_and_differences_are_said(node: LocalKafka) -> None:
    """A fresh set-up has no difference; a right too many and one too few are both named."""
    settings = wanted_settings(node)
    wanted = acls.acls(settings, [PARTNER])
    assert acls.check(node.kafka, settings, wanted) == []
    extra = acls.Acl("rita", "Read", "topic", topics.REQUESTS)
    acls.apply(node.kafka, [extra])
    try:
        lines = acls.check(node.kafka, settings, [*wanted, acls.Acl("rita", "Read", "topic", "elsewhere")])
    finally:
        acls.remove(node.kafka, [extra])
    assert lines == [
        "missing: --add --allow-principal 'User:rita' --operation Read --topic 'elsewhere'",
        f"too much: User:rita may Read topic {topics.REQUESTS}; remove it",
    ]


def test_a_plain_broker_is_called_open(kafka_broker: object) -> None:
    """Where there is no authorizer, the check says that anybody may write the approval topics."""
    settings = Settings()
    lines = acls.check(kafka_broker.kafka, settings, acls.acls(settings))  # type: ignore[attr-defined]
    assert lines and "no authorizer" in lines[0]


def test_reading_acls_needs_the_right_to(node: LocalKafka) -> None:
    """A user who may not describe the cluster gets an error, not an empty list."""
    with pytest.raises((WorldError, KafkaException)):
        acls.granted(node.client("rita"))
