"""Write records for a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kafka_fixtures import Broker
from maskgate.kafka.session import Out, Session


def write(broker: Broker, outs: Sequence[Out]) -> None:
    """Write records."""
    session = Session(broker.kafka, group="fill", transactional_id=None, topics=[], partitions={})
    session.commit(outs, {})
    session.close()


def fill(broker: Broker, topic: str, values: Sequence[bytes | None], partition: int = 0, **more: Any) -> None:
    """Write values to one partition."""
    write(broker, [Out(topic, v, partition=partition, **more) for v in values])
