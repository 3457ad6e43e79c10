"""Exactly-once under SIGKILL, on real Kafka; and the proof that the harness would see a duplicate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks.chaos import chaos

from kafka_fixtures import Broker

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def _plan(broker: Broker, **more: Any) -> chaos.Plan:
    topic = broker.topic("kill", 3).replace("kill-", "killed-")
    settings: dict[str, Any] = {
        "kills": 8,
        "topic": topic,
        "partitions": 3,
        "batch_records": 40,
        "pause_s": 0.8,
        "patience_s": 90.0,
    }
    return chaos.Plan(5000, **(settings | more))


def test_nothing_is_lost_or_doubled(kafka_clean: Broker, tmp_path: Path) -> None:
    """5,000 events, 8 SIGKILLs over workers, supervisor, gate and sink: each event ends once, in order, everywhere."""
    plan = _plan(kafka_clean, targets=("worker", "worker", "gate", "lineage", "supervisor"), aim_every=1)
    report = chaos.run(plan, tmp_path, kafka_clean.kafka)
    assert sum(report.kills.values()) == 8
    assert report.sound(), report
    assert report.events == 5000
    assert report.held == report.released == 250
    assert report.dead == 10


def test_without_transactions_the_harness_sees_duplicates(kafka_clean: Broker, tmp_path: Path) -> None:
    """The same workers with plain commits lose nothing but write some records twice, and the count says so."""
    plan = _plan(kafka_clean, transactions=False, workers=1, pause_s=0.4, roles=("mask",), targets=("worker",))
    report = chaos.run(plan, tmp_path, kafka_clean.kafka)
    assert report.lost == 0
    assert report.duplicated > 0
