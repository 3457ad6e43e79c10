"""The gate's figures on a real Kafka of this machine.

    python benchmarks/gate/run.py votes    # accepted votes/s, durable, gate pinned to one core; vote → released
    python benchmarks/gate/run.py held     # 100,000 held requests: memory, first page, restart, full replay

Prints one JSON object. The gate is the real role in a process of its own; votes and items are signed beforehand, so
that only the gate is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "fakes"))

import fake_office as office
import gate_world
from starlette.testclient import TestClient

from maskgate.approvals import events as ev
from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState, Request
from maskgate.base import config
from maskgate.base.errors import WorldError
from maskgate.console.app import create_app
from maskgate.console.context import Context
from maskgate.console.feed import Feed
from maskgate.console.index import Index
from maskgate.console.notifier import Pulse
from maskgate.console.queries import Query
from maskgate.gate.wire import Follower, Wire
from maskgate.kafka import admin, topics
from maskgate.local import brokers
from maskgate.masking.texts import Texts
from maskgate.supervise.roles import to_json

PAGE = 50  # rows of the console's first page
POLICY = gate_world.POLICY | {"approvals": office.POLICY | {"caps": {"open_per_requester": 1_000_000}}}


class Bench:
    """A broker, a gate, and what to feed it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="maskgate-bench-"))
        self.broker = brokers.start_kafka(self.folder / "kafka")
        self.settings = gate_world.settle(self.folder, self.broker.kafka, policy=POLICY)
        extra = [
            topics.TopicSpec(topics.LINEAGE, 1),
            topics.TopicSpec("events.released", 1),
            topics.TopicSpec("partner.in", 1),
        ]
        admin.ensure_topics(self.broker.kafka, [*topics.control_specs(), *extra])
        self.wire = Wire(self.broker.kafka)
        self.gate: subprocess.Popen[bytes] | None = None
        self.log = self._follow()

    def _follow(self) -> Follower:
        """A reader of the log; just after its creation a topic may not know its leader."""
        for _ in range(50):
            try:
                return Follower(self.broker.kafka, [topics.LOG])
            except WorldError:
                time.sleep(0.2)
        raise SystemExit("the log topic has no leader")

    def start(self, core: int | None = 0) -> float:
        """Start the gate; seconds until it serves."""
        began = time.monotonic()
        before = self._restored()
        with open(self.folder / "gate.log", "ab") as out:
            command = [sys.executable, "-m", "maskgate.supervise.role", "gate"]
            self.gate = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=out)
        if core is not None:
            os.sched_setaffinity(self.gate.pid, {core})
        assert self.gate.stdin is not None
        self.gate.stdin.write(to_json(self.settings).encode())
        self.gate.stdin.close()
        while self._restored() == before:
            if self.gate.poll() is not None:
                raise SystemExit((self.folder / "gate.log").read_text()[-3000:])
            time.sleep(0.05)
        return time.monotonic() - began

    def _restored(self) -> int:
        path = self.folder / "gate.log"
        return path.read_text().count('"restored"') if path.exists() else 0

    def restored(self) -> dict[str, Any]:
        lines = (self.folder / "gate.log").read_text().splitlines()
        return dict(json.loads([line for line in lines if '"restored"' in line][-1]))

    def stop(self, sig: int = signal.SIGTERM) -> None:
        assert self.gate is not None
        self.gate.send_signal(sig)
        self.gate.wait()

    def cpu_s(self) -> float:
        assert self.gate is not None
        parts = Path(f"/proc/{self.gate.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        assert self.gate is not None
        lines = Path(f"/proc/{self.gate.pid}/status").read_text().splitlines()
        return int(next(x for x in lines if x.startswith("VmRSS")).split()[1]) / 1024

    def hold(self, n: int, tier: str, requesters: int, first: int = 0) -> None:
        rows = []
        for i in range(first, first + n):
            who = office.verified(f"svc{i % requesters}-{i // requesters if requesters > 1 else i}", "service")
            rows.append((None, gate_world.item(self.settings, i, tier=tier, requester=who, key=b"order-%d" % i)))
            if len(rows) == 500:
                self.wire.send_all(topics.REQUESTS, rows, 60)
                rows = []
        if rows:
            self.wire.send_all(topics.REQUESTS, rows, 60)

    def until(self, kind: Any, n: int, seconds: float) -> list[tuple[int, Any]]:
        """(append time, event) of the next ``n`` events of a kind."""
        found: list[tuple[int, Any]] = []
        end = time.monotonic() + seconds
        while len(found) < n:
            for m in self.log.poll(5000, 0.1):
                event = ev.decode(m.value())
                if kind(event):
                    found.append((m.timestamp()[1], event))
            if time.monotonic() > end:
                raise SystemExit(
                    f"only {len(found)} of {n} in {seconds:.0f} s\n" + (self.folder / "gate.log").read_text()[-2000:]
                )
        return found

    def ballot(self, request: Request, person: str) -> bytes:
        return votes.build_vote(
            request,
            "approve",
            signer=office.key(person),
            reviewer=office.account(person),
            person_id=person,
            seen_digest=request.seen_digest,
            now_ms=int(time.time() * 1000),
        )

    def close(self) -> None:
        if self.gate is not None and self.gate.poll() is None:
            self.gate.kill()
            self.gate.wait()
        self.log.close()
        self.wire.close()
        self.broker.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def is_opened(event: Any) -> bool:
    return isinstance(event, ev.RequestOpened)


def is_released(event: Any) -> bool:
    return isinstance(event, ev.Moved) and event.to is ItemState.RELEASED


def measure_votes(n: int) -> dict[str, Any]:
    """Votes that wait on the topic are drained; then single votes with a pause in between."""
    bench = Bench()
    try:
        bench.start()
        bench.hold(n, "double", n)
        requests = [e.request for _, e in bench.until(is_opened, n, 300)]
        bench.stop()
        ballots = [(None, bench.ballot(r, p)) for p in ("anna", "ben") for r in requests]
        for at in range(0, len(ballots), 1000):
            bench.wire.send_all(topics.VOTES, ballots[at : at + 1000], 60)
        bench.start()
        cpu, began = bench.cpu_s(), time.monotonic()
        accepted = bench.until(lambda e: isinstance(e, ev.VoteAccepted), 2 * n, 300)
        took, used = time.monotonic() - began, bench.cpu_s() - cpu
        span = (accepted[-1][0] - accepted[0][0]) / 1000
        bench.log.close()
        bench.log = Follower(bench.broker.kafka, [topics.LOG], bench_end(bench))
        latency = single_votes(bench, min(n, 100))
        return {
            "votes": 2 * n,
            "seconds": round(took, 2),
            "votes_per_s": round(2 * n / max(took, 1e-9)),
            "votes_per_s_by_append_time": round(2 * n / max(span, 0.001)),
            "cpu_s": round(used, 2),
            "released_meanwhile": n,
            "vote_to_released_ms": latency,
        }
    finally:
        bench.close()


def bench_end(bench: Bench) -> dict[str, int]:
    return {topics.LOG: admin.end_offsets(bench.broker.kafka, [topics.LOG])[(topics.LOG, 0)]}


def single_votes(bench: Bench, n: int) -> dict[str, float]:
    """From the moment the vote is handed to the producer until a read_committed reader has the released record."""
    bench.hold(n, "standard", n, first=1_000_000)
    requests = [e.request for _, e in bench.until(is_opened, n, 120)]
    reader = Follower(
        bench.broker.kafka,
        ["events.released"],
        {"events.released": admin.end_offsets(bench.broker.kafka, ["events.released"])[("events.released", 0)]},
    )
    reader.poll(1, 0.5)
    times = []
    for request in requests:
        began = time.monotonic()
        bench.wire.send(topics.VOTES, bench.ballot(request, "anna"))
        while not any(request.request_id.encode() in (m.key() or b"") for m in reader.poll(10, 0.05)):
            if time.monotonic() - began > 20:
                raise SystemExit("a vote did not release its record")
        times.append((time.monotonic() - began) * 1000)
        time.sleep(0.02)
    reader.close()
    ordered = sorted(times)
    return {"median": round(statistics.median(times), 1), "p95": round(ordered[int(len(times) * 0.95)], 1)}


def measure_held(n: int) -> dict[str, Any]:
    """``n`` requests that wait: what they cost the gate, its restart, and the first page of the console."""
    bench = Bench()
    try:
        browser(bench, Index(":memory:"))  # now, not after an hour of holding
        bench.start(core=None)
        began = time.monotonic()
        for first in range(0, n, 5000):
            bench.hold(min(5000, n - first), "double", 10_000, first=first)
        bench.until(is_opened, n, 3600)
        opened_s = time.monotonic() - began
        time.sleep(3)
        rss = bench.rss_mb()
        bench.stop()
        from_snapshot = bench.start(core=None)
        snapshot = bench.restored()
        rss_restarted = bench.rss_mb()
        bench.stop(signal.SIGKILL)
        shutil.rmtree(bench.settings.pipeline.state_dir / "gate")
        full = bench.start(core=None)
        replay = bench.restored()
        return {
            "held": n,
            "opened_per_s": round(n / opened_s),
            "gate_rss_mb": round(rss),
            "gate_rss_after_restart_mb": round(rss_restarted),
            "restart_from_snapshot_s": round(from_snapshot, 1),
            "replayed_after_snapshot": snapshot["replayed"],
            "full_replay_s": round(full, 1),
            "replayed": replay["replayed"],
            **first_page(bench, n),
        }
    finally:
        bench.close()


def browser(bench: Bench, index: Index) -> TestClient:
    """A browser before a console that shows its queue to everybody; it must answer before anything is measured."""
    settings = bench.settings.model_copy(update={"console": config.Console(public_read=True)})
    context = Context(settings=settings, index=index, wire=bench.wire, texts=Texts.__new__(Texts))
    context.caught_up.set()
    client = TestClient(create_app(context), base_url=f"http://localhost:{settings.console.port}")
    answer = client.get("/")
    if answer.status_code != 200:
        raise SystemExit(f"the console answers {answer.status_code}: {answer.text[:500]}")
    return client


def first_page(bench: Bench, n: int) -> dict[str, Any]:
    """The console's first page over HTTP, once its index is up to date."""
    index = Index(bench.folder / "console.sqlite")
    feed = Feed(bench.broker.kafka, index, Pulse())
    began = time.monotonic()
    feed.start()
    while index.count(Query(open=True)) < n:
        time.sleep(0.1)
    filled = time.monotonic() - began
    client = browser(bench, index)
    times = []
    for _ in range(15):
        began = time.perf_counter()
        answer = client.get("/")
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200
        assert answer.text.count('class="row"') == min(n, PAGE)
    mine = Query(person="anna", groups=("privacy", "reviewers"))
    began = time.perf_counter()
    assert index.count(mine) == n
    counted = time.perf_counter()
    assert len(index.page(mine)) == min(n, PAGE)
    paged = time.perf_counter()
    feed.stop()
    return {
        "for_me_count_ms": round((counted - began) * 1000, 2),
        "for_me_page_ms": round((paged - counted) * 1000, 2),
        "first_page_ms": round(statistics.median(times), 1),
        "first_page_worst_ms": round(max(times), 1),
        "index_filled_s": round(filled, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["votes", "held"])
    parser.add_argument("-n", type=int, default=0, help="requests (default: 2000, 100000)")
    options = parser.parse_args()
    result = measure_votes(options.n or 2000) if options.what == "votes" else measure_held(options.n or 100_000)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps(result | {"machine": machine, "largest_child_mb": round(peak)}, indent=2))


if __name__ == "__main__":
    main()
