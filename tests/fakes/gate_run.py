"""A gate on a broker in memory, its people and their votes: what tests of the gate, the console and the API drive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_office as office
import gate_world
from fake_port import FakeBroker, FakePort

from maskgate.approvals import events as ev
from maskgate.approvals.messages import votes
from maskgate.approvals.model import Request, RequestState
from maskgate.base.config import Kafka, Settings
from maskgate.crypto import webauthn
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.gate import role as gate_module
from maskgate.gate.audit import Checkpoints
from maskgate.gate.keys import load_keys, snapshot_key
from maskgate.gate.loop import Gate
from maskgate.gate.store import EntryStore
from maskgate.kafka import topics
from maskgate.policy import load_policy


class World:
    """A gate, its broker, and the people."""

    def __init__(
        self, folder: Path, console: Any = None, policy: Any = None, now: int = office.START, **gate: Any
    ) -> None:
        self.folder = folder
        self.settings: Settings = gate_world.settle(folder, Kafka(), console=console, policy=policy)
        self.broker = FakeBroker(now)
        self.options = gate
        self.offset = 0
        self.start()

    def start(self, die: Callable[[str], None] = lambda point: None, fresh_disk: bool = False) -> None:
        """A gate process: restored, ready to step."""
        state = self.settings.pipeline.state_dir
        if fresh_disk:
            for path in (state / "gate").glob("*"):
                path.unlink()
        keys = load_keys(self.settings)
        self.port = FakePort(self.broker, die)
        self.store = EntryStore(state / "gate" / "requests.sqlite", snapshot_key(keys.signer), cache=8)
        self.gate = Gate(
            self.port,
            keys,
            self.store,
            policy=load_policy(self.settings.policy),
            people=gate_module.people_document(self.settings, kept_people(self.settings)),
            checkpoints=Checkpoints(keys.signer, state / "audit" / "checkpoints.ndjson"),
            clock=lambda: self.broker.now / 1000,
            tick_s=0.0,
            party=webauthn.RelyingParty(self.settings.console.rp_id, self.settings.console.origins),
            **self.options,
        )
        self.gate.restore()
        self.run()

    def stop(self) -> None:
        self.store.close()

    def run(self, steps: int = 4) -> None:
        for _ in range(steps):
            self.gate.step(0)

    def later(self, seconds: float) -> None:
        self.broker.now += int(seconds * 1000)

    def hold(self, run: bool = True, **fields: Any) -> Request | None:
        """A worker holds a record; the request that the gate opens for it."""
        self.offset += 1
        self.broker.append(topics.REQUESTS, gate_world.item(self.settings, self.offset, **fields))
        if not run:
            return None
        self.run()
        return self.opened()[-1]

    def opened(self) -> list[Request]:
        return [e.request for e in self.events() if isinstance(e, ev.RequestOpened)]

    def vote(self, request: Request, person: str, decision: str = "approve", run: bool = True, **fields: Any) -> None:
        signer = fields.pop("signer", office.key(person))
        payload = {
            "reviewer": office.account(person),
            "person_id": person,
            "seen_digest": request.seen_digest,
            "now_ms": self.broker.now,
            "reason": "because",
        } | fields
        self.broker.append(topics.VOTES, votes.build_vote(request, decision, signer=signer, **payload))
        if run:
            self.run()

    def act(self, request: Request, person: str, verb: Any, **fields: Any) -> None:
        raw = votes.build_act(
            request,
            verb,
            signer=office.key(person),
            reviewer=office.account(person),
            person_id=person,
            now_ms=self.broker.now,
            reason="because",
            **fields,
        )
        self.broker.append(topics.VOTES, raw)
        self.run()

    def events(self) -> list[ev.Event]:
        return [ev.decode(v) for v in self.broker.values(topics.LOG) if v]

    def refusals(self) -> list[str]:
        return [e.code for e in self.events() if isinstance(e, ev.Refused)]

    def of(self, request: Request) -> RequestState:
        return self.gate.truth.state.requests[request.request_id]

    def released(self, topic: str = "events.released") -> list[Any]:
        return self.broker.outs(topic)


def kept_people(settings: Settings) -> Kept:
    """Where the gate keeps the last good people."""
    state = settings.pipeline.state_dir
    return Kept.of(state, "gate-people", Keyring.load(state))
