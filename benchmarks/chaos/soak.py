"""Every role at a modest rate for an hour: does the memory of one of them grow, and does it stop growing?

    python -m benchmarks.chaos.soak --minutes 60

Starts a Kafka of its own and all roles, sends events of many kinds, of which some are held, and of these most are
approved, some denied and a few left open; reads the console and calls the HTTP door. The memory of every process is
read every ten seconds. Exit 0 only when every event is accounted for, no process ended, and the memory of each, after
the first ten minutes, grows by no more than ``--limit`` MB an hour or has reached a plateau. A run of less than half an
hour counts events and judges no slope: ten minutes of samples say nothing about an hour.
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import json
import os
import random
import secrets
import shutil
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.chaos import office
from benchmarks.chaos.chaos import POLICY
from confluent_kafka import Producer

from maskgate.base import filemodes
from maskgate.base.config import Kafka, Settings
from maskgate.base.errors import WorldError
from maskgate.crypto import signing
from maskgate.kafka import topics
from maskgate.local import brokers, kafka_local
from maskgate.local.demo import events as demo
from maskgate.supervise.roles import DOORS, ROLES, Roles

TOPIC = "events"
HOLD_EVERY, DENY_OF, LEAVE_OF = 50, 7, 23
EVERY_S, WARM_UP_S, JUDGED_S = 10.0, 600.0, 1800.0
PLATEAU_MB = 1.0
EVERYBODY = {*ROLES, *DOORS, "mask worker", "monitor"}


@dataclass
class Series:
    """The memory of one process over the run, in MB."""

    name: str
    at_s: list[float] = field(default_factory=list)
    rss: list[float] = field(default_factory=list)
    anonymous: list[float] = field(default_factory=list)


def slope_per_hour(at_s: list[float], values: list[float]) -> float:
    """The median of the slopes between all pairs (Theil and Sen): no single jump or drop decides it."""
    at, value = np.array(at_s), np.array(values)
    first, second = np.triu_indices(len(at), 1)
    return float(np.median((value[second] - value[first]) / (at[second] - at[first])) * 3600) if len(at) > 1 else 0.0


def plateau(values: list[float]) -> bool:
    """Whether the last third of the samples went no higher than the third before, but for a page or two."""
    third = len(values) // 3
    return third > 0 and max(values[-third:]) <= max(values[-2 * third : -third]) + PLATEAU_MB


def _processes() -> Iterator[tuple[int, str]]:
    """(pid, name) of every process of a role below this one; a mask worker is a child of the role."""
    found: list[tuple[int, str]] = [(os.getpid(), "")]
    for pid, above in found:
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                for child in map(int, (thread / "children").read_text().split()):
                    words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                    name = words[-2].decode() if words[-3:-2] == [b"maskgate.supervise.role"] else ""
                    name = f"{name} worker" if name and name == above else name
                    found.append((child, name or above))
                    if name:
                        yield child, name


def sample(series: dict[int, Series], at_s: float) -> None:
    """Read the memory of every process once."""
    for pid, name in _processes():
        with contextlib.suppress(OSError, ValueError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            kilobytes = {line.partition(":")[0]: line.split()[1] for line in lines if line.endswith(" kB")}
            one = series.setdefault(pid, Series(name))
            one.at_s.append(at_s)
            one.rss.append(int(kilobytes["VmRSS"]) / 1024)
            one.anonymous.append(int(kilobytes["RssAnon"]) / 1024)


def judge(one: Series, warm_up_s: float) -> dict[str, Any]:
    """What the report says of a process."""
    start = next((n for n, at in enumerate(one.at_s) if at >= warm_up_s), 0)
    at, rss = one.at_s[start:], one.rss[start:]
    return {
        "first_mb": round(rss[0], 1),
        "last_mb": round(rss[-1], 1),
        "highest_mb": round(max(rss), 1),
        "mb_per_hour": round(slope_per_hour(at, rss), 2),
        "anonymous_mb_per_hour": round(slope_per_hour(at, one.anonymous[start:]), 2),
        "mb_per_hour_of_the_last_half": round(slope_per_hour(at[len(at) // 2 :], rss[len(rss) // 2 :]), 2),
        "plateau": plateau(rss),
    }


class _Receiver(http.server.BaseHTTPRequestHandler):
    """Takes the notices of the watch."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def workspace(root: Path, kafka: Kafka, model: str, receiver: int) -> Settings:
    """Keys, policy, people and settings of the run."""
    office.make_keys(root / "state", root)
    (root / "policy.yaml").write_text(POLICY.format(topic=TOPIC))
    (root / "people.yaml").write_text(office.PEOPLE)
    filemodes.write_secret(root / "soak.key", secrets.token_hex(32).encode())
    ports = kafka_local.free_ports(3)
    return Settings.model_validate({
        "kafka": kafka,
        "pipeline": {"name": "soak", "topics": (TOPIC,), "state_dir": root / "state"},
        "detection": {"model": model},
        "gate": {"snapshot_every": 500},
        "audit": {"sinks": [{"name": "disk", "kind": "jsonl", "path": root / "audit.ndjson"}]},
        "lineage": {"dir": root / "lineage"},
        "watch": {"webhook_url": f"http://127.0.0.1:{receiver}/"},
        "console": {"port": ports[0], "public_read": True},
        "api": {"port": ports[1], "clients": {"soak": str(root / "soak.key")}},
        "monitor": {"port": ports[2]},
        "policy": root / "policy.yaml",
        "people": root / "people.yaml",
    })  # fmt: skip


