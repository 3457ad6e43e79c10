"""Sinks as processes of their own, on a real Kafka."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from fakes.lineage_rows import event_bytes
from maskgate.base.address import Where
from maskgate.base.config import Lineage, Pipeline, Settings
from maskgate.kafka import probe, topics
from maskgate.lineage.ask import query
from maskgate.lineage.sinks.opened import there
from maskgate.supervise.roles import to_json

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

    def __init__(self, broker: Any, folder: Path, store: str = "", endpoint: str = "") -> None:
        self.folder = folder
        self.place = {"store": store, "store_endpoint": endpoint, "store_region": "us-east-1" if endpoint else ""}
        self.topic = broker.topic("lineage", PARTITIONS, {"message.timestamp.type": "LogAppendTime"})
        self.kafka = broker.kafka
        self._broker, self._running = broker, []  # type: ignore[var-annotated]

    def start(self, instance: str, *more: str, max_wait: float = 0.3, max_rows: int = 120) -> subprocess.Popen[bytes]:
        settings = Settings(
            kafka=self._broker.kafka,
            pipeline=Pipeline(name=self.topic[-10:], instance=instance, state_dir=self.folder.parent / "state"),
            lineage=Lineage(dir=self.folder, max_rows=max_rows, max_wait=max_wait, **self.place),
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

    @property
    def where(self) -> Where:
        """Where the rows are."""
        return Lineage(dir=self.folder, **self.place).where

    def rows(self) -> list[int]:
        if not there(self.where):
            return []
        return [row[0] for row in query.select(self.where, "SELECT source_offset FROM lineage ORDER BY ALL").rows]

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


def wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.1)
