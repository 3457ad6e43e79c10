"""Kill everything, again and again, and then count: what was lost, what came twice, what came out of order.

    python -m benchmarks.chaos.chaos --events 100000 --kills 50

Starts a Kafka of its own, produces numbered events while it sends SIGKILL to random processes (mask workers and their
supervisor, gate, lineage sink, broker), waits for the rest, and compares the input with masked records, request items,
dead letters, released records and Parquet rows. Exit 0 only when nothing was lost or doubled and the order held.
``--no-transactions`` runs the same workers with plain commits: then there must be duplicates, or the harness is blind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos import office
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from maskgate.approvals.messages import items
from maskgate.base import config
from maskgate.base.config import Kafka, Settings
from maskgate.base.errors import MaskgateError, WorldError
from maskgate.crypto import signing
from maskgate.kafka import topics
from maskgate.local import brokers
from maskgate.local.kafka_local import LocalKafka
from maskgate.supervise.roles import Roles
from maskgate.worker.inflight import read_flight

POLICY = """\
id: chaos
exports:
  principals:
    {topic}: {{iss: "https://id.example.org", sub: producer, kind: service}}
approvals:
  tiers:
    people: {{quorum: {{all_of: [{{group: reviewers, n: 1}}]}}}}
  caps: {{open_per_requester: 1000000}}
"""


@dataclass(frozen=True)
class Plan:
    """What to run."""

    events: int
    kills: int
    topic: str = "events"
    partitions: int = 4
    workers: int = 2
    roles: tuple[str, ...] = ("mask", "gate", "lineage")
    targets: tuple[str, ...] = ("worker", "worker", "worker", "gate", "lineage", "supervisor", "broker")
    hold_every: int = 20
    bad_every: int = 500
    batch_records: int = 200
    pause_s: float = 2.0
    transactions: bool = True
    seed: int = 1
    patience_s: float = 300.0
    aim_every: int = 2  # of so many kills of workers one is aimed at an open transaction


@dataclass
class Report:
    """What was found."""

    events: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    masked: int = 0
    held: int = 0
    dead: int = 0
    released: int = 0
    lost: int = 0
    duplicated: int = 0
    released_lost: int = 0
    released_duplicated: int = 0
    lineage_lost: int = 0
    lineage_duplicated: int = 0
    out_of_order: int = 0
    aborted_rows: int = 0

    def sound(self) -> bool:
        """Nothing lost, nothing doubled, every partition in order, and the kills did hit open transactions."""
        wrong = (
            self.lost, self.duplicated, self.released_lost, self.released_duplicated,
            self.lineage_lost, self.lineage_duplicated, self.out_of_order,
        )  # fmt: skip
        return not any(wrong) and self.aborted_rows > 0


def workspace(root: Path, kafka: Kafka, plan: Plan) -> Settings:
    """Keys, policy, people and settings of the run."""
    office.make_keys(root / "state", root)
    (root / "policy.yaml").write_text(POLICY.format(topic=plan.topic))
    (root / "people.yaml").write_text(office.PEOPLE)
    if not plan.transactions:
        kafka = office.without_transactions(kafka, "chaos")
    return Settings(
        kafka=kafka,
        pipeline=config.Pipeline(
            name=f"chaos-{plan.topic[-8:]}", topics=(plan.topic,), partitions=plan.partitions, state_dir=root / "state"
        ),
        worker=config.Worker(workers=plan.workers, batch_records=plan.batch_records),
        detection=config.Detection(model="none"),
        lineage=config.Lineage(dir=root / "lineage", max_wait=1.0),
        policy=root / "policy.yaml",
        people=root / "people.yaml",
    )


def event(n: int, plan: Plan) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Event ``n`` and its headers."""
    if plan.bad_every and n % plan.bad_every == 7:
        return b'{"n": %d, cut off' % n, []
    headers = [("maskgate.export", b"default")] if plan.hold_every and n % plan.hold_every == 3 else []
    return b'{"n": %d, "mail": "u%d@example.org", "ratio": 1.10}' % (n, n), headers


