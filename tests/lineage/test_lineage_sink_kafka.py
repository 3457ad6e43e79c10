"""The sink on a real Kafka: kills, a paused twin, aborted transactions."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from fakes.lineage_rows import event_bytes
from maskgate.base.config import Lineage, Pipeline, Settings
from maskgate.kafka import probe, topics
from maskgate.kafka.topic_id import topic_id
from maskgate.lineage.ask import query
from maskgate.lineage.sinks import check, claims, keys
from maskgate.lineage.sinks.local import LocalStore
from maskgate.sink import repair
from maskgate.sink.role import fetcher
from maskgate.supervise.roles import to_json

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

_CHILD = """
import os, signal, sys
from maskgate.lineage.sinks import claims
from maskgate.base.config import Settings
from maskgate.sink import role as lineage_sink
publish = claims.publish
def stopped(*args):
    os.kill(os.getpid(), signal.SIGSTOP)  # with a finished file in hand, before its claim
    return publish(*args)
if "pause" in sys.argv:
    claims.publish = stopped
lineage_sink.serve(Settings.model_validate_json(sys.stdin.read()), sys.argv[1])
"""
PARTITIONS = 3


class Sinks:
    """Starts sinks as processes of their own and ends them all."""

    def __init__(self, broker: Any, folder: Path) -> None:
        self.folder = folder
        self.topic = broker.topic("lineage", PARTITIONS, {"message.timestamp.type": "LogAppendTime"})
        self.kafka = broker.kafka
        self._broker, self._running = broker, []  # type: ignore[var-annotated]

    def start(self, instance: str, *more: str, max_wait: float = 0.3, max_rows: int = 120) -> subprocess.Popen[bytes]:
        settings = Settings(
            kafka=self._broker.kafka,
            pipeline=Pipeline(name=self.topic[-10:], instance=instance, state_dir=self.folder.parent / "state"),
            lineage=Lineage(dir=self.folder, max_rows=max_rows, max_wait=max_wait),
        )
        with (self.folder.parent / "sinks.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", _CHILD, self.topic, *more], stdin=subprocess.PIPE, stderr=log
            )
        assert process.stdin
        process.stdin.write(to_json(settings).encode())
        process.stdin.close()
        self._running.append(process)
        return process

    def end(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()

    def members(self) -> int:
        """How many sinks the group has."""
        name = self.topic[-10:]
        settings = Settings(kafka=self._broker.kafka, pipeline=Pipeline(name=name))
        group = topics.group(name, "lineage")
        return len(probe.members(settings, [group]).get(group, []))

    def rows(self) -> list[int]:
        if not (self.folder / claims.CLAIMS).is_dir():
            return []
        return [row[0] for row in query.select(self.folder, "SELECT source_offset FROM lineage ORDER BY ALL").rows]

    def produce(self, numbers: range, aborted_every: int = 0) -> None:
        """Transactions of 20 events each; some aborted ones between."""
        writer = Producer(
            self._broker.kafka.client() | {"transactional.id": f"w-{self.topic}", "linger.ms": 0, "log_level": 0}
        )
        writer.init_transactions(30)
        for n, first in enumerate(range(numbers.start, numbers.stop, 20)):
            writer.begin_transaction()
            for i in range(first, min(first + 20, numbers.stop)):
                writer.produce(self.topic, event_bytes(i, partition=i % PARTITIONS), partition=i % PARTITIONS)
            writer.commit_transaction(30)
            if aborted_every and n % aborted_every == 0:
                writer.begin_transaction()
                for i in range(6):
                    writer.produce(self.topic, event_bytes(10_000_000 + i), partition=i % PARTITIONS)
                writer.flush(10)
                writer.abort_transaction(30)


@pytest.fixture
def sinks(kafka_broker: Any, tmp_path: Path) -> Iterator[Sinks]:
    """Sinks of a fresh topic and an empty folder."""
    made = Sinks(kafka_broker, tmp_path / "lineage")
    yield made
    made.end()


def wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.1)


def test_killed_again_and_again_it_writes_every_row_once(sinks: Sinks) -> None:
    """Ten SIGKILLs at random moments of work: every committed event is in Parquet once, and no aborted one is."""
    dice = random.Random(11)
    total, process = 4000, sinks.start("a")
    for round_ in range(10):
        before = len(sinks.rows())
        sinks.produce(range(round_ * 400, (round_ + 1) * 400), aborted_every=5)
        wait(lambda n=before: len(sinks.rows()) > n)  # type: ignore[misc]
        time.sleep(dice.uniform(0.0, 0.4))
        process.kill()
        process.wait()
        process = sinks.start("a")
    wait(lambda: len(sinks.rows()) >= total)
    process.terminate()
    process.wait(30)
    assert sinks.rows() == list(range(total))
    assert check.verify(sinks.folder, keys.known(sinks.folder.parent / "state")) == []
    assert len(list((sinks.folder / claims.CLAIMS).iterdir())) > 10


def test_damaged_files_are_written_anew_from_the_topic(sinks: Sinks) -> None:
    """Flipped bytes, by the repair; an empty file, by the next sink; aborted rows come in by neither way."""
    state = sinks.folder.parent / "state"
    sinks.produce(range(600), aborted_every=3)
    process = sinks.start("a")
    wait(lambda: len(sinks.rows()) >= 600)
    process.terminate()
    process.wait(30)
    names = sorted(name for name, full in claims.names(sinks.folder) if full)
    path = sinks.folder / claims.CLAIMS / str(names[0])
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    settings = Settings(kafka=sinks.kafka)
    store = LocalStore(sinks.folder, "repair", keys.own(state), keys.known(state))
    done = repair.mend(store, topic_id(settings, sinks.topic), fetcher(settings.kafka), sinks.topic)
    assert (done.quarantined, done.rebuilt, done.rows_lost, done.left) == (1, 1, 0, [])
    (sinks.folder / claims.CLAIMS / str(names[-1])).write_bytes(b"")
    process = sinks.start("a")
    wait(lambda: check.verify(sinks.folder, keys.known(state)) == [])
    process.terminate()
    process.wait(30)
    assert sinks.rows() == list(range(600))


def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def test_a_paused_twin_publishes_nothing_twice(sinks: Sinks) -> None:
    """A sink is stopped between its file and its claim; another writes those rows; the first wakes and is fenced."""
    paused = sinks.start("a", "pause", max_wait=1, max_rows=100_000)
    wait(lambda: sinks.members() == 1)
    sinks.produce(range(300))
    wait(lambda: _is_stopped(paused))
    assert sinks.rows() == []
    other = sinks.start("b")
    wait(lambda: len(sinks.rows()) == 300)
    paused.send_signal(signal.SIGCONT)
    paused.wait(30)
    assert "Fenced: offsets from 0" in (sinks.folder.parent / "sinks.log").read_text()
    sinks.produce(range(300, 400))
    wait(lambda: len(sinks.rows()) == 400)
    other.terminate()
    other.wait(30)
    assert sinks.rows() == list(range(400))
    assert check.verify(sinks.folder, keys.known(sinks.folder.parent / "state")) == []


def test_a_clean_end_writes_what_is_in_hand(sinks: Sinks) -> None:
    """SIGTERM does not wait for the time of the file."""
    process = sinks.start("a", max_wait=3600, max_rows=10_000)
    wait(lambda: sinks.members() == 1)
    sinks.produce(range(100))
    time.sleep(6)
    assert sinks.rows() == []
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 0
    assert sinks.rows() == list(range(100))
