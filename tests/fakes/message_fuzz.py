"""Mutations of every kind of message that the gate reads, signed by keys that it believes, through a whole gate.

The gate may refuse or take a message; it may not stop, change anything for one that it refuses, or write a log that its
successor cannot read.
"""

from __future__ import annotations

import base64
import copy
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fake_office as office
import gate_world
import orjson
from gate_run import World

from maskgate.approvals import events as ev
from maskgate.approvals.messages import actions, items, permits, votes
from maskgate.approvals.model import Requester
from maskgate.approvals.snapshot import parts_of, side_to_json
from maskgate.crypto import signing
from maskgate.kafka import topics
from maskgate.people import changes as people_changes
from maskgate.policy import published

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53 - 1, 2**53, 2**63, 2**64, -(2**63), 10**40, 0.5, -0.0, 1e308, 1e-320,
    "", "0", "zz", "\u202e", "\ud7ff", "é", "a" * 600, "a" * 5000, "0" * 32, "f" * 32, "f" * 64, "F" * 32, "None",
    "maskgate", "export", "2026-13-40", "9999999999999999999", [], [[]], {}, {"a": None}, [None], [{}], [1, "a"],
    {"iss": None, "sub": 1}, [["x", None]], "=" * 8, "AAAA", "//8=", "\x00",
)  # fmt: skip


HEAVY = 20_000
"""A part of this weight is not put into a message over and over: making one took as long as a thousand others."""


@dataclass
class Kind:
    """One kind of message: where it goes, its type, who signs it, and a valid payload."""

    topic: str
    payload_type: str
    signers: tuple[str, ...]
    make: Callable[[Fuzz], dict[str, Any]]


@dataclass
class Report:
    """What became of the mutations."""

    sent: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    compared: int = 0
    stops: list[str] = field(default_factory=list)


