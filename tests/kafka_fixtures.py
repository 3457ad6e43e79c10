"""One real Kafka for the whole run: ``kafka_broker``; ``kafka_clean`` is the same with fresh control topics.

``MASKGATE_TEST_KAFKA=HOST:PORT`` uses a broker that runs already. Where Kafka cannot run the tests are skipped and
say so; with ``CI=true`` they fail.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from maskgate.base.config import Kafka


@dataclass
class Broker:
    """A real Kafka for tests."""

    kafka: Kafka
    node: object | None = None

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap_servers

    def topic(self, name: str = "t", partitions: int = 3, config: Mapping[str, str] | None = None) -> str:
        """A new topic of its own name."""
        from maskgate.kafka.topics import MAX_MESSAGE_BYTES, TopicSpec
        from maskgate.local import brokers

        unique = f"{name}-{uuid.uuid4().hex[:10]}"
        size = {"max.message.bytes": str(MAX_MESSAGE_BYTES)}
        brokers.ensure_topics(self.kafka, [TopicSpec(unique, partitions, size | dict(config or {}))])
        return unique

    def pipeline(self, partitions: int = 3, name: str = "events") -> str:
        """A new input topic with its masked, dead letter and released topics, and the control topics."""
        from maskgate.kafka.topics import control_specs, data_specs
        from maskgate.local import brokers

        unique = f"{name}-{uuid.uuid4().hex[:10]}"
        brokers.ensure_topics(self.kafka, data_specs({unique: partitions}, 1) + control_specs())
        return unique

    def read(self, topics: str | Sequence[str], *, committed: bool = True) -> list:
        """Every record of the topics at this moment."""
        from maskgate.local import brokers

        names = [topics] if isinstance(topics, str) else list(topics)
        return list(brokers.read_to_end(self.kafka, names, committed=committed))


def _unavailable(why: str) -> None:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"real Kafka is needed in CI: {why}")
    pytest.skip(f"REAL KAFKA TESTS SKIPPED: {why}")


@pytest.fixture(scope="session")
def kafka_possible() -> None:
    """A real Kafka can be started here: for programs that start one of their own."""
    from maskgate.local import kafka_local

    if why := kafka_local.missing():
        _unavailable(why)


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real Apache Kafka that lives as long as the test run."""
    from maskgate.base.errors import WorldError
    from maskgate.local import kafka_local

    outside = os.environ.get("MASKGATE_TEST_KAFKA")
    if outside:
        yield Broker(Kafka(bootstrap_servers=outside))
        return
    if why := kafka_local.missing():
        _unavailable(why)
    try:
        node = kafka_local.start_kafka(Path(tmp_path_factory.mktemp("kafka")))
    except WorldError as error:
        _unavailable(str(error))
    yield Broker(node.kafka, node)
    node.stop()


@pytest.fixture
def kafka_clean(kafka_broker: Broker) -> Broker:
    """The real Kafka with control and lineage topics that hold nothing."""
    from confluent_kafka.admin import AdminClient

    from maskgate.kafka.topics import CONTROL, LINEAGE, control_specs, data_specs
    from maskgate.local import brokers

    admin = AdminClient(kafka_broker.kafka.client())
    wanted = [LINEAGE, *CONTROL]
    there = [n for n in brokers.reachable(kafka_broker.kafka) if n in wanted]
    for future in admin.delete_topics(there, operation_timeout=10).values() if there else ():
        future.result()
    until = time.monotonic() + 10
    while set(wanted) & set(brokers.reachable(kafka_broker.kafka)) and time.monotonic() < until:
        time.sleep(0.05)
    brokers.ensure_topics(kafka_broker.kafka, data_specs({}, 1) + control_specs())
    return kafka_broker


@pytest.fixture
def embedded_broker() -> Iterator[Broker]:
    """An embedded broker of its own for one test."""
    from maskgate.local import brokers

    running = brokers.start_embedded()
    yield Broker(running.kafka, running)
    running.stop()
