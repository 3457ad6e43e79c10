"""What very many open requests cost the gate and the console, without an hour of Kafka.

    python benchmarks/gate/million.py gate    -n 1000000   # memory, opens a second, restart from snapshot
    python benchmarks/gate/million.py console -n 1000000   # memory of the index, first page, page for one person

Prints one JSON object. The requests are folded as the log's events, as at a replay; the opens that are timed go through
the gate's whole step (signature, decision, log, snapshot), with a broker that keeps the log in a file and drops the
rest. Every figure of memory is of a process of its own, and every requester, record key and kind of request is another.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "fakes"))

import fake_office as office
import gate_world
from fake_port import FakeBroker, FakePort

from maskgate.approvals import commands
from maskgate.approvals import events as ev
from maskgate.approvals.model import RequestState
from maskgate.console.index import Index
from maskgate.console.queries import Query
from maskgate.gate.audit import Checkpoints
from maskgate.gate.keys import load_keys, snapshot_key
from maskgate.gate.loop import Gate
from maskgate.gate.port import Input
from maskgate.gate.store import EntryStore
from maskgate.gate.view import View, encode_view
from maskgate.kafka import topics
from maskgate.policy import load_policy

POLICY = gate_world.POLICY | {"approvals": office.POLICY | {"caps": {"open_per_requester": 1_000_000}}}
START = office.START
BATCH = 500  # as many as the console takes over at once
TIMED = 2000  # opens that go the whole way


class LogFile:
    """The log as lines of a file; the place of the topic."""

    def __init__(self, path: Path) -> None:
        self.path, self.written = path, 0
        if path.exists():
            with path.open("rb") as lines:
                self.written = sum(1 for _ in lines)
        self.file = path.open("ab")

    def append(self, raw: bytes) -> None:
        self.file.write(raw + b"\n")
        self.written += 1

    def read(self, start: int) -> Iterator[Input]:
        self.file.flush()
        with self.path.open("rb") as lines:
            for offset, line in enumerate(lines):
                if offset >= start:
                    yield Input(topics.LOG, offset, START, line.rstrip(b"\n"))


class FilePort(FakePort):
    """A broker whose log is a file, and which keeps nothing of the rest but what it was given to read."""

    def __init__(self, log: LogFile) -> None:
        super().__init__(FakeBroker(START))
        self.file = log
        self.arriving: list[Input] = []

    def poll(self, max_records: int, max_wait_s: float) -> list[Input]:
        out, self.arriving = self.arriving[:max_records], self.arriving[max_records:]
        return out

    def commit(self, outs: Any, offsets: Any) -> None:
        for out in outs:
            if out.topic == topics.LOG:
                self.file.append(out.value)
        self.file.file.flush()

    def end(self, topic: str) -> int:
        return self.file.written if topic == topics.LOG else 0

    def log(self, start: int) -> Iterator[Input]:
        return self.file.read(start)

    def past(self) -> str:
        return ""


def rss_mb() -> float:
    """Memory of this process."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def gate_in(folder: Path) -> tuple[Gate, FilePort, Any]:
    """A gate whose broker is a file in this folder."""
    from maskgate.base.config import Kafka
    from maskgate.gate import role

    settings = gate_world.settle(folder, Kafka(), policy=POLICY)
    state = settings.pipeline.state_dir
    keys = load_keys(settings)
    port = FilePort(LogFile(folder / "log.ndjson"))
    store = EntryStore(state / "gate" / "requests.sqlite", snapshot_key(keys.signer))
    from gate_run import kept_people

    people = role.people_document(settings, kept_people(settings))
    checkpoints = Checkpoints(keys.signer, state / "audit" / "checkpoints.ndjson")
    policy = load_policy(settings.policy)
    return Gate(port, keys, store, policy=policy, people=people, checkpoints=checkpoints), port, settings


def opened(template: ev.RequestOpened, n: int) -> ev.RequestOpened:
    """The n-th of many requests: another requester, record, key and kind each."""
    mac = hashlib.sha256(b"%d" % n).hexdigest()
    far = hashlib.sha256(mac.encode()).hexdigest()
    at = START + n
    request = template.request
    item = replace(
        request.items[0],
        item_id=mac[:32],
        key_mac=mac[32:],
        content_mac=far,
        masked_digest=mac[::-1],
        preview=far[::-1],
        offset=n,
        blind=far[:32],
        source=replace(request.items[0].source, offset=n),
    )
    fresh = replace(
        request,
        request_id=commands.new_request_id(at),
        nonce=far[32:],
        items=(item,),
        requester=replace(request.requester, sub=f"svc-{n}"),
        whose=f"account {request.requester.iss} svc-{n}",
        semantic_key=mac[16:48],
        created=at,
        expires_at=at + request.expires_at - request.created,
        manifest_root=mac,
        digest=far,
        seen_digest=mac[1:] + "0",
    )
    return replace(template, meta=replace(template.meta, at=at), request=fresh)


