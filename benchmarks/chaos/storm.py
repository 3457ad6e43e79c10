"""Everything at once: three brokers, two hosts, kills, cuts, full disks, wrong clocks; then every event is looked for.

    python -m benchmarks.chaos.storm --events 1000000 --kills 200 --rounds 12 --seed 1

Starts three Kafka brokers and two hosts (a supervisor with mask workers, gate and lineage sink each), feeds numbered
events to two topics, lets a reviewer approve and deny what is held, and deals the blows of a schedule that is a pure
function of the seed. Then a reader of its own looks for every event by its number: in the masked topic once and in the
order of its key, or held, or a dead letter; and for raw bytes in every topic and file. Ends with 0 only where nothing
was lost, doubled, out of order or raw, and no host ended by itself. What this machine does not allow (network
namespaces, mounts, a C compiler) is left out and counted. ``--no-transactions`` lets the workers write with plain
commits: then doubles have to be found.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.chaos import cluster, office, schedule
from benchmarks.chaos.blows import Blows, read_up
from benchmarks.chaos.feeder import DENY_OF, EVENTS, ORDERS, Feeder
from benchmarks.chaos.host import Disk, Host, build_clock, host_names
from benchmarks.chaos.judge import Judge
from benchmarks.chaos.network import Network

from maskgate.base import config
from maskgate.base.config import Settings
from maskgate.crypto import signing
from maskgate.kafka import topics
from maskgate.lineage.ask import query
from maskgate.local import brokers

POLICY = """\
id: storm
# {note}
exports:
  principals:
    events: {{iss: "https://id.example.org", sub: producer, kind: service}}
approvals:
  tiers:
    people: {{quorum: {{all_of: [{{group: reviewers, n: 1}}]}}}}
  caps: {{open_per_requester: 1000000}}
rules:
  - {{id: spare-{note}, path: /nowhere-{note}, entity: IBAN_CODE, action: redact}}
