"""The doctor on a real broker: good, and broken in the ways that happen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from fakes.lineage_store import writer as writer_of
from maskgate.base.config import Lineage, Pipeline, Settings
from maskgate.doctor import Line, Scope, broker, run
from maskgate.kafka import admin, probe, topics
from maskgate.kafka.session import Session
from maskgate.kafka.topic_id import topic_id
from maskgate.lineage.sinks import claims

pytestmark = pytest.mark.kafka


@pytest.fixture
def scope(kafka_clean: Any, tmp_path: Any) -> Iterator[Scope]:
    """A pipeline with all its topics and an empty state folder."""
    name = kafka_clean.pipeline(2, "doctored")
    settings = Settings(
        kafka=kafka_clean.kafka,
        pipeline=Pipeline(name=name.replace("_", "-").lower(), topics=(name,), state_dir=tmp_path, partitions=2),
        lineage=Lineage(dir=tmp_path / "lineage"),
    )
    yield Scope(settings, ("mask", "gate", "lineage", "watch", "console"))


def look(scope: Scope, check: Any) -> list[Line]:
    return list(run(scope, [("check", check)]))


def texts(lines: list[Line], status: str) -> str:
    return "\n".join(f"{line.text} → {line.do}" for line in lines if line.status == status)


def test_a_good_broker_fails_nothing(scope: Scope) -> None:
    """Reachable, topics as they should be, a clock that agrees."""
    for name, check in (("broker", broker.reachable), *broker.CHECKS):
        lines = look(scope, check)
        assert not texts(lines, "fail"), (name, lines)
    assert look(scope, broker.clock)[0].status == "ok"
    offset = probe.clock_offset(scope.settings)
    assert offset is not None and abs(offset) < 2


def test_asking_for_the_time_leaves_no_record(scope: Scope) -> None:
    """The record that the broker stamps is aborted."""
    probe.clock_offset(scope.settings)
    assert list(admin.read_to_end(scope.settings.kafka, [topics.LINEAGE])) == []


def test_a_wrong_clock_is_said(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of difference is a fail, some seconds are a warning."""
    real = time.time
    for shift, status, words in ((3600, "fail", "behind"), (-10, "warn", "ahead of")):
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda s=shift: real() + s)
            lines = look(scope, broker.clock)
        assert [line.status for line in lines] == [status] and words in lines[0].text


def test_missing_topics_are_one_line(scope: Scope) -> None:
    """All missing names stand in one line with the command."""
    empty = scope._replace(settings=scope.settings.model_copy(update={"pipeline": Pipeline(topics=("nowhere",))}))
    found = texts(look(empty, broker.topic_settings), "fail")
    assert "nowhere, nowhere.masked, nowhere.dlq" in found and "topics create" in found and "\n" not in found


def test_a_log_that_forgets_is_a_fail(scope: Scope) -> None:
    """Settings of a control topic that differ are named."""
    wrong = topics.TopicSpec(topics.LOG, 1, {"retention.ms": "3600000"})
    admin.alter_topics(scope.settings.kafka, [wrong])
    assert "retention.ms=3600000" in texts(look(scope, broker.topic_settings), "fail")


def test_too_few_partitions_for_the_masked_topic(scope: Scope) -> None:
    """The output needs a partition for each of the input's."""
    from confluent_kafka.admin import NewPartitions

    name = scope.settings.pipeline.topics[0]
    client = AdminClient(scope.settings.kafka.client())
    client.create_partitions([NewPartitions(name, 5)])[name].result()
    time.sleep(0.5)
    assert "cannot keep the order" in texts(look(scope, broker.topic_settings), "fail")


def test_a_role_that_runs_is_counted(scope: Scope) -> None:
    """A member of the group is running; the roles without one are warned about."""
    group = topics.group(scope.settings.pipeline.name, "mask")
    own = topics.worker_id(group, scope.settings.pipeline.instance, 0)
    session = Session(
        scope.settings.kafka, group=group, transactional_id=own, topics=list(scope.settings.pipeline.topics)
    )
    try:
        for _ in range(50):
            session.poll(1, 0.1)
            if session.assignment:
                break
        lines = look(scope, broker.instances)
    finally:
        session.close()
    assert "mask: 1 running" in texts(lines, "ok")
    # not the gate: all pipelines of a broker have one, and that of a test before may not be forgotten yet
    assert "watch: no process" in texts(lines, "warn")


def test_another_host_with_our_instance_id(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same id from another address is a fail."""
    group = topics.group(scope.settings.pipeline.name, "mask")
    ours = probe.Member(group, f"{group}.{scope.settings.pipeline.instance}.0", "10.9.8.7")
    monkeypatch.setattr(probe, "members", lambda *_: {group: [ours]})
    assert "10.9.8.7" in texts(look(scope, broker.instances), "fail")


def test_rows_deleted_before_they_were_written(scope: Scope) -> None:
    """Retention that overtook the sink is a fail with the offsets."""
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import OffsetSpec

    folder = scope.settings.lineage.dir
    claims.prepare(folder)
    current = topic_id(scope.settings)
    writer = writer_of(folder, current)
    writer.add(0, 0, b"x")
    writer.flush()
    producer = Producer(scope.settings.kafka.client())
    for _ in range(5):
        producer.produce(topics.LINEAGE, b"x", partition=0)
    producer.flush(10)
    assert "at most 4 offsets behind" in texts(look(scope, broker.lineage_lag), "ok")
    client = AdminClient(scope.settings.kafka.client())
    client.delete_records([TopicPartition(topics.LINEAGE, 0, 3)])[TopicPartition(topics.LINEAGE, 0, 3)].result()
    assert OffsetSpec.latest() is not None
    assert "offsets 1…2 were deleted" in texts(look(scope, broker.lineage_lag), "fail")


def test_the_embedded_broker_is_called_what_it_is(embedded_broker: Any) -> None:
    """Not exactly-once, and what it does not know is skipped."""
    scope = Scope(Settings(kafka=embedded_broker.kafka), ("mask",))
    assert "not exactly-once" in texts(look(scope, broker.reachable), "warn")
    assert {line.status for line in look(scope, broker.rights) + look(scope, broker.clock)} == {"skip"}
