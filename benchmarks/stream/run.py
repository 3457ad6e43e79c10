"""Real-shaped events through the transactional mask worker on a real Kafka: rate, CPU by step, latency.

    python benchmarks/stream/run.py EVENTS --records 100000 [--peers /path/to/venv/bin/python]

``EVENTS`` is a folder with events of real systems, one ``*.ndjson`` file a kind; they are written in turn to a topic of
two partitions. One worker reads all of it, then two do, with the default policy and model; beside them a bare
copy in transactions of the same size. Then one worker gets half of what it can, and a ``read_committed`` reader of the
masked topic tells how old each record is. ``--peers`` names a Python that has ``quixstreams`` or ``faust-streaming``;
they pass the same records on and look at none. ``--bootstrap`` takes a Kafka that runs already.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer

from maskgate.base.config import Kafka
from maskgate.kafka import topics
from maskgate.kafka.session import Out, Session
from maskgate.local import brokers

PARTITIONS = 2
_PIECE = 5000
_HERE = Path(__file__).parent
_PATIENCE_S = 600
_PEERS = ("quixstreams", "faust")


def events(folder: Path) -> list[bytes]:
    """The events of a folder, the kinds in turn as far as they go."""
    kinds = [
        [line for line in file.read_bytes().split(b"\n") if line.strip()] for file in sorted(folder.glob("*.ndjson"))
    ]
    found = [event for row in itertools.zip_longest(*kinds) for event in row if event is not None]
    if not found:
        raise SystemExit(f"{folder}: no *.ndjson with events in it; give a folder with one JSON event a line")
    return found


def fill(kafka: Kafka, topic: str, found: Sequence[bytes], count: int) -> None:
    """Write ``count`` events to the topic, to its partitions in turn."""
    session = Session(kafka, group="fill", transactional_id=None, topics=[], partitions={})
    for start in range(0, count, _PIECE):
        numbers = range(start, min(start + _PIECE, count))
        outs = [Out(topic, found[n % len(found)], b"k%d" % n, (), n % PARTITIONS) for n in numbers]
        session.commit(outs, {})
    session.close()


class Bench:
    """One Kafka, and the processes that work on it."""

    def __init__(self, kafka: Kafka, root: Path, model: str, idle_s: float) -> None:
        self.kafka, self.root, self.model, self.idle_s = kafka, root, model, idle_s

    def _start(self, what: str, source: str, name: str, slot: int, *more: str) -> subprocess.Popen[str]:
        settings = json.dumps(self.kafka.model_dump(mode="json", exclude_unset=True))
        words = [
            sys.executable, str(_HERE / "steps.py"), what, "--kafka", settings, "--source", source, "--name", name,
            "--slot", str(slot), "--root", str(self.root), "--model", self.model, "--idle", str(self.idle_s), *more,
        ]  # fmt: skip
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    @staticmethod
    def _ended(processes: Sequence[subprocess.Popen[str]]) -> list[dict[str, Any]]:
        try:
            lines = [process.communicate(timeout=_PATIENCE_S)[0] for process in processes]
        finally:
            for process in processes:
                process.kill()
        if any(process.returncode for process in processes):
            raise SystemExit("a worker failed; what it said stands above")
        return [json.loads(line.splitlines()[-1]) for line in lines]

    def copy(self, source: str, target: str) -> dict[str, Any]:
        """The figures of a bare copy."""
        return figures(self._ended([self._start("copy", source, "bench-copy", 0, "--target", target)]))

    def mask(self, source: str, name: str, workers: int) -> dict[str, Any]:
        """The figures of so many workers."""
        return figures(self._ended([self._start("mask", source, name, slot) for slot in range(workers)]))

    def latency(self, source: str, found: Sequence[bytes], rate: float, seconds: float) -> dict[str, float]:
        """How old a record is when a reader of committed ones has it, at so many records a second."""
        worker = self._start("mask", source, "bench-latency", 0, "--idle", str(_PATIENCE_S))
        ages: list[float] = []
        done = threading.Event()
        count = max(20, round(rate * seconds))
        reader = threading.Thread(target=self._read, args=(topics.masked(source), count, ages, done))
        reader.start()
        try:
            self._write(source, found[:1], 1, 1.0)  # the worker starts and joins before the time counts
            until = time.monotonic() + _PATIENCE_S
            while not ages and time.monotonic() < until:
                time.sleep(0.1)
            ages.clear()
            self._write(source, found, count, rate)
            reader.join(_PATIENCE_S)
        finally:
            done.set()
            worker.kill()
            worker.communicate()
        if len(ages) < count:
            raise SystemExit(f"{count - len(ages)} records did not arrive")
        places = statistics.quantiles(ages, n=100, method="inclusive")
        return {"records_per_s": round(rate), "p50_ms": round(places[49]), "p99_ms": round(places[98])}

    def _write(self, topic: str, found: Sequence[bytes], count: int, rate: float) -> None:
        producer = Producer({"bootstrap.servers": self.kafka.bootstrap_servers, "linger.ms": 2})
        began = time.perf_counter()
        for n in range(count):
            wait = began + n / rate - time.perf_counter()
            producer.poll(max(0.0, wait))
            if (rest := began + n / rate - time.perf_counter()) > 0:
                time.sleep(rest)
            now = time.time_ns() // 1_000_000
            producer.produce(topic, found[n % len(found)], b"k%d" % n, n % PARTITIONS, timestamp=now)
        producer.flush(60)

    def _read(self, topic: str, count: int, ages: list[float], done: threading.Event) -> None:
        reader = Consumer(
            {
                "bootstrap.servers": self.kafka.bootstrap_servers, "group.id": "bench-reader",
                "auto.offset.reset": "earliest", "isolation.level": "read_committed", "fetch.wait.max.ms": 5,
            }
        )  # fmt: skip
        reader.subscribe([topic])
        while not done.is_set() and len(ages) < count:
            for message in reader.consume(500, 0.05):
                if message.error() is None:
                    ages.append(time.time() * 1000 - message.timestamp()[1])
        reader.close()

    def peer(self, python: Path, which: str, source: str, count: int) -> dict[str, Any]:
        """The figures of another library, or why there are none."""
        target = f"passed-{which}"
        brokers.ensure_topics(self.kafka, [topics.TopicSpec(target, PARTITIONS)])
        words = [
            str(python), str(_HERE / "peers.py"), which, self.kafka.bootstrap_servers, source, target, str(count),
            str(self.root / which),
        ]  # fmt: skip
        done = None
        try:
            done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=_PATIENCE_S)
            found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        except (subprocess.TimeoutExpired, IndexError, ValueError):
            why = done.stderr.strip().splitlines()[-1:] if done is not None else ["it took too long"]
            return {which: f"did not run: {''.join(why)[-200:]}"}
        return found


def figures(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of processes that worked side by side."""
    records = sum(run["records"] for run in runs)
    took = max(run["ended"] for run in runs) - min(run["began"] for run in runs if run["records"])
    steps = {step: sum(run["steps_s"][step] for run in runs) for step in runs[0]["steps_s"]}
    cpu = sum(run["cpu_s"] for run in runs)
    parts = {step: round(spent / records * 1e6, 1) for step, spent in steps.items() if spent}
    return {
        "records": records,
        "records_per_s": round(records / took),
        "mb_per_s": round(sum(run["bytes"] for run in runs) / took / 1e6, 2),
        "cpu_ms_per_1000": parts | {"all": round(cpu / records * 1e6, 1)},
    }