"""


@dataclass(frozen=True)
class Plan:
    """What to run."""

    events: int = 1_000_000
    kills: int = 200
    rounds: int = 12
    seed: int = 1
    pause_s: float = 1.5
    workers: int = 2
    partitions: int = 4
    batch_records: int = 500
    disk_mb: int = 64
    patience_s: float = 600.0
    transactions: bool = True

    @property
    def roles(self) -> tuple[str, ...]:
        """What runs on each host."""
        return ("mask", "gate", "lineage") if self.transactions else ("mask",)

    def steps(self) -> tuple[schedule.Step, ...]:
        """The schedule; without transactions only what makes doubles: kills of workers."""
        steps = schedule.schedule(self.seed, self.kills, self.rounds, self.pause_s)
        return steps if self.transactions else tuple(step for step in steps if step.kind == "worker")


class Storm:
    """Brokers, hosts and those who use them."""

    def __init__(self, plan: Plan, root: Path) -> None:
        self.plan, self.root, self.pipeline = plan, root, "storm"
        self.names = host_names(schedule.HOSTS)
        self.network = Network([*cluster.broker_names(), *self.names])
        self.cluster = cluster.Cluster()
        self.disks: list[Disk] = []
        self.hosts: list[Host] = []
        self.clocks: Path | None = None
        self.blows = Blows(self)

    def prepare(self) -> None:
        """Make and start all but the hosts."""
        plan, root = self.plan, self.root
        self.network.up()
        self.cluster = cluster.create(root, self.network)
        self.kafka = self.cluster.kafka
        self.disks = [Disk(root / name / "data", plan.disk_mb) for name in self.names]
        self.clocks = build_clock(root) if plan.transactions else None
        self.cluster.start()
        self._keys(root / "keys")
        self.hosts = [self._host(name) for name in self.names]
        self.specs = topics.specs(self._settings(self.names[0]), dict.fromkeys((EVENTS, ORDERS), plan.partitions))
        brokers.ensure_topics(self.kafka, self.specs, 90)
        self.feeder = Feeder(self.kafka, plan.events, dict.fromkeys((EVENTS, ORDERS), plan.partitions))
        self.voter = office.Voter(self.kafka, signing.load_signer(root / "reviewer.pem"), DENY_OF)
        signer = signing.load_signer(root / "keys" / "keys" / "pipeline.pem")
        self.judge = Judge(self.kafka, (EVENTS, ORDERS), plan.events, signer)

    def _keys(self, folder: Path) -> None:
        office.make_keys(folder, self.root)
        for name in self.names:
            signing.create_key(folder / "keys" / f"lineage-{name}.pem")

    def _settings(self, name: str) -> Settings:
        home, plan, kafka = self.root / name, self.plan, self.kafka
        if not plan.transactions:
            kafka = office.without_transactions(kafka, name)
        return Settings(
            kafka=kafka,
            pipeline=config.Pipeline(
                name=self.pipeline, topics=(EVENTS, ORDERS), partitions=plan.partitions, instance=name,
                state_dir=home / "data" / "state",
            ),
            worker=config.Worker(
                workers=plan.workers if plan.transactions else 1, batch_records=plan.batch_records
            ),
            detection=config.Detection(model="none"),
            lineage=config.Lineage(dir=self.root / "lineage", max_wait=1.0),
            monitor=config.Monitor(enabled=False),
            policy=home / "policy.yaml",
            people=home / "people.yaml",
        )  # fmt: skip

    def _host(self, name: str) -> Host:
        home = self.root / name
        keys = home / "data" / "state" / "keys"
        shutil.copytree(self.root / "keys", keys.parent, dirs_exist_ok=True)
        for other in self.names:  # the folder of the lineage is shared: each sink knows the public key of the other
            private = keys / f"lineage-{other}.pem"
            private.rename(keys / "lineage.pem") if other == name else private.unlink()
        (keys / f"lineage-{name}.pub").rename(keys / "lineage.pub")
        (home / "people.yaml").write_text(office.PEOPLE)
        shutil.copy(self.root / "reviewer.pub", home / "reviewer.pub")
        (home / "policy.yaml").write_text(POLICY.format(note=0))
        host = Host(name, self._settings(name), self.plan.roles, self.network, home)
        if self.clocks and name == self.names[schedule.CLOCK_HOST]:
            host.use_clock(self.clocks)
        return host

    def write_policy(self, note: int) -> None:
        """Another policy of the same meaning on every host."""
        for host in self.hosts:
            file = self.root / host.name / "policy.yaml"
            fresh = file.with_suffix(".new")
            fresh.write_text(POLICY.format(note=note))
            fresh.replace(file)

    def break_policy(self, host: int, note: int) -> None:
        """A policy that is cut off in the middle, on one host."""
        text = POLICY.format(note=note)
        (self.root / self.hosts[host].name / "policy.yaml").write_text(text[: len(text) // 2] + "\n: [")

    def breathe(self, seconds: float) -> None:
        """Let time pass; keep the hosts up and mend what is due."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for host in self.hosts:
                host.look()
            self.blows.tick()
            time.sleep(0.05)

    def until(self, check: Callable[[], bool], patience_s: float) -> bool:
        """Whether ``check`` held in time; a broker that does not answer is no answer."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            with contextlib.suppress(Exception):
                if check():
                    return True
            self.breathe(1.0)
        return False

    def run(self) -> dict[str, Any]:
        """Deal every blow, wait for the rest of the work, judge."""
        began, steps = time.monotonic(), self.plan.steps()
        self.feeder.start()
        if self.plan.transactions:
            self.voter.start()
        for host in self.hosts:
            host.start()
        self.feeder.share = 1 / (len(steps) + 2)
        started = self.until(lambda: self._results() > 0, 120)
        for n, step in enumerate(steps):
            self.breathe(step.pause_s)
            self.feeder.share = (n + 2) / (len(steps) + 2)
            self.blows.deal(step)
            self._tell(f"{n + 1}/{len(steps)} {step.kind} {step.target}", began)
        self.blows.mend_all()
        self.feeder.share = 1.0
        self._tell("every blow was dealt", began)
        complete = started and self.until(self.feeder.done.is_set, self.plan.patience_s)
        complete = complete and self.until(self._complete, self.plan.patience_s)
        self.voter.stopping = True
        self._tell(f"complete: {complete}; now all is read", began)
        for host in self.hosts:
            host.stop()
        return self._report(steps, complete, began)

    def _tell(self, what: str, began: float) -> None:
        ends = [code for host in self.hosts for code in host.ends]
        sys.stderr.write(f"{time.monotonic() - began:.0f} s: {what}; {self.feeder.sent} fed; hosts that ended {ends}\n")
        sys.stderr.flush()

    def _results(self) -> int:
        return sum(end for (_, _), end in brokers.end_offsets(self.kafka, [topics.masked(EVENTS)]).items())

    def _complete(self) -> bool:
        """Whether the group has read all, and nothing is open; what is missing then is lost."""
        if not (read_up(self, EVENTS) and read_up(self, ORDERS)):
            return False
        if not self.plan.transactions:
            return True
        held = sum(1 for m in brokers.read_to_end(self.kafka, [topics.REQUESTS]) if m.key())
        if len(self.voter.settled) < held or self.voter.open():
            return False
        rows = sum(1 for _ in brokers.read_to_end(self.kafka, [topics.LINEAGE]))
        return bool(query.select(self.root / "lineage", "SELECT count(*) FROM lineage").rows[0][0] >= rows)

    def _report(self, steps: tuple[schedule.Step, ...], complete: bool, began: float) -> dict[str, Any]:
        folders = tuple(self.root / host.name for host in self.hosts)
        lineage = self.root / "lineage" if self.plan.transactions else None
        verdict = self.judge.judge(frozenset(self.voter.denied), folders, lineage, self.plan.transactions)
        kills = {kind: n for kind, n in self.blows.done.items() if kind in schedule.KILLS}
        return {
            "seed": self.plan.seed,
            "schedule": schedule.digest(steps),
            "kills": sum(kills.values()),
            "kills_by_target": kills,
            "faults": {kind: n for kind, n in self.blows.done.items() if kind not in schedule.KILLS},
            "left_out": dict(self.blows.left_out),
            "complete": complete,
            "host_ends": [code for host in self.hosts for code in host.ends],
            "wrong": verdict.faults(),
            **asdict(verdict),
            "seconds": round(time.monotonic() - began, 1),
        }

    def close(self) -> None:
        """End and remove all that was made."""
        for host in self.hosts:
            host.stop(1.0)
        self.cluster.close()
        for disk in self.disks:
            disk.close()
        self.network.down()


def sound(report: dict[str, Any], transactions: bool) -> bool:
    """Whether all is as it has to be; without transactions there must be doubles, and nothing lost."""
    if not transactions:
        return bool(report["doubled"] > 0 and report["lost"] == 0)
    return not report["wrong"] and report["complete"] and not report["host_ends"]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=12, help="how often each other fault comes")
    parser.add_argument("--pause", type=float, default=1.5, help="mean seconds between blows")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-transactions", action="store_true", help="plain commits: doubles have to be found")
    parser.add_argument("--dir", type=Path, help="folder to keep (default: a temporary one that is removed)")
    args = parser.parse_args()
    plan = Plan(args.events, args.kills, args.rounds, args.seed, args.pause, transactions=not args.no_transactions)
    root = args.dir or Path(tempfile.mkdtemp(prefix="maskgate-storm-"))
    root.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was made is removed
    storm = Storm(plan, root.resolve())
    try:
        storm.prepare()
        report = storm.run()
    finally:
        storm.close()
        if not args.dir:
            shutil.rmtree(root, ignore_errors=True)
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    sys.exit(0 if sound(report, plan.transactions) else 1)


if __name__ == "__main__":
    main()
