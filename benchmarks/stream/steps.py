"""One process that copies or masks a topic, and what each of its steps costs; started by ``run.py``.

It stops once nothing has come for a while and prints one JSON line. The steps are told apart by the CPU time of the
thread that works; what the threads of the Kafka client use is in the sum alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confluent_kafka import TopicPartition

from maskgate.base.config import Detection, Kafka, Pipeline, Settings, Worker
from maskgate.crypto import signing
from maskgate.crypto.keyring import Keyring
from maskgate.kafka.session import Session
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate.worker import batch
from maskgate.worker import worker as mask_worker
from maskgate.worker.context import Parts
from maskgate.worker.inflight import Beat, FlightFile, Strikes
from maskgate_detectors import Engine

BATCH = 1000
STEPS = ("poll", "scan", "mask", "lineage", "produce", "commit")


class Clock:
    """When records were read, and the CPU time of each step without that of the steps inside it."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.records = self.size = 0
        self.began = self.ended = self.cpu = 0.0
        self._steps = ["else"]
        self._mark = time.thread_time()

    def turn(self) -> None:
        """What was spent until now belongs to the step at hand."""
        now = time.thread_time()
        self.spent[self._steps[-1]] += now - self._mark
        self._mark = now

    def time(self, owner: Any, name: str, step: str) -> None:
        """Let the calls of a method count as ``step``."""
        inner: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **named: Any) -> Any:
            self.turn()
            self._steps.append(step)
            try:
                return inner(*args, **named)
            finally:
                self.turn()
                self._steps.pop()

        setattr(owner, name, timed)

    def read(self, records: int, size: int) -> None:
        """So much was read; the time begins with the first record."""
        if not self.began:
            self.began = time.time()
            self.spent.clear()
            self.cpu = time.process_time()
        self.records += records
        self.size += size

    def wrote(self) -> None:
        """A batch counts."""
        self.ended = time.time()

    def line(self) -> str:
        """What the parent reads."""
        self.turn()
        spent = {step: self.spent[step] for step in STEPS}
        cpu = time.process_time() - self.cpu if self.began else 0.0
        return json.dumps(
            {
                "records": self.records, "bytes": self.size, "began": self.began, "ended": self.ended,
                "cpu_s": cpu, "steps_s": spent,
            }
        )  # fmt: skip


def copy(kafka: Kafka, source: str, target: str, name: str, idle_s: float) -> Clock:
    """Read and write in transactions, and nothing else."""
    clock = Clock()
    clock.time(Session, "poll", "poll")
    session = Session(kafka, group=name, transactional_id=name, topics=[source])
    last = time.monotonic()
    while not clock.records or time.monotonic() - last < idle_s:
        batch_read = session.poll(BATCH, 0.05)
        if not batch_read:
            continue
        clock.read(len(batch_read), sum(len(m.value()) for m in batch_read))
        last = time.monotonic()
        session.producer.begin_transaction()
        ends = {}
        for m in batch_read:
            session.producer.produce(target, m.value(), m.key(), m.partition(), timestamp=m.timestamp()[1])
            ends[m.partition()] = m.offset() + 1
        offsets = [TopicPartition(source, partition, end) for partition, end in ends.items()]
        group = session.consumer.consumer_group_metadata()  # as it is since the partitions were given
        session.producer.send_offsets_to_transaction(offsets, group, 30)
        session.producer.commit_transaction(-1)
        clock.wrote()
    session.close()
    return clock


def mask(kafka: Kafka, source: str, name: str, slot: int, root: Path, model: str, idle_s: float) -> Clock:
    """The mask worker as it runs, with the default policy."""
    settings = Settings(
        kafka=kafka,
        pipeline=Pipeline(name=name, topics=(source,), instance="bench", state_dir=root / name),
        worker=Worker(batch_records=BATCH),
        detection=Detection(model=model),
    )
    policy = load_policy()
    engine = Engine(policy.engine_config(settings))
    engine.warm()
    parts = Parts(Masker(policy, Keyring.fresh(), engine), policy, engine, (b"i" * 32,), b"m" * 32, signing.generate())
    clock = _timed()
    folder = root / f"{name}-{slot}"
    folder.mkdir(parents=True, exist_ok=True)
    flight = FlightFile(folder / "flight.json")
    worker = mask_worker.Worker(
        settings, parts, slot=slot, beat=Beat(), flight=flight, strikes=Strikes(folder / "strikes")
    )
    step, show, last = worker._step, worker._show, [time.monotonic()]

    def counted(records: Any) -> None:
        clock.read(len(records), sum(len(record.value or b"") for record in records))
        step(records)
        clock.wrote()
        last[0] = time.monotonic()

    def ended() -> None:
        show()
        if not worker.session.assignment:  # it has yet to join the others
            last[0] = time.monotonic()
        worker.stopping = time.monotonic() - last[0] > idle_s

    worker._step, worker._show = counted, ended  # type: ignore[method-assign]
    worker.run()
    return clock


def _timed() -> Clock:
    clock = Clock()
    for owner, method, step in (
        (Session, "poll", "poll"), (Engine, "batch", "scan"), (Masker, "batch", "mask"),
        (batch.Writer, "_row", "lineage"), (batch.Writer, "finish", "lineage"), (batch.Writer, "add", "produce"),
        (Session, "_produce", "produce"), (Session, "commit", "commit"),
    ):  # fmt: skip
        clock.time(owner, method, step)
    return clock


def main() -> None:
    """Run from the command line of ``run.py``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("copy", "mask"))
    parser.add_argument("--kafka", required=True, help="settings of a client as JSON")
    parser.add_argument("--source", required=True)
    parser.add_argument("--target", default="")
    parser.add_argument("--name", required=True)
    parser.add_argument("--slot", type=int, default=0)
    parser.add_argument("--root", type=Path, default=Path("."))
    parser.add_argument("--model", default="default")
    parser.add_argument("--idle", type=float, default=5.0)
    args = parser.parse_args()
    kafka = Kafka(**json.loads(args.kafka))
    if args.what == "copy":
        clock = copy(kafka, args.source, args.target, args.name, args.idle)
    else:
        clock = mask(kafka, args.source, args.name, args.slot, args.root, args.model, args.idle)
    sys.stdout.write(clock.line() + "\n")


if __name__ == "__main__":
    main()
