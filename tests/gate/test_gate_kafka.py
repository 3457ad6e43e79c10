"""The gate on a real Kafka: exactly once through kills, fencing of a paused twin, expiry on broker time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fake_office as office
import gate_world
import pytest

from maskgate.approvals import events as ev
from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState, Request
from maskgate.base.errors import ConfigurationError
from maskgate.gate.role import check_topics
from maskgate.gate.view import TICK_KEY, decode_view
from maskgate.gate.wire import Wire
from maskgate.kafka import admin, topics
from maskgate.lineage.wire import codec
from maskgate.supervise.roles import to_json

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


class Site:
    """Settings, topics and processes of gates on one broker."""

    def __init__(self, folder: Path, broker: Any, **gate: Any) -> None:
        self.broker = broker
        self.settings = gate_world.settle(folder, broker.kafka, gate={"tick": 0.2} | gate)
        admin.ensure_topics(
            broker.kafka,
            [
                *topics.control_specs(),
                topics.TopicSpec(topics.LINEAGE, 1),
                topics.TopicSpec("events.released", 3),
                topics.TopicSpec("partner.in", 1),
            ],
        )
        self.wire = Wire(broker.kafka)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.released_before = len(broker.read("events.released"))
        self.offset = int(time.time() * 1000) % 10**9

    def start(self, instance: str = "one") -> subprocess.Popen[bytes]:
        pipeline = self.settings.pipeline.model_copy(update={"instance": instance})
        settings = self.settings.model_copy(update={"pipeline": pipeline})
        with open(self.settings.pipeline.state_dir / f"gate-{instance}.log", "ab") as log:
            command = [sys.executable, "-m", "maskgate.supervise.role", "gate"]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log)
        assert process.stdin is not None
        process.stdin.write(to_json(settings).encode())
        process.stdin.close()
        self.processes.append(process)
        return process

    def hold(self, n: int = 1, **fields: Any) -> None:
        rows = []
        for _ in range(n):
            self.offset += 1
            rows.append((None, gate_world.item(self.settings, self.offset, **fields)))
        self.wire.send_all(topics.REQUESTS, rows)

    def events(self) -> list[ev.Event]:
        return [ev.decode(m.value()) for m in self.broker.read(topics.LOG)]

    def opened(self) -> list[Request]:
        return [e.request for e in self.events() if isinstance(e, ev.RequestOpened)]

    def vote(self, request: Request, person: str, decision: str = "approve") -> None:
        raw = votes.build_vote(
            request,
            decision,
            signer=office.key(person),
            reviewer=office.account(person),
            person_id=person,
            seen_digest=request.seen_digest,
            now_ms=int(time.time() * 1000),
        )
        self.wire.send(topics.VOTES, raw)

    def released(self) -> list[Any]:
        return self.broker.read("events.released")[self.released_before :]

    def until(self, done: Any, seconds: float = 60.0) -> Any:
        end = time.monotonic() + seconds
        while not (got := done()):
            if time.monotonic() > end:
                logs = self.settings.pipeline.state_dir.glob("gate-*.log")
                pytest.fail("the gate did not get there:\n" + "\n".join(p.read_text()[-3000:] for p in logs))
            time.sleep(0.2)
        return got

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.wire.close()


@pytest.fixture
def site(tmp_path: Path, kafka_clean: Any) -> Iterator[Site]:
    """A gate's surroundings on fresh control topics."""
    made = Site(tmp_path, kafka_clean)
    yield made
    made.close()


def test_a_killed_gate_releases_every_approved_record_exactly_once(site: Site) -> None:
    """Through SIGKILLs at arbitrary moments nothing is lost, doubled, or released without its votes."""
    gate = site.start()
    site.hold(12, tier="standard")
    requests: list[Request] = site.until(lambda: site.opened() if len(site.opened()) == 12 else None)
    for n, request in enumerate(requests):
        site.vote(request, "anna")
        if n % 3 == 1:
            time.sleep(0.03 * n)
            gate.kill()
            gate.wait()
            gate = site.start()
    site.until(lambda: len({m.key() for m in site.released()}) == 12)
    time.sleep(1.0)
    keys = [m.key() for m in site.released()]
    assert len(keys) == len(set(keys)) == 12
    moves = [e.request_id for e in site.events() if isinstance(e, ev.Moved) and e.to is ItemState.RELEASED]
    assert len(moves) == len(set(moves)) == 12
    rows = [codec.decode(m.value()) for m in site.broker.read(topics.LINEAGE)]
    mine = {r.request_id for r in requests}
    assert len([r for r in rows if r["kind"] == "released" and r["request_id"] in mine]) == 12
    last = {m.key(): m.value() for m in site.broker.read(topics.STATE) if m.key() != TICK_KEY}
    assert {decode_view(v).entry.state for v in last.values()} == {ItemState.RELEASED}


def test_a_paused_twin_is_fenced_and_its_successor_releases_once(site: Site) -> None:
    """A gate that is stopped for longer than its session loses its topics; awake again it writes nothing of before.

    It ends or stands by; whichever gate is active then goes on.
    """
    first = site.start("one")
    site.hold(1, tier="standard")
    (request,) = site.until(site.opened)
    os.kill(first.pid, signal.SIGSTOP)
    second = site.start("two")
    time.sleep(1.0)
    site.vote(request, "anna")
    site.until(site.released)
    os.kill(first.pid, signal.SIGCONT)
    log = site.settings.pipeline.state_dir / "gate-one.log"
    site.until(lambda: first.poll() is not None or "standing_by" in log.read_text())
    assert len(site.released()) == 1
    site.hold(1, tier="standard")
    (_, another) = site.until(lambda: found if len(found := site.opened()) == 2 else None)
    site.vote(another, "anna")
    site.until(lambda: len(site.released()) == 2)
    time.sleep(1.0)
    assert len(site.released()) == 2
    assert second.poll() is None


def test_an_unanswered_request_expires_on_broker_time(tmp_path: Path, kafka_clean: Any) -> None:
    """The gate writes `expired` once broker time has passed the deadline and all votes before it were read."""
    policy = gate_world.POLICY | {
        "approvals": office.POLICY
        | {"tiers": {"quick": {"expires": "2s", "quorum": {"all_of": [{"group": "reviewers", "n": 1}]}}}}
        | {"verbs": {}, "break_glass": None}
    }
    site = Site(tmp_path, kafka_clean)
    try:
        site.settings.policy.write_text(json.dumps(policy))
        site.start()
        site.hold(1, tier="quick")
        (request,) = site.until(site.opened)
        site.until(
            lambda: [e for e in site.events() if isinstance(e, ev.Moved) and e.to is ItemState.EXPIRED], seconds=20
        )
        moved = next(e for e in site.events() if isinstance(e, ev.Moved))
        assert moved.meta.at >= request.expires_at
    finally:
        site.close()


def test_the_gate_refuses_topics_that_are_not_as_the_guarantees_need(site: Site) -> None:
    """A log whose records could be dropped stops the gate before it reads anything."""
    spec = topics.TopicSpec(topics.LOG, 1, {"retention.ms": "60000"})
    admin.alter_topics(site.broker.kafka, [spec])
    with pytest.raises(ConfigurationError, match=r"retention\.ms"):
        check_topics(site.settings)
