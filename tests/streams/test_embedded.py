"""The worker on the embedded broker: no transactions, and it says so."""

from __future__ import annotations

from pathlib import Path

from kafka_fixtures import Broker
from maskgate.kafka import topics
from maskgate.local import brokers
from streams.supervised import Supervised, eventually, settings
from streams.writing import fill


def test_the_worker_runs_and_says_not_exactly_once(embedded_broker: Broker, tmp_path: Path) -> None:
    """Records are masked in order on the embedded broker, and the log warns that it is not exactly-once."""
    chosen = settings(embedded_broker, "embedded-events", tmp_path / "state")
    brokers.ensure_topics(embedded_broker.kafka, topics.specs(chosen))
    fill(embedded_broker, "embedded-events", [b"plain 0", b"mask 1", b"bad 2"])
    running = Supervised(chosen)
    try:
        eventually(lambda: len(embedded_broker.read(["embedded-events.masked", "embedded-events.dlq"])) == 3)
    finally:
        assert running.stop() == 0
    assert [m.value() for m in embedded_broker.read("embedded-events.masked")] == [b"plain 0", b"masked 1"]
    assert ["not exactly-once" in e["message"] for e in running.lines("warning")] == [True]