def held(settings: Any, n: int) -> bytes:
    """A signed item of a requester of its own."""
    who = office.verified(f"svc-new-{n}", "service")
    return gate_world.item(settings, n, tier="double", requester=who, key=b"order-new-%d" % n)


def first_event(gate: Gate, port: FilePort, settings: Any) -> ev.RequestOpened:
    """The event of a request that the gate itself opened."""
    port.arriving = [Input(topics.REQUESTS, 0, START, held(settings, 1 << 40))]
    for _ in range(3):
        gate.step(0)
    last = [ev.decode(r.value) for r in port.log(0) if r.value]
    return next(e for e in last if isinstance(e, ev.RequestOpened))


def fill(folder: Path, n: int) -> dict[str, Any]:
    """A gate with ``n`` open requests; then some that are opened the whole way."""
    gate, port, settings = gate_in(folder)
    gate.restore()
    template = first_event(gate, port, settings)
    base, began = rss_mb(), time.process_time()
    for number in range(1, n):
        event = opened(template, number)
        raw = ev.encode(event)
        port.file.append(raw)
        gate.truth.take(event, raw)
        if number % 500 == 0:
            gate._look_after()
    folded = time.process_time() - began
    rss = rss_mb()
    arriving = [Input(topics.REQUESTS, i, START + n, held(settings, i)) for i in range(min(n, TIMED))]
    began = time.process_time()
    port.arriving = list(arriving)
    while port.arriving:
        gate.step(0)
    opens = len(arriving) / (time.process_time() - began)
    began = time.monotonic()
    gate.snapshot()
    took = time.monotonic() - began
    size = (settings.pipeline.state_dir / "gate" / "requests.sqlite").stat().st_size
    return {
        "held": len(gate.store),
        "rss_before_mb": base,
        "rss_mb": rss,
        "peak_mb": peak_mb(),
        "folded_per_cpu_s": round(n / folded),
        "opens_per_cpu_s": round(opens),
        "snapshot_s": round(took, 2),
        "store_mb": round(size / 1e6),
    }


def peak_mb() -> float:
    """The most memory that this process had."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1024, 1)


def restart(folder: Path) -> dict[str, Any]:
    """A new process of the same gate."""
    gate, _, _ = gate_in(folder)
    began, cpu = time.monotonic(), time.process_time()
    gate.restore()
    took, used = time.monotonic() - began, time.process_time() - cpu
    return {
        "restart_s": round(took, 2),
        "restart_cpu_s": round(used, 2),
        "replayed": gate.replayed,
        "open_after": len(gate.truth.state.agenda),
        "rss_after_restart_mb": rss_mb(),
        "peak_after_restart_mb": peak_mb(),
    }


def console(folder: Path, n: int) -> dict[str, Any]:
    """An index with ``n`` open requests."""
    gate, port, settings = gate_in(folder)
    gate.restore()
    template = first_event(gate, port, settings)
    index = Index(folder / "console.sqlite")
    base, began = rss_mb(), time.process_time()
    for first in range(0, n, BATCH):
        events = [opened(template, i) for i in range(first, min(n, first + BATCH))]
        views = [(e.request.request_id, encode_view(View(RequestState(e.request), e.meta.at, 1))) for e in events]
        index.write(views, [(first + i, e.meta.at, ev.encode(e)) for i, e in enumerate(events)])
    filled = time.process_time() - began
    mine = Query(person="anna", groups=("privacy", "reviewers"))
    times = {"open": Query(open=True), "for_me": mine, "found": Query(open=True, requester="svc-7")}
    figures = {f"{name}_page_ms": _timed(lambda q=query: index.page(q)) for name, query in times.items()}
    count = {f"{name}_count_ms": _timed(lambda q=times[name]: index.count(q)) for name in ("open", "for_me")}
    rss = {"held": n, "rss_before_mb": base, "rss_mb": rss_mb(), "peak_mb": peak_mb()}
    return rss | {"filled_per_cpu_s": round(n / filled)} | figures | count


def _timed(look: Any) -> float:
    times = []
    for _ in range(7):
        began = time.perf_counter()
        look()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 1)


STEPS = {"fill": fill, "restart": lambda folder, _: restart(folder), "console": console}
"""Each runs in a process of its own, whose memory is then its own."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["gate", "console"])
    parser.add_argument("-n", type=int, default=50_000, help="open requests")
    parser.add_argument("--step", choices=list(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step is not None:
        print(json.dumps(STEPS[options.step](options.folder, options.n)))
        return
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="maskgate-bench-") as folder:
        for step in ("fill", "restart") if options.what == "gate" else ("console",):
            command = [sys.executable, __file__, options.what, "--step", step, "-n", str(options.n), "--folder", folder]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr[-3000:])
            result |= json.loads(done.stdout.splitlines()[-1])
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    print(json.dumps(result | {"machine": machine}, indent=2))


if __name__ == "__main__":
    main()