@contextlib.contextmanager
def kafka_of(bootstrap: str, root: Path) -> Iterator[Kafka]:
    """The Kafka that runs there, or one of our own."""
    if bootstrap:
        yield Kafka(bootstrap_servers=bootstrap)
        return
    node = brokers.start_kafka(root / "kafka")
    try:
        yield node.kafka
    finally:
        node.stop()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=30.0, help="of the latency's load")
    parser.add_argument("--idle", type=float, default=5.0, help="seconds without a record after which a process ends")
    parser.add_argument("--model", default="default")
    parser.add_argument("--bootstrap", default="")
    parser.add_argument("--peers", type=Path)
    args = parser.parse_args()
    found = events(args.events)
    root = Path(tempfile.mkdtemp(prefix="maskgate-stream-"))
    with kafka_of(args.bootstrap, root) as kafka:
        names = {"events": PARTITIONS, "paced": PARTITIONS}
        brokers.ensure_topics(kafka, topics.data_specs(names, 1) + topics.control_specs())
        brokers.ensure_topics(kafka, [topics.TopicSpec("copy", PARTITIONS)])
        fill(kafka, "events", found, args.records)
        bench = Bench(kafka, root, args.model, args.idle)

        def show(name: str, what: dict[str, Any]) -> dict[str, Any]:
            sys.stdout.write(json.dumps({name: what}) + "\n")
            sys.stdout.flush()
            return what

        show("bare copy", bench.copy("events", "copy"))
        one = show("one worker", bench.mask("events", "bench-one", 1))
        show("two workers", bench.mask("events", "bench-two", 2))
        show("half load", bench.latency("paced", found, one["records_per_s"] / 2, args.seconds))
        for which in _PEERS if args.peers else ():
            show("pass-through", bench.peer(args.peers, which, "events", args.records))
    mean = sum(map(len, found)) // len(found)
    sys.stdout.write(json.dumps({"kinds of events": len(found), "mean_bytes": mean, "cpus": os.cpu_count()}) + "\n")


if __name__ == "__main__":
    main()