class Fuzz:
    """A gate in a folder of its own, and random mutations of what it reads."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.rng = random.Random(seed)
        self.world = World(folder)
        self.requests = [self.world.hold(tier=tier) for tier in ("standard", "double", "high")]
        self.item = gate_world.item(self.world.settings, 999)

    # --- valid messages -----------------------------------------------------------------------------------------------

    def item_tree(self) -> dict[str, Any]:
        tree = orjson.loads(signing.parse(self.item).payload)
        tree["item_id"] = f"{self.rng.getrandbits(128):032x}"
        return dict(tree)

    def ballot(self, act: bool = False, retract: bool = False) -> dict[str, Any]:
        request = self.rng.choice(self.requests)
        assert request is not None
        common: dict[str, Any] = {
            "reviewer": office.account("dan"),
            "person_id": "dan",
            "now_ms": self.world.broker.now,
            "reason": "because",
        }
        if retract:
            raw = votes.build_retraction(request, signer=office.key("dan"), **common)
        elif act:
            raw = votes.build_act(
                request, self.rng.choice(("revoke", "recall", "withdraw")), signer=office.key("dan"), **common
            )
        else:
            decision = self.rng.choice(votes.DECISIONS)
            common["seen_digest"] = request.seen_digest
            raw = votes.build_vote(request, decision, signer=office.key("dan"), **common)
        return dict(orjson.loads(signing.parse(raw).payload))

    def action(self) -> dict[str, Any]:
        raw = actions.build_action(
            signer=office.key("intake"),
            requester=Requester(office.ISS, "bot", kind="agent", assurance="intake"),
            verb=self.rng.choice(("db.rollback", "cache.flush", "unmask")),
            arguments={"to": self.rng.getrandbits(30)},
            expected_outcome="all is well",
            now_ms=self.world.broker.now,
        )
        return dict(orjson.loads(signing.parse(raw).payload))

    def redeem(self) -> dict[str, Any]:
        tree = dict.fromkeys(("permit_id", "request_id", "request_digest", "verb", "resource", "requester"), "x")
        body = tree | {"domain": "permit.v1", "arguments_digest": "0" * 64, "not_after": self.world.broker.now + 1000}
        inner = mutated(self.rng, body) if self.rng.random() < 0.5 else body
        raw = signing.seal(permits.PAYLOAD_TYPE, json_of(inner), [office.key("gate")])
        proof = permits.prove(raw, '{"to":3}', office.key("agent-7"), self.world.broker.now)
        tree = {"permit": base64.b64encode(raw).decode(), "proof": base64.b64encode(proof).decode()}
        return tree | {"domain": "redeem.v1", "arguments": '{"to":3}'}

    def change(self) -> dict[str, Any]:
        name, who = f"p{self.rng.getrandbits(40)}", self.rng.choice(list(office.PEOPLE))
        account = {"iss": office.ISS, "sub": name}
        now = self.world.broker.now
        change, body = self.rng.choice(
            (
                ("enrol", {"id": name, "name": name, "accounts": [account], "groups": ["reviewers"]}),
                ("account", {"person": who, "account": account}),
                ("key", {"person": who, "key": {"webauthn": {"credential_id": "0" * 32, "public": "00" * 8}}}),
                ("retire_key", {"key_id": "ed25519:" + "0" * 32}),
                ("revoke_person", {"person": name}),
                ("group", {"group": "others", "members": [who]}),
                ("owns", {"person": who, "agents": [account]}),
                ("service", {"name": name, "role": "producer", "public": office.key("dan").public.hex()}),
                ("oncall", {"group": "night", "persons": [who], "start": now, "period": 3600}),
                ("away", {"person": who, "start": now, "end": now + 9}),
                ("delegate", {"giver": "dan", "taker": "eve", "groups": ["reviewers"], "start": now, "end": now + 9}),
                ("claims", {"person": who, "groups": ["oidc:a"], "start": now, "end": now + 9}),
            )
        )
        return {"domain": "people.v1", "change": change, "body": body, "iat": now, "nonce": self.nonce()}

    def nonce(self) -> str:
        return f"{self.rng.getrandbits(128):032x}"

    # --- one mutation -------------------------------------------------------------------------------------------------

    def message(self, name: str) -> bytes:
        kind = KINDS[name]
        tree = mutated(self.rng, kind.make(self))
        raw = signing.seal(kind.payload_type, json_of(tree), [office.key(who) for who in kind.signers])
        return broken(self.rng, raw) if self.rng.random() < 0.1 else raw

    def send(self, report: Report) -> None:
        name = self.rng.choice(list(KINDS))
        self.world.broker.append(KINDS[name].topic, self.message(name))
        report.sent += 1
        report.by_kind[name] += 1

    def compare(self, report: Report) -> None:
        """One message alone: where it is refused, nothing but the log has moved."""
        before, at = self.fingerprint(), len(self.world.broker.values(topics.LOG))
        self.send(report)
        self.world.run(1)
        told = [ev.decode(raw) for raw in self.world.broker.values(topics.LOG)[at:] if raw]
        if all(isinstance(e, ev.Refused) for e in told):
            report.compared += 1
            if self.fingerprint() != before:
                raise AssertionError("a refused message changed the state")

    def fingerprint(self) -> bytes:
        state = self.world.gate.truth.state
        side = orjson.dumps(side_to_json(state) | {"position": 0}, option=orjson.OPT_SORT_KEYS)
        return b"".join((side, *(part for _, part in parts_of(state))))


def mutated(rng: random.Random, tree: Any) -> Any:
    """The tree with one to three of its parts replaced, taken away, doubled, or added."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        where = _places(tree)
        if not where:
            return copy.deepcopy(rng.choice(HOSTILE))
        holder, at = rng.choice(where)
        act = rng.randrange(8)
        if act == 0:
            del holder[at]
        elif act == 1 and isinstance(holder, dict):
            holder[rng.choice(("extra", "", "é", str(at) + " "))] = copy.deepcopy(rng.choice(HOSTILE))
        elif act == 2 and isinstance(holder, list):
            times = rng.choice((1, 3, 600))
            heavy = _weight(holder[at]) * times > HEAVY
            holder.extend(copy.deepcopy(holder[at]) for _ in range(1 if heavy else times))
        elif act == 3 and isinstance(holder[at], str) and holder[at]:
            text = holder[at]
            cut = rng.randrange(len(text))
            holder[at] = text[:cut] + rng.choice(("", "\x00", "é", "-", "0", text)) + text[cut + 1 :]
        elif act == 4 and type(holder[at]) is int:
            holder[at] += rng.choice((-1, 1, 10**6, -(10**13), 10**17))
        elif act == 5:
            other = rng.choice(where)[0]
            holder[at] = None if _weight(other) > HEAVY else copy.deepcopy(other)
        else:
            holder[at] = copy.deepcopy(rng.choice(HOSTILE))
    return tree