class Feeder(threading.Thread):
    """Sends so many events a second until it is told to stop."""

    def __init__(self, kafka: Kafka, partitions: int, rate: float) -> None:
        super().__init__(daemon=True)
        self._kafka, self._partitions, self._rate = kafka, partitions, rate
        self.sent = self.held = 0
        self.stopping = False

    def run(self) -> None:
        rng = random.Random(11)
        producer = Producer({"enable.idempotence": True, "linger.ms": 5, "log_level": 2} | self._kafka.client())
        began = time.monotonic()
        while not self.stopping:
            if self.sent >= (time.monotonic() - began) * self._rate:
                producer.poll(0.02)
                continue
            hold = self.sent % HOLD_EVERY == 3
            headers = [("maskgate.export", b"default")] if hold else []
            producer.produce(
                TOPIC, event(self.sent, rng), b"k%d" % self.sent, self.sent % self._partitions, headers=headers
            )
            self.sent += 1
            self.held += hold
        assert producer.flush(300) == 0


def event(n: int, rng: random.Random) -> bytes:
    """Event ``n``: one of the kinds of the demo, with an address that no other event has."""
    made = demo.KINDS[n % len(demo.KINDS)](rng.choice(demo.PEOPLE), rng)
    return json.dumps(made | {"n": n, "account": f"u{n}@example.org"}).encode()


class Caller(threading.Thread):
    """Reads the console's list and the metrics, and has an event masked over HTTP, all of it once a second."""

    def __init__(self, settings: Settings, root: Path) -> None:
        super().__init__(daemon=True)
        self._settings, self._key = settings, (root / "soak.key").read_text()
        self.stopping = False
        self.answered = {"list": 0, "page": 0, "door": 0, "metrics": 0}

    def run(self) -> None:
        rng, n = random.Random(12), 0
        console = f"http://localhost:{self._settings.console.port}"
        door = f"http://localhost:{self._settings.api.port}/v1/mask"
        while not self.stopping:
            n += 1
            self._ask("list", f"{console}/api/v1/requests?state=all")
            self._ask("page", f"{console}/")
            self._ask("metrics", f"http://localhost:{self._settings.monitor.port}/metrics")
            self._ask("door", door, event(n, rng), {"Authorization": f"Bearer {self._key}"})
            time.sleep(1.0)

    def _ask(self, name: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> None:
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=30) as answer:
                answer.read()
            self.answered[name] += 1


def wait_for_all(roles: Roles, caller: Caller, patience_s: float = 300.0) -> None:
    """Until every role answers: what they load at the start is no growth."""
    until = time.monotonic() + patience_s
    while not all(caller.answered.values()) or EVERYBODY - {name for _, name in _processes()}:
        if time.monotonic() > until:
            raise WorldError(f"not every role came up in {patience_s:.0f} s: {caller.answered}")
        roles.check()
        time.sleep(0.2)


def watch_over(roles: Roles, minutes: float, kept: Path) -> dict[int, Series]:
    """Let the roles run for so long, and read their memory; every sample is a line of ``kept``."""
    series: dict[int, Series] = {}
    began, next_at = time.monotonic(), 0.0
    while (now := time.monotonic() - began) < minutes * 60:
        roles.check()
        if now >= next_at:
            sample(series, now)
            with kept.open("a") as lines:
                newest = {f"{one.name} {pid}": [one.rss[-1], one.anonymous[-1]] for pid, one in series.items()}
                lines.write(json.dumps({"at_s": round(now), "rss_and_anonymous_mb": newest}) + "\n")
            next_at += EVERY_S
        time.sleep(0.2)
    return series


