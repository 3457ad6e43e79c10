"""Exactly-once under SIGKILL, on real Kafka; and the proof that the harness would see a duplicate."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kafka_fixtures import Broker

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture(scope="module")
def chaos() -> ModuleType:
    """The harness of the benchmark."""
    path = Path(__file__).parents[2] / "benchmarks" / "chaos" / "chaos.py"
    spec = importlib.util.spec_from_file_location("chaos", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["chaos"] = module
    spec.loader.exec_module(module)
    return module


def _plan(chaos: ModuleType, broker: Broker, **more: object) -> object:
    topic = broker.topic("kill", 3).replace("kill-", "killed-")
    settings = {"kills": 8, "topic": topic, "partitions": 3, "batch_records": 40, "pause_s": 0.8, "patience_s": 90.0}
    return chaos.Plan(5000, **(settings | more))


def test_nothing_is_lost_or_doubled(chaos: ModuleType, kafka_clean: Broker, tmp_path: Path) -> None:
    """5,000 events, 8 SIGKILLs over workers, supervisor, gate and sink: each event ends once, in order, everywhere."""
    plan = _plan(chaos, kafka_clean, targets=("worker", "worker", "gate", "lineage", "supervisor"), aim_every=1)
    report = chaos.run(plan, tmp_path, kafka_clean.kafka)
    assert sum(report.kills.values()) == 8
    assert report.sound(), report
    assert report.events == 5000
    assert report.held == report.released == 250
    assert report.dead == 10


def test_without_transactions_the_harness_sees_duplicates(
    chaos: ModuleType, kafka_clean: Broker, tmp_path: Path
) -> None:
    """The same workers with plain commits lose nothing but write some records twice, and the count says so."""
    plan = _plan(chaos, kafka_clean, transactions=False, workers=1, pause_s=0.4, roles=("mask",), targets=("worker",))
    report = chaos.run(plan, tmp_path, kafka_clean.kafka)
    assert report.lost == 0
    assert report.duplicated > 0