def _weight(tree: Any) -> int:
    """The characters and parts in a tree, counted no further than needed."""
    weight, todo = 0, [tree]
    while todo and weight <= HEAVY:
        node = todo.pop()
        weight += len(node) + 1 if isinstance(node, (str, dict, list)) else 1
        if isinstance(node, (dict, list)):
            todo += node.values() if isinstance(node, dict) else node
    return weight


def _places(tree: Any) -> list[tuple[Any, Any]]:
    out: list[tuple[Any, Any]] = []
    todo = [tree]
    while todo and len(out) < 500:
        node = todo.pop()
        inside = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        out += [(node, at) for at, _ in inside]
        todo += [value for _, value in inside if isinstance(value, (dict, list))]
    return out


def json_of(tree: Any) -> bytes:
    """JSON with integers of any size."""
    try:
        return orjson.dumps(tree)
    except TypeError:
        return json.dumps(tree).encode()


def broken(rng: random.Random, raw: bytes) -> bytes:
    """The bytes of an envelope with something wrong in them."""
    at = rng.randrange(len(raw))
    return rng.choice((raw[:at], raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1 :], raw + raw, b"", raw[at:]))


KINDS: dict[str, Kind] = {
    "item": Kind(topics.REQUESTS, items.PAYLOAD_TYPE, ("pipeline",), Fuzz.item_tree),
    "deleted": Kind(
        topics.REQUESTS,
        items.DELETED_TYPE,
        ("pipeline",),
        lambda f: {
            "domain": "source_deleted.v1",
            "source": {"topic": "events", "partition": 0, "offset": f.rng.randrange(1 << 40)},
            "key_mac": f.nonce(),
        },
    ),
    "action": Kind(topics.REQUESTS, actions.PAYLOAD_TYPE, ("intake",), Fuzz.action),
    "redeem": Kind(topics.REQUESTS, actions.REDEEM_TYPE, ("intake",), Fuzz.redeem),
    "vote": Kind(topics.VOTES, votes.VOTE_TYPE, ("dan",), Fuzz.ballot),
    "act": Kind(topics.VOTES, votes.ACT_TYPE, ("dan",), lambda f: f.ballot(act=True)),
    "retract": Kind(topics.VOTES, votes.RETRACT_TYPE, ("dan",), lambda f: f.ballot(retract=True)),
    "bulk": Kind(
        topics.VOTES,
        votes.BULK_TYPE,
        ("dan",),
        lambda f: {"domain": "bulk.v1", "votes": [json_of(mutated(f.rng, f.ballot())).decode("utf-8")]},
    ),
    "people": Kind(topics.PEOPLE, people_changes.PAYLOAD_TYPE, ("admin", "dan"), Fuzz.change),
    "policy": Kind(
        topics.POLICY,
        published.PAYLOAD_TYPE,
        ("admin",),
        lambda f: {"domain": "policy.v1", "name": "p.yaml", "number": f.rng.getrandbits(40), "text": "id: shop\n"},
    ),
}
LIFE = 4000
"""Messages until a fresh gate starts: its log grows, and some mutations revoke keys that the others need."""


def run(count: int, seed: int, told: Callable[[Report], None] = lambda report: None) -> Report:
    """So many mutations; ``stops`` lists every gate that ended or could not start again."""
    report = Report()
    while report.sent < count:
        with tempfile.TemporaryDirectory() as folder:
            _one_life(min(LIFE, count - report.sent), seed + report.sent, Path(folder), report)
        told(report)
    return report


def _one_life(count: int, seed: int, folder: Path, report: Report) -> None:
    fuzz = Fuzz(seed, folder)
    end = report.sent + count
    try:
        while report.sent < end:
            for _ in range(min(40, end - report.sent)):
                fuzz.send(report)
            fuzz.world.run(1)
            if report.sent < end:
                fuzz.compare(report)
            fuzz.world.broker.now += 50
        fuzz.world.later(61)
        fuzz.world.run(1)  # what was counted is logged
        fuzz.world.stop()
        fuzz.world.start(fresh_disk=True)  # the successor reads the whole log
        report.restarts += 1
    except Exception as error:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        line = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
        report.stops.append(f"seed {seed}, message {report.sent}: {type(error).__name__} at {line}")
        report.sent = end
    for event in fuzz.world.events():
        if isinstance(event, ev.Refused):
            report.refused[event.code] += event.count
    fuzz.world.stop()
