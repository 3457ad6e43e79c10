"""Who decides and signs in a run: one reviewer, and the keys of the services."""

from __future__ import annotations

import secrets
import threading
import time
import zlib
from pathlib import Path

from confluent_kafka import Producer

from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState, Request
from maskgate.base.config import Kafka
from maskgate.crypto import sealing, signing
from maskgate.crypto.keyring import Keyring
from maskgate.gate import view as gate_view
from maskgate.kafka import topics
from maskgate.local import brokers
from maskgate.people.principal import Principal

PEOPLE = """\
version: 1
persons:
  - id: ada
    name: Ada Byron
    accounts: [{iss: "https://id.example.org", sub: ada}]
    keys: [{file: reviewer.pub}]
groups:
  reviewers: [ada]
"""
_SERVICES = ("pipeline", "intake", "gate", "console", "admin")


def make_keys(state: Path, reviewer: Path) -> None:
    """Keys of the services and the keyring in a state folder, the reviewer's beside."""
    for name in _SERVICES:
        signing.create_key(state / "keys" / f"{name}.pem")
    signing.create_key(reviewer / "reviewer.pem")
    sealing.create_seal_key(state / "keys" / "gate-seal.pem")
    Keyring.load_or_create(state)


def without_transactions(kafka: Kafka, member: str) -> Kafka:
    """Plain commits, but still a static member: else a restart waits for the group."""
    return kafka.model_copy(update={"embedded": True, "options": {"group.instance.id": member}})


class Voter(threading.Thread):
    """Approves what is pending, by signed votes; of ``deny_of`` it denies one, of ``leave_of`` it leaves one open."""

    def __init__(self, kafka: Kafka, signer: signing.Signer, deny_of: int = 0, leave_of: int = 0) -> None:
        super().__init__(daemon=True)
        self._kafka, self._signer, self._deny_of, self._leave_of = kafka, signer, deny_of, leave_of
        self.left: set[str] = set()
        self.stopping = False
        self.denied: set[str] = set()
        self.decided: set[str] = set()
        self.settled: dict[str, ItemState] = {}

    def run(self) -> None:
        reader = brokers.plain_reader(self._kafka, [topics.STATE])
        conf = {"enable.idempotence": True, "message.timeout.ms": 1_800_000, "log_level": 0}
        producer = Producer(conf | self._kafka.client())
        while not self.stopping:
            for message in reader.consume(500, 0.1):
                if message.error() is None and message.value() and message.key() != gate_view.TICK_KEY:
                    entry = gate_view.decode_view(message.value()).entry
                    self.settled[entry.request.request_id] = entry.rest
                    if entry.rest == ItemState.PENDING and entry.request.request_id not in self.decided:
                        self.decided.add(entry.request.request_id)
                        if self._leaves(entry.request.request_id):
                            self.left.add(entry.request.request_id)
                        else:
                            producer.produce(topics.VOTES, self._vote(entry.request), partition=0)
            producer.poll(0)
        producer.flush(60)
        reader.close()

    def open(self) -> int:
        """How many requests are not settled yet."""
        return sum(1 for state in self.settled.values() if state in (ItemState.PENDING, ItemState.APPROVED))

    def _leaves(self, request_id: str) -> bool:
        return bool(self._leave_of) and zlib.crc32(request_id.encode()) % self._leave_of == 1

    def _vote(self, request: Request) -> bytes:
        deny = bool(self._deny_of) and zlib.crc32(request.request_id.encode()) % self._deny_of == 0
        if deny:
            self.denied.add(request.request_id)
        return votes.build_vote(
            request,
            "deny" if deny else "approve",
            signer=self._signer,
            reviewer=Principal("https://id.example.org", "ada"),
            person_id="ada",
            seen_digest=request.seen_digest,
            now_ms=time.time_ns() // 1_000_000,
            nonce=secrets.token_hex(8),
            reason="chaos",
        )