class Feeder(threading.Thread):
    """Produces the events over the time of the run; the broker may die under it."""

    def __init__(self, kafka: Kafka, plan: Plan) -> None:
        super().__init__(daemon=True)
        self._kafka, self._plan = kafka, plan
        self.share = 0.0  # how much of the events may be there by now
        self.done = threading.Event()

    def run(self) -> None:
        plan = self._plan
        conf = {"enable.idempotence": True, "message.timeout.ms": 300_000, "linger.ms": 5, "log_level": 2}
        producer = Producer(conf | self._kafka.client())
        for n in range(plan.events):
            while n > self.share * plan.events:
                producer.poll(0.02)
            value, headers = event(n, plan)
            while True:
                try:
                    producer.produce(plan.topic, value, b"k%d" % n, n % plan.partitions, headers=headers)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        assert producer.flush(300) == 0
        self.done.set()


class Killer:
    """Finds processes and kills them."""

    def __init__(
        self, settings: Settings, plan: Plan, roles: Roles, node: LocalKafka | None, rng: random.Random, feeder: Feeder
    ) -> None:
        self._feeder = feeder
        self._settings, self._roles, self._node, self._rng = settings, roles, node, rng
        self._aim = 0
        self.counts: Counter[str] = Counter()
        self._plan = plan
        self._ends = {
            level: Consumer(
                {"group.id": topics.group(settings.pipeline.name, "mask"), "isolation.level": level, "log_level": 2}
                | settings.kafka.client()
            )
            for level in ("read_committed", "read_uncommitted")
        }

    def kill(self, target: str) -> bool:
        """Kill one; false when there was none to kill."""
        if target == "broker":
            if self._node is None:
                return False
            self._node.kill()
            self._node.start()
        else:
            pid = self._busy_worker() if target == "worker" else self._pid(target)
            if pid is None:
                return False
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                return False
        self.counts[target] += 1
        return True

    def _pid(self, target: str) -> int | None:
        name = {"supervisor": "mask"}.get(target, target)
        child = next((c for c in self._roles.children if c.name == name), None)
        if child is None or child.process is None or child.process.poll() is not None:
            return None
        return child.process.pid

    def _workers(self) -> list[int]:
        parent = self._pid("supervisor")
        try:
            return [int(p) for p in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        except OSError:
            return []

    def _busy_worker(self) -> int | None:
        """Any worker at any moment, or, every so many times, one that has a commit under way."""
        workers = self._workers()
        self._aim += 1
        if not workers or (self._aim % self._plan.aim_every and self._plan.transactions):
            time.sleep(self._rng.random() * 0.05)
            return self._rng.choice(workers) if workers else None
        files = list((self._settings.pipeline.state_dir / "inflight").glob("*.json"))
        begun = more = time.monotonic()
        while time.monotonic() < begun + 5:
            if time.monotonic() > more + 0.1:  # a worker without work has nothing open
                more, self._feeder.share = time.monotonic(), min(1.0, self._feeder.share + 0.005)
            for flight in map(read_flight, files):
                if flight.phase == "commit" and flight.pid in workers and self._caught(flight.pid):
                    return flight.pid
        return self._rng.choice(workers)

    def _caught(self, pid: int) -> bool:
        """Freeze a worker some way into its commit; whether results lie on the broker that nobody committed yet."""
        time.sleep(self._rng.random() * self._rng.choice((0.002, 0.008, 0.03)))
        try:
            os.kill(pid, signal.SIGSTOP)
            if self._open_transaction() if self._plan.transactions else self._written_ahead():
                return True
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass
        return False

    def _open_transaction(self) -> bool:
        places = [TopicPartition(topics.masked(self._plan.topic), p) for p in range(self._plan.partitions)]
        try:
            return any(
                self._ends["read_uncommitted"].get_watermark_offsets(at, timeout=5)[1]
                > self._ends["read_committed"].get_watermark_offsets(at, timeout=5)[1]
                for at in places
            )
        except KafkaException:
            return False

    def _written_ahead(self) -> bool:
        """Without transactions: whether there are more results than offsets that were committed for them."""
        group, parts = self._ends["read_uncommitted"], range(self._plan.partitions)
        outputs = [topics.masked(self._plan.topic), topics.dead_letters(self._plan.topic)]
        places = [TopicPartition(name, p) for name in outputs for p in parts] + [TopicPartition(topics.REQUESTS, 0)]
        try:
            committed = group.committed([TopicPartition(self._plan.topic, p) for p in parts], timeout=5)
            written = sum(group.get_watermark_offsets(at, timeout=5)[1] for at in places)
        except KafkaException:
            return False
        return written > sum(max(0, part.offset) for part in committed)


def wait(check: Callable[[], bool], roles: Roles, patience_s: float, what: str) -> None:
    """Keep the roles alive until ``check`` holds."""
    until = time.monotonic() + patience_s
    while not check():
        if time.monotonic() > until:
            raise WorldError(f"{what} did not happen in {patience_s:.0f} s")
        for _ in range(20):
            roles.check()
            time.sleep(0.05)


def run(plan: Plan, root: Path, kafka: Kafka, node: LocalKafka | None = None) -> Report:
    """Run the plan on a broker and count."""
    began = time.monotonic()
    rng = random.Random(plan.seed)
    settings = workspace(root, kafka, plan)
    specs = topics.specs(settings, {plan.topic: plan.partitions})
    brokers.ensure_topics(kafka, specs)
    feeder = Feeder(kafka, plan)
    roles = Roles(settings, plan.roles)
    killer = Killer(settings, plan, roles, node, rng, feeder)
    voter = office.Voter(kafka, signing.load_signer(root / "reviewer.pem"))
    feeder.start()
    if "gate" in plan.roles:
        voter.start()
    try:
        roles.start()
        _storm(plan, roles, killer, feeder, rng, settings)
        feeder.share = 1.0
        wait(feeder.done.is_set, roles, plan.patience_s, "producing")
        progress: dict[str, int] = {}
        try:
            wait(lambda: _complete(kafka, plan, settings, progress), roles, plan.patience_s, "the end of the work")
        except WorldError:  # it is counted all the same: what is missing is lost
            sys.stderr.write(f"not complete: {progress}\n")
    finally:
        voter.stopping = True
        roles.stop()
    report = count(kafka, plan, settings)
    report.kills = dict(killer.counts)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _storm(plan: Plan, roles: Roles, killer: Killer, feeder: Feeder, rng: random.Random, settings: Settings) -> None:
    targets = [t for t in plan.targets if t != "broker" or killer._node is not None]
    files = settings.pipeline.state_dir / "inflight"
    feeder.share = 1 / (plan.kills + 2)
    wait(lambda: any(files.glob("*.json")) if files.exists() else False, roles, 180, "the start of the workers")
    for n in range(plan.kills):
        pause = time.monotonic() + plan.pause_s * (0.3 + 1.4 * rng.random())
        while time.monotonic() < pause:
            roles.check()
            time.sleep(0.02)
        feeder.share = (n + 2) / (plan.kills + 2)  # work arrives as the blow falls
        wanted = targets[n % len(targets)]
        for _ in range(400):
            if killer.kill(wanted):
                break
            roles.check()
            time.sleep(0.05)


def _complete(kafka: Kafka, plan: Plan, settings: Settings, seen: dict[str, int]) -> bool:
    """Whether every event has a result, every item a release, and Parquet has every row; ``seen``: how far."""
    try:
        for name in _outputs(plan):
            seen[name] = sum(1 for _ in brokers.read_to_end(kafka, [name]))
        released = seen[topics.released(plan.topic)]
        seen["held"] = sum(1 for m in brokers.read_to_end(kafka, [topics.REQUESTS]) if m.key())
        seen["rows"] = sum(1 for _ in brokers.read_to_end(kafka, [topics.LINEAGE]))
    except WorldError:
        return False
    seen["parquet"] = _parquet(settings.lineage.dir, "SELECT count(*) FROM lineage")[0][0]
    done = sum(seen[name] for name in _outputs(plan)) - released + seen["held"] >= plan.events
    if "gate" in plan.roles:
        done = done and released >= seen["held"]
    if "lineage" in plan.roles:
        done = done and seen["parquet"] >= seen["rows"]
    return done


def _outputs(plan: Plan) -> list[str]:
    return [topics.masked(plan.topic), topics.dead_letters(plan.topic), topics.released(plan.topic)]


def _parquet(folder: Path, sql: str) -> Sequence[Any]:
    from maskgate.lineage.ask import query

    try:
        return query.select(folder, sql).rows
    except MaskgateError:
        return [(0,)]


Place = tuple[int, int]


def count(kafka: Kafka, plan: Plan, settings: Settings) -> Report:
    """Compare input and outputs as a read_committed reader sees them."""
    source = {(m.partition(), m.offset()) for m in brokers.read_to_end(kafka, [plan.topic])}
    masked = [_place(m) for m in brokers.read_to_end(kafka, [topics.masked(plan.topic)])]
    dead = [_coordinates(json.loads(m.value())) for m in brokers.read_to_end(kafka, [topics.dead_letters(plan.topic)])]
    signer = signing.load_signer(settings.pipeline.state_dir / "keys" / "pipeline.pem")
    opened = [
        items.parse_item(m.value(), {signer.key_id: signer.public}, m.offset())
        for m in brokers.read_to_end(kafka, [topics.REQUESTS])
        if m.key()
    ]
    held = [(o.item.source.partition, o.item.source.offset) for o in opened]
    seen = Counter(masked + dead + held)
    report = Report(events=len(source), masked=len(masked), held=len(held), dead=len(dead))
    report.lost = sum(1 for at in source if at not in seen) + plan.events - len(source)
    report.duplicated = sum(n - 1 for n in seen.values())
    report.out_of_order = _disorder(masked)
    report.aborted_rows = sum(_aborted(kafka, name) for name in (*_outputs(plan), topics.REQUESTS, topics.LINEAGE))
    if "gate" in plan.roles:
        released = Counter(
            (m.key() or b"").decode().rpartition("/")[2]
            for m in brokers.read_to_end(kafka, [topics.released(plan.topic)])
        )
        report.released = sum(released.values())
        report.released_lost = sum(1 for o in opened if o.item.item_id not in released)
        report.released_duplicated = sum(n - 1 for n in released.values())
    if "lineage" in plan.roles:
        _count_lineage(report, settings, source)
    return report


def _count_lineage(report: Report, settings: Settings, source: set[Place]) -> None:
    folder = settings.lineage.dir
    worker = "kind IN ('masked', 'held', 'quarantined', 'passed')"
    total = _parquet(folder, f"SELECT sum(records)::BIGINT FROM lineage WHERE {worker}")[0][0] or 0
    twice = _parquet(folder, "SELECT count(*) - count(DISTINCT event_id) FROM lineage")[0][0]
    released = _parquet(folder, "SELECT count(*) FROM lineage WHERE kind = 'released'")[0][0]
    report.lineage_lost = max(0, len(source) - total) + max(0, report.released - released)
    report.lineage_duplicated = max(0, total - len(source)) + twice + max(0, released - report.released)


def _place(message: Any) -> Place:
    header = next(value for name, value in message.headers() if name == "maskgate.source")
    _, partition, offset = header.decode().rsplit("/", 2)
    assert int(partition) == message.partition()
    return int(partition), int(offset)


def _coordinates(letter: dict[str, Any]) -> Place:
    return letter["partition"], letter["offset"]


def _disorder(places: Sequence[Place]) -> int:
    last: dict[int, int] = {}
    wrong = 0
    for partition, offset in places:
        wrong += offset <= last.get(partition, -1)
        last[partition] = max(offset, last.get(partition, -1))
    return wrong


def _aborted(kafka: Kafka, topic: str) -> int:
    committed = sum(1 for _ in brokers.read_to_end(kafka, [topic]))
    return sum(1 for _ in brokers.read_to_end(kafka, [topic], committed=False)) - committed


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pause", type=float, default=2.0, help="mean seconds between kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--aim", type=int, default=2, help="of so many kills of workers one hits an open transaction")
    parser.add_argument("--no-transactions", action="store_true")
    parser.add_argument("--dir", type=Path, help="folder to keep (default: a temporary one)")
    args = parser.parse_args()
    plan = Plan(args.events, args.kills, workers=args.workers, pause_s=args.pause, seed=args.seed, aim_every=args.aim)
    if args.no_transactions:
        plan = Plan(args.events, args.kills, workers=1, pause_s=args.pause, seed=args.seed,
                    transactions=False, roles=("mask",), targets=("worker",))  # fmt: skip
    root = args.dir or Path(tempfile.mkdtemp(prefix="maskgate-chaos-"))
    node = brokers.start_kafka(root / "kafka")
    try:
        report = run(plan, root, node.kafka, node)
    finally:
        node.stop()
    sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
    good = report.sound() if plan.transactions else report.duplicated > 0 and report.lost == 0
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
