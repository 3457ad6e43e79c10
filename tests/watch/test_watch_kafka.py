"""The watch on a real broker: committed data only, at least once over kills."""

from __future__ import annotations

import json
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
from maskgate.base.config import Pipeline, Settings
from maskgate.kafka import topics
from maskgate.supervise.roles import to_json
from maskgate.watch import feed, usage

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


class Running:
    """Starts and ends watches of one state folder."""

    def __init__(self, kafka: Any, state: Path) -> None:
        self._settings = Settings(kafka=kafka, pipeline=Pipeline(name=f"w{time.time_ns()}", state_dir=state))
        self._all: list[subprocess.Popen[bytes]] = []
        self.log = state / "watch.log"

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "maskgate.supervise.role", "watch"],
                stdin=subprocess.PIPE,
                stderr=log,
                stdout=log,
            )
        assert process.stdin
        process.stdin.write(to_json(self._settings).encode())
        process.stdin.close()
        self._all.append(process)
        return process

    def end(self) -> None:
        for process in self._all:
            if process.poll() is None:
                process.kill()
                process.wait()


@pytest.fixture
def watches(kafka_clean: Any, tmp_path: Path) -> Iterator[Running]:
    """Watches on empty topics."""
    made = Running(kafka_clean.kafka, tmp_path)
    yield made
    made.end()


def wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.2)


def opened(n: int) -> bytes:
    request = {"request_id": f"r{n}", "kind": "export", "items": [{}], "tier": "t", "action": {"destination": "d"}}
    return json.dumps({"type": "request_opened", "meta": {"at": 1}, "request": request}).encode()


def seen(state: Path) -> list[str]:
    return [line["request_id"] for line in feed.read(state, limit=10_000)]


def test_an_aborted_request_gives_no_notice(kafka_clean: Any, watches: Running, tmp_path: Path) -> None:
    """Between two committed requests lies an aborted one: people hear of the two."""
    writer = Producer(kafka_clean.kafka.client() | {"transactional.id": "gate-test"})
    writer.init_transactions(20)
    for n, commit in ((1, True), (2, False), (3, True)):
        writer.begin_transaction()
        writer.produce(topics.LOG, opened(n), partition=0)
        writer.produce(topics.LINEAGE, event_bytes(n), partition=0)
        writer.flush(10)
        writer.commit_transaction(20) if commit else writer.abort_transaction(20)
    uncommitted = kafka_clean.read(topics.LOG, committed=False)
    assert len([m for m in uncommitted if m.value() == opened(2)]) == 1, "the aborted record is not there to be missed"
    process = watches.start()
    wait(lambda: len(seen(tmp_path)) >= 2 and usage.read(tmp_path).get("kinds") is not None)
    writer.begin_transaction()
    writer.produce(topics.LOG, opened(4), partition=0)
    writer.flush(10)
    time.sleep(3)  # open transaction: not told yet
    assert seen(tmp_path) == ["r1", "r3"]
    writer.commit_transaction(20)
    wait(lambda: len(seen(tmp_path)) == 3)
    assert seen(tmp_path) == ["r1", "r3", "r4"]
    assert usage.read(tmp_path)["kinds"] == {"masked": 2}
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert b"\x1b" not in watches.log.read_bytes()


def test_kills_lose_and_double_nothing(kafka_clean: Any, watches: Running, tmp_path: Path) -> None:
    """Over five SIGKILLs each request is told once and each lineage record counted once."""
    writer = Producer(kafka_clean.kafka.client())
    process = watches.start()
    for round_ in range(5):
        for n in range(round_ * 40, round_ * 40 + 40):
            writer.produce(topics.LOG, opened(n), partition=0)
            writer.produce(topics.LINEAGE, event_bytes(n), partition=0)
        writer.flush(10)
        wait(lambda n=round_ * 40: len(seen(tmp_path)) > n)  # type: ignore[misc]
        time.sleep(0.4 * round_)
        process.kill()
        process.wait()
        process = watches.start()
    wait(lambda: len(seen(tmp_path)) >= 200 and usage.read(tmp_path).get("kinds") == {"masked": 200}, 90)
    assert seen(tmp_path) == [f"r{n}" for n in range(200)]
    process.send_signal(signal.SIGTERM)
    process.wait(30)
