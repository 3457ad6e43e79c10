"""The mask worker under its supervisor, on a real broker."""

from __future__ import annotations

import json
import os
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.supervised_fake import SEED
from kafka_fixtures import Broker
from maskgate.approvals.messages import items
from maskgate.crypto import signing
from maskgate.kafka import topics
from maskgate.lineage.wire import codec
from maskgate.local import brokers
from maskgate.supervise import supervisor
from maskgate.worker import worker as mask_worker
from maskgate.worker.inflight import FlightFile
from streams.supervised import Supervised, eventually, settings
from streams.writing import fill

pytestmark = pytest.mark.kafka
Start = Callable[..., Supervised]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start supervisors that are stopped in the end."""
    running: list[Supervised] = []

    def begin(broker: Broker, topic: str, **worker: Any) -> Supervised:
        running.append(Supervised(settings(broker, topic, tmp_path / "state", **worker)))
        return running[-1]

    yield begin
    for one in running:
        one.stop()


def results(broker: Broker, topic: str) -> list[Any]:
    """Masked records and dead letters of a topic."""
    return broker.read([topics.masked(topic), topics.dead_letters(topic)])


def done(broker: Broker, topic: str, n: int) -> Any:
    """Wait until so many records ended in masked or dead letters."""
    return eventually(lambda: len(found := results(broker, topic)) >= n and found)


def test_every_offset_ends_in_one_place_with_a_row(kafka_clean: Broker, start: Start) -> None:
    """Masked, held and dead-lettered records each leave one result and one lineage row, in one order per partition."""
    topic = kafka_clean.pipeline(partitions=2)
    values = [b"plain 0", b"mask 1", b"hold 2", b"bad 3", b"raise 4", None, b"plain 6"]
    for partition in (0, 1):
        fill(kafka_clean, topic, values, partition, key=b"k", headers=(("h", b"x"), ("maskgate.source", b"forged")))
    start(kafka_clean, topic)
    done(kafka_clean, topic, 12)
    masked = kafka_clean.read(topics.masked(topic))
    for partition in (0, 1):
        mine = [m for m in masked if m.partition() == partition]
        assert [m.value() for m in mine] == [b"plain 0", b"masked 1", None, b"plain 6"]
        assert [dict(m.headers())["maskgate.source"] for m in mine] == [
            f"{topic}/{partition}/{offset}".encode() for offset in (0, 1, 5, 6)
        ]
        assert all(m.key() == b"k" and dict(m.headers())["h"] == b"x" for m in mine)
        assert dict(mine[1].headers())["maskgate.rule-ids"] == b"email"
        assert dict(mine[1].headers())["maskgate.policy-version"] == b"v1"
    dead = [json.loads(m.value()) for m in kafka_clean.read(topics.dead_letters(topic))]
    assert sorted((d["partition"], d["offset"], d["code"]) for d in dead) == [
        (p, o, c) for p in (0, 1) for o, c in ((3, "not_json"), (4, "detector_failed"))
    ]
    held = kafka_clean.read(topics.REQUESTS)
    signer = signing.from_seed(SEED)
    opened = [items.parse_item(m.value(), {signer.key_id: signer.public}, m.offset()) for m in held if m.key()]
    assert sorted((o.item.source.partition, o.item.source.offset) for o in opened) == [(0, 2), (1, 2)]
    rows = [codec.decode(m.value()) for m in kafka_clean.read(topics.LINEAGE)]
    mine = [r for r in rows if r["source_topic"] == topic]
    assert sum(r["records"] for r in mine) == 14
    assert sorted(r["kind"] for r in mine if r["kind"] != "passed") == sorted(
        ["masked", "held", "quarantined", "quarantined"] * 2
    )


def test_timestamps_of_the_source_are_kept(kafka_broker: Broker, start: Start) -> None:
    """A masked record has the time of its source record."""
    topic = kafka_broker.pipeline(1)
    fill(kafka_broker, topic, [b"plain"], timestamp_ms=1_600_000_000_123)
    start(kafka_broker, topic)
    assert done(kafka_broker, topic, 1)[0].timestamp()[1] == 1_600_000_000_123


def test_a_record_that_kills_twice_is_dead_lettered_unread(kafka_broker: Broker, start: Start) -> None:
    """A poison record in a batch costs four workers, then a dead letter; its neighbours are masked, in order."""
    topic = kafka_broker.pipeline(1)
    fill(kafka_broker, topic, [b"plain 0", b"plain 1", b"poison", b"plain 3"])
    running = start(kafka_broker, topic)
    done(kafka_broker, topic, 4)
    assert [m.value() for m in kafka_broker.read(topics.masked(topic))] == [b"plain 0", b"plain 1", b"plain 3"]
    (dead,) = kafka_broker.read(topics.dead_letters(topic))
    assert json.loads(dead.value())["code"] == "killed_worker"
    assert json.loads(dead.value())["offset"] == 2
    assert b"poison" not in dead.value()
    assert len(running.lines("worker_ended")) == 4
    assert [e["event"] for e in running.lines() if e["event"] in ("careful", "condemned")] == ["careful", "condemned"]


def test_a_silent_worker_is_killed(kafka_broker: Broker, start: Start) -> None:
    """A worker that hangs on a record is killed by the watchdog, and the record becomes a dead letter."""
    topic = kafka_broker.pipeline(1)
    fill(kafka_broker, topic, [b"hang"])
    running = start(kafka_broker, topic, watchdog=1.0)
    (dead,) = done(kafka_broker, topic, 1)
    assert json.loads(dead.value())["code"] == "killed_worker"
    assert len(running.lines("watchdog")) == 2


def test_a_record_that_takes_the_host_down_is_found_out(kafka_broker: Broker, start: Start, tmp_path: Path) -> None:
    """Deaths that took the supervisor along count too: it reads the flights that were left behind."""
    topic = kafka_broker.pipeline(1)
    fill(kafka_broker, topic, [b"poison"])
    chosen = settings(kafka_broker, topic, tmp_path / "state")
    path = mask_worker.flight_path(tmp_path / "state" / "inflight", chosen, 0)
    for _ in range(2):  # as two hosts that died with the record in flight would leave it
        flight = FlightFile(path)
        flight.write("mask", {(topic, 0): (0, 1)})
        flight.close()
        supervisor.Supervisor(chosen).mourn()
    running = start(kafka_broker, topic)
    (dead,) = done(kafka_broker, topic, 1)
    assert json.loads(dead.value())["code"] == "killed_worker"
    assert running.lines("worker_ended") == []


def test_errors_never_show_a_value(kafka_broker: Broker, start: Start) -> None:
    """A masker that raises with the value in its message leaves no trace of it in log, dead letter or lineage."""
    topic = kafka_broker.pipeline(1)
    fill(kafka_broker, topic, [b"raise 078-05-1120-marked"])
    running = start(kafka_broker, topic)
    done(kafka_broker, topic, 1)
    seen = [m.value() for m in kafka_broker.read([topics.dead_letters(topic), topics.LINEAGE])]
    seen += [value for m in kafka_broker.read(topics.dead_letters(topic)) for _, value in m.headers()]
    assert not [text for text in [*seen, running.log.read_bytes()] if b"marked" in text]


def test_a_missing_topic_is_waited_for(kafka_broker: Broker, start: Start) -> None:
    """A pipeline whose topics are not there says which, tries again with pauses, and works once they are."""
    name = f"late-{uuid.uuid4().hex[:10]}"
    running = start(kafka_broker, name)
    (ended,) = eventually(lambda: running.lines("worker_ended"))
    assert f"{name}.masked" in running.lines("died")[0]["message"]
    assert (ended["code"], ended["level"]) == (3, "error")
    assert ended["restart_in_s"] >= 2
    brokers.ensure_topics(kafka_broker.kafka, [*topics.control_specs(), *topics.data_specs({name: 1})])
    eventually(lambda: running.lines("assigned"), 90)


def test_sigterm_finishes_the_batch_in_hand(kafka_broker: Broker, start: Start) -> None:
    """SIGTERM ends with 0 and leaves no open transaction behind."""
    topic = kafka_broker.pipeline(1)
    fill(kafka_broker, topic, [b"plain %d" % n for n in range(500)])
    running = start(kafka_broker, topic, batch_records=50)
    done(kafka_broker, topic, 50)
    assert running.stop() == 0
    count = len(results(kafka_broker, topic))
    assert count % 50 == 0 or count == 500
    assert len(kafka_broker.read(topics.masked(topic), committed=False)) == count


def test_workers_die_with_their_supervisor(kafka_broker: Broker, start: Start) -> None:
    """No worker outlives a supervisor that was killed."""
    topic = kafka_broker.pipeline(2)
    running = start(kafka_broker, topic, workers=2)
    eventually(lambda: len(running.lines("started")) >= 3)
    pids = [e["pid"] for e in running.lines("started") if e["role"] == "mask"]
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait(10)
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 20)


def test_a_second_supervisor_of_one_instance_is_refused(kafka_broker: Broker, start: Start) -> None:
    """Two supervisors with one instance name do not fence each other: the second ends with 2."""
    topic = kafka_broker.pipeline(1)
    first = start(kafka_broker, topic)
    eventually(lambda: first.lines("assigned"))
    second = start(kafka_broker, topic)
    assert second.process.wait(20) == 2
