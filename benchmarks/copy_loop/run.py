"""What the mask worker costs on top of Kafka: an empty-policy worker against a bare transactional copy loop.

    python benchmarks/copy_loop/run.py --records 100000 --rounds 3

Both read the same topic of one partition on the same local Kafka with the same client settings and write to another
topic in transactions of 1,000 records. The worker parses every record and holds to all limits, but has nothing to
detect. Rounds alternate; the medians are compared. Exit 1 below a ratio of ``--least``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from maskgate.base.config import Detection, Kafka, Pipeline, Settings, Worker
from maskgate.crypto import signing
from maskgate.crypto.keyring import Keyring
from maskgate.kafka import topics
from maskgate.kafka.session import Out, Session
from maskgate.local import brokers
from maskgate.local.demo import events
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate.worker import worker as mask_worker
from maskgate.worker.context import Parts
from maskgate.worker.inflight import Beat, FlightFile, Strikes
from maskgate_detectors import Engine, EngineConfig

BATCH = 1000


def fill(kafka: Kafka, topic: str, count: int) -> int:
    """Write the demo's events; their bytes."""
    samples = events.stream(400)
    session = Session(kafka, group="fill", transactional_id=None, topics=[], partitions={})
    size = 0
    for start in range(0, count, 5000):
        part = [samples[n % 400] for n in range(start, min(start + 5000, count))]
        size += sum(map(len, part))
        session.commit([Out(topic, value, b"k%d" % n, (), 0) for n, value in enumerate(part)], {})
    session.close()
    return size


def bare(kafka: Kafka, source: str, target: str, count: int, name: str) -> float:
    """Seconds of a copy loop that does nothing else."""
    session = Session(kafka, group=name, transactional_id=name, topics=[source])
    first = session.poll(BATCH, 0.05)
    while not first:
        first = session.poll(BATCH, 0.05)
    began, copied, batch = time.perf_counter(), 0, first
    produce = session.producer.produce
    group = session.consumer.consumer_group_metadata()
    from confluent_kafka import TopicPartition

    while True:
        session.producer.begin_transaction()
        for m in batch:
            produce(target, m.value(), m.key(), 0, timestamp=m.timestamp()[1])
        offsets = [TopicPartition(source, 0, batch[-1].offset() + 1)]
        session.producer.send_offsets_to_transaction(offsets, group, 30)
        session.producer.commit_transaction(-1)
        copied += len(batch)
        if copied >= count:
            break
        batch = []
        while not batch:
            batch = session.consumer.consume(BATCH, 0.05)
    took = time.perf_counter() - began
    session.close()
    return took


def worker(kafka: Kafka, source: str, count: int, name: str, root: Path, policy: Path) -> float:
    """Seconds of the mask worker with nothing to detect."""
    settings = Settings(
        kafka=kafka,
        pipeline=Pipeline(name=name, topics=(source,), instance="bench", state_dir=root / name),
        worker=Worker(batch_records=BATCH),
        detection=Detection(model="none"),
        policy=policy,
    )
    compiled = load_policy(policy)
    engine = Engine(EngineConfig(model="none", rules=()))
    masker, signer = Masker(compiled, Keyring.fresh(), engine), signing.generate()
    parts = Parts(masker, compiled, engine, (b"i" * 32,), b"m" * 32, signer)
    flight = FlightFile(root / name / "flight.json")
    one = mask_worker.Worker(settings, parts, slot=0, beat=Beat(), flight=flight, strikes=Strikes(root / name / "s"))
    clock = SimpleNamespace(began=0.0, done=0)
    step: Callable[[Any], None] = one._step

    def counted(records: Any) -> None:
        clock.began = clock.began or time.perf_counter()
        step(records)
        clock.done += len(records)
        one.stopping = clock.done >= count

    one._step = counted  # type: ignore[method-assign]
    one.run()
    return time.perf_counter() - clock.began


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--least", type=float, default=0.5, help="ratio below which it ends with 1")
    args = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="maskgate-copy-"))
    policy = root / "policy.yaml"
    policy.write_text("id: empty\n")
    node = brokers.start_kafka(root / "kafka")
    try:
        kafka = node.kafka
        brokers.ensure_topics(kafka, topics.data_specs({"events": 1}, 1) + topics.control_specs())
        brokers.ensure_topics(kafka, [topics.TopicSpec("copy", 1)])
        size = fill(kafka, "events", args.records)
        times: dict[str, list[float]] = {"bare": [], "worker": []}
        for n in range(args.rounds):
            times["bare"].append(bare(kafka, "events", "copy", args.records, f"bare-{n}"))
            times["worker"].append(worker(kafka, "events", args.records, f"worker-{n}", root, policy))
    finally:
        node.stop()
    rate = {name: round(args.records / statistics.median(found)) for name, found in times.items()}
    ratio = round(rate["worker"] / rate["bare"], 2)
    out = {"records": args.records, "mean_bytes": size // args.records, "records_per_s": rate, "ratio": ratio}
    sys.stdout.write(json.dumps(out | {"cpus": os.cpu_count()}) + "\n")
    sys.exit(0 if ratio >= args.least else 1)


if __name__ == "__main__":
    main()