def accounted(kafka: Kafka) -> dict[str, int]:
    """How many records each topic has, as a read_committed reader counts them."""
    names = {
        "masked": topics.masked(TOPIC), "dead": topics.dead_letters(TOPIC), "released": topics.released(TOPIC),
    }  # fmt: skip
    found = {name: sum(1 for _ in brokers.read_to_end(kafka, [topic])) for name, topic in names.items()}
    return found | {"held": sum(1 for m in brokers.read_to_end(kafka, [topics.REQUESTS]) if m.key())}


def settle(kafka: Kafka, roles: Roles, feeder: Feeder, voter: office.Voter, patience_s: float) -> dict[str, int]:
    """Wait until every event has its end; what is missing after ``patience_s`` is lost."""
    until = time.monotonic() + patience_s
    while True:
        roles.check()
        found = accounted(kafka)
        approved = found["held"] - len(voter.denied) - len(voter.left)
        whole = found["masked"] + found["held"] + found["dead"] == feeder.sent and found["released"] == approved
        if whole or time.monotonic() > until:
            return found | {"sent": feeder.sent, "left_open": len(voter.left), "denied": len(voter.denied),
                            "missing": feeder.sent - found["masked"] - found["held"] - found["dead"],
                            "not_released": approved - found["released"]}  # fmt: skip
        time.sleep(1.0)


def run(kafka: Kafka, root: Path, minutes: float, rate: float, model: str) -> dict[str, Any]:
    """Run all roles for so long and report."""
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    settings = workspace(root, kafka, model, receiver.server_port)
    brokers.ensure_topics(kafka, topics.specs(settings, {TOPIC: settings.pipeline.partitions}))
    feeder = Feeder(kafka, settings.pipeline.partitions, rate)
    voter = office.Voter(kafka, signing.load_signer(root / "reviewer.pem"), DENY_OF, LEAVE_OF)
    caller = Caller(settings, root)
    roles = Roles(settings, [*ROLES, *DOORS])
    try:
        roles.start()
        for thread in (voter, caller, feeder):
            thread.start()
        wait_for_all(roles, caller)
        series = watch_over(roles, minutes, root / "memory.ndjson")
        feeder.stopping = True
        feeder.join()
        events = settle(kafka, roles, feeder, voter, 300)
    finally:
        voter.stopping = caller.stopping = True
        roles.stop()
        receiver.shutdown()
    return report(series, events | {f"{name}_answers": n for name, n in caller.answered.items()}, minutes)


def report(series: dict[int, Series], events: dict[str, int], minutes: float) -> dict[str, Any]:
    """The figures: a process that ended before the run did is counted, and its memory is left out."""
    last = max(one.at_s[-1] for one in series.values())
    alive = [one for one in series.values() if one.at_s[-1] >= last - EVERY_S]
    warm_up_s = min(WARM_UP_S, minutes * 60 / 3)
    return {
        "minutes": minutes,
        "events": events,
        "ended": sorted(one.name for one in series.values() if one not in alive),
        "processes": {one.name: judge(one, warm_up_s) for one in sorted(alive, key=lambda one: one.name)},
    }


def sound(found: dict[str, Any], limit: float) -> bool:
    """Whether every event is accounted for, every role ran to the end, and none of them grew without end."""
    events, processes = found["events"], found["processes"]
    whole = not found["ended"] and not events["missing"] and not events["not_released"]
    there = set(processes) >= EVERYBODY
    asked = all(events[f"{name}_answers"] for name in ("list", "page", "door", "metrics"))
    judged = found["minutes"] * 60 >= JUDGED_S
    grew = judged and any(one["mb_per_hour"] > limit and not one["plateau"] for one in processes.values())
    return whole and there and asked and not grew


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=50.0, help="events a second")
    parser.add_argument("--limit", type=float, default=2.0, help="MB an hour that a process may grow by")
    parser.add_argument("--model", default="default")
    parser.add_argument("--dir", type=Path, help="folder to keep (default: a temporary one)")
    args = parser.parse_args()
    root = args.dir or Path(tempfile.mkdtemp(prefix="maskgate-soak-"))
    node = brokers.start_kafka(root / "kafka")
    try:
        found = run(node.kafka, root, args.minutes, args.rate, args.model)
    finally:
        node.stop()
        if args.dir is None:
            shutil.rmtree(root, ignore_errors=True)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.exit(0 if sound(found, args.limit) else 1)


if __name__ == "__main__":
    main()
