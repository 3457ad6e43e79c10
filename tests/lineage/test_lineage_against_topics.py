"""`maskgate lineage verify --against-topics`: what lineage tells of and no reader sees is named."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer

from fakes.lineage_rows import ENGINES, T0, event_bytes, record
from fakes.lineage_store import SINK
from fakes.lineage_store import writer as writer_of
from maskgate.base.records import Quarantined
from maskgate.cli import cli
from maskgate.crypto import signing
from maskgate.lineage.event import Route, batch_event, record_event
from maskgate.lineage.sinks.claims import prepare
from maskgate.lineage.wire.codec import encode
from maskgate.sink.against import Told, gaps
from maskgate.worker.source import source_of

WAY = ("orders.masked", "orders", 1)
LETTER = {f"__connect.errors.{k}": v for k, v in (("topic", b"t"), ("partition", b"1"), ("offset", b"2"))}


def found(told: list[Told], *offsets: int) -> list[str]:
    return [str(gap) for gap in gaps(told, {WAY: Counter(offsets)})]


def test_all_that_is_told_of_is_there() -> None:
    """Rows of one record and of runs account for all."""
    told = [Told(WAY, 3, 3, 1), Told(WAY, 0, 9, 9)]
    assert found(told, *range(10)) == []


def test_a_torn_batch_is_named_as_one_run() -> None:
    """Rows of ten neighbours without a record are one line; what stands around them is none."""
    told = [Told(WAY, offset, offset, 1) for offset in range(20)]
    lost = found(told, *range(5), *range(15, 20))
    assert lost == ["orders/1/5-14: lineage tells of 10, orders.masked has 0"]


def test_what_a_run_lacks_is_counted() -> None:
    """Runs of two actors overlap: they are counted together."""
    told = [Told(WAY, 0, 8, 5), Told(WAY, 1, 9, 5)]
    assert found(told, *range(10)) == []
    assert found(told, *range(9)) == ["orders/1/0-9: lineage tells of 10, orders.masked has 9"]


def test_a_record_that_came_twice_is_named() -> None:
    """In a row of its own and in a run."""
    assert found([Told(WAY, 4, 4, 1)], 4, 4) == ["orders/1/4: lineage tells of 1, orders.masked has 2"]
    assert found([Told(WAY, 0, 3, 4)], 0, 1, 1, 2, 3) == ["orders/1/0-3: lineage tells of 4, orders.masked has 5"]


@pytest.mark.parametrize(
    ("headers", "source"),
    [
        ([("maskgate.source", b"a/b/7/12")], ("a/b", 7, 12)),
        (
            [(f"__connect.errors.{k}", v) for k, v in (("topic", b"t"), ("partition", b"1"), ("offset", b"2"))],
            ("t", 1, 2),
        ),
        ([("x", b"1")], None),
        (None, None),
    ],
)
def test_a_result_tells_its_source(headers: Any, source: Any) -> None:
    """Masked records and items by our header, dead letters by those of Connect."""
    assert source_of(headers) == source


@pytest.mark.kafka
@pytest.mark.parametrize("missing", ["", "masked", "dlq"])
def test_a_record_that_was_aborted_behind_its_row_is_found(
    kafka_broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Everything there: 0. The masked record or the dead letter of a row aborted: named, and 1."""
    source = kafka_broker.pipeline(1)
    _rows(tmp_path, source)
    _produce(kafka_broker, "t-all", [(f"{source}.masked", n) for n in (1, 2, 3)])
    _produce(kafka_broker, "t-masked", [(f"{source}.masked", 0)], commit=missing != "masked")
    _produce(kafka_broker, "t-dlq", [(f"{source}.dlq", 4)], commit=missing != "dlq")
    monkeypatch.setenv("MASKGATE_PIPELINE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MASKGATE_LINEAGE_DIR", str(tmp_path / "lineage"))
    monkeypatch.setenv("MASKGATE_KAFKA_BOOTSTRAP_SERVERS", kafka_broker.bootstrap)
    monkeypatch.setenv("MASKGATE_PIPELINE_TOPICS", source)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["lineage", "verify", "--against-topics"])
    wanted = {"masked": f"{source}/0/0: lineage tells of 1, {source}.masked has 0",
              "dlq": f"{source}/0/4: lineage tells of 1, {source}.dlq has 0"}  # fmt: skip
    assert done.stdout.splitlines() == ([wanted[missing]] if missing else []), done.output
    assert done.exit_code == bool(missing)


def _rows(root: Path, source: str) -> None:
    """A masked record, three that passed, a dead letter."""
    (root / "keys").mkdir()
    (root / "keys" / "lineage-first.pub").write_text(signing.public_pem(SINK.public))
    letter = record_event(record(4, source), Quarantined("not_json", ""), ENGINES, Route(f"{source}.dlq", 0))
    passed = batch_event([record(n, source) for n in (1, 2, 3)], ENGINES, Route(f"{source}.masked", 0))
    writer = writer_of(root / "lineage")
    for offset, row in enumerate((event_bytes(0, source), encode(passed), encode(letter))):
        writer.add(offset, T0, row)
    writer.flush()
    prepare(root / "lineage")


def _produce(broker: Any, name: str, places: list[tuple[str, int]], commit: bool = True) -> None:
    """Results with the coordinates of their source, in one transaction."""
    producer = Producer(broker.kafka.client() | {"transactional.id": f"{name}-{places[0][0]}"})
    producer.init_transactions(30)
    producer.begin_transaction()
    for topic, offset in places:
        source = topic.rsplit(".", 1)[0]
        letter = {"topic": source, "partition": "0", "offset": str(offset)}
        headers = [(f"__connect.errors.{k}", v.encode()) for k, v in letter.items()]
        if topic.endswith(".masked"):
            headers = [("maskgate.source", f"{source}/0/{offset}".encode())]
        producer.produce(topic, b"{}", partition=0, headers=headers)
    producer.flush(30)
    producer.commit_transaction(30) if commit else producer.abort_transaction(30)
