"""Random edits of a policy between approval and release, and the same life under the last policy from the start.

Nothing may leave that the last policy, asked afresh when it was asked, would not let out on the same votes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

from fakes.fake_office import MINUTE, Office, key, moves, verified
from maskgate.approvals import commands
from maskgate.approvals.events import RequestOpened, VoteAccepted
from maskgate.approvals.messages import actions
from maskgate.approvals.model import ItemState, Request

PERSONS = ("anna", "ben", "chloe", "dan", "eve")
TIERS = ("auto", "standard", "double", "high")
ALWAYS = {"id": "f", "start": "2020-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"}


def random_policy(rng: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Approvals and exports of a policy."""
    tiers: dict[str, Any] = {"auto": {"auto_approve": True}}
    for n, name in enumerate(TIERS[1:], 1):
        slots = [{"group": "reviewers", "n": rng.choice((1, n, min(3, n + 1)))}]
        slots += [{"group": rng.choice(("privacy", "security"))}] if rng.random() < 0.3 else []
        tiers[name] = {
            "quorum": {"all_of": slots, "deny_n": rng.choice((1, 2))},
            "release_ttl": rng.choice(("5m", "1h", "1h")),
            "expires": rng.choice(("10m", "4h", "4h")),
            "sample": rng.choice((0.0, 0.0, 0.5)),
        }
    approvals = {
        "tiers": tiers,
        "default_tier": rng.choice(TIERS[1:]),
        "risk": [
            {"id": f"k{n}", "tier": rng.choice(TIERS[1:]), "when": when}
            for n, when in enumerate(
                rng.sample(
                    (
                        {"entities": ["EMAIL_ADDRESS"]},
                        {"novel": True},
                        {"min_records": 2},
                        {"verbs": ["db.rollback"]},
                        {"destinations": ["partner"]},
                    ),
                    rng.choice((0, 0, 1, 2)),
                )
            )
        ],
        "budgets": [
            {
                "per": rng.choice(("requester", "destination", "subject")),
                "window": rng.choice(("2h", "4h")),
                "records": rng.choice((1, 2, 4, 8)),
                "tier": rng.choice(TIERS[1:]),
            }
            for _ in range(rng.choice((0, 0, 1, 2)))
        ],
        "verbs": {"db.rollback": {"tier": rng.choice(TIERS)}},
        "freeze": [ALWAYS] if rng.random() < 0.05 else [],
        "caps": {"open_per_requester": 1000},
    }
    rules = [
        {"id": f"r{n}", "tier": rng.choice((*TIERS, "default")), "when": when}
        for n, when in enumerate(
            rng.choice(([{}], [{"min_bytes": 1}, {}], [{"topic": "orders"}, {}], [{}, {"min_bytes": 9}]))
        )
    ]
    targets = {"default": {"tier": rng.choice((None, None, "double"))}, "partner": {"topic": "partner.in"}}
    who = {"iss": verified().iss, "sub": verified().sub, "kind": "human"}
    principals = {} if rng.random() < 0.1 else {"events": who}
    return approvals, {"rules": rules, "destinations": targets, "principals": principals}


def held_by(approvals: dict[str, Any], exports: dict[str, Any], destination: str) -> tuple[str, str]:
    """Rule and tier that a worker gives a record of the topic ``events`` under this policy."""
    for rule in exports["rules"]:
        if rule["when"].get("topic", "events") == "events":
            target = exports["destinations"][destination].get("tier")
            stated = [t for t in (rule["tier"], target) if t and t != "default"]
            tier = max(stated, key=TIERS.index) if stated else approvals["default_tier"]
            return str(rule["id"]), tier
    raise AssertionError("every policy of this test has a rule without a condition")


@dataclass
class Ask:
    """Something that is asked for, the same in both lives."""

    at: int
    verb: str
    destination: str
    bytes_: tuple[bytes, ...]
    subjects: tuple[str, ...]
    nonce: str


@dataclass
class Script:
    """What happened in the first life: asks and votes that were taken, in order."""

    steps: list[tuple[int, str, int, str]] = field(default_factory=list)  # at, "ask" or decision, which ask, person


class Life:
    """One office that is asked, votes, and tries to release."""

    def __init__(self, policy: tuple[dict[str, Any], dict[str, Any]]) -> None:
        self.office = Office()
        self.give(policy)
        self.requests: list[Request | None] = []

    def give(self, policy: tuple[dict[str, Any], dict[str, Any]]) -> None:
        self.policy = policy
        self.office.give_policy(policy[0], exports=policy[1])

    def ask(self, ask: Ask) -> None:
        office, acl = self.office, bool(self.policy[1]["principals"])
        who = verified() if acl else replace(verified(), assurance="unverified", declared=(verified().principal,))
        if ask.verb == "export":
            rule, tier = held_by(*self.policy, ask.destination)
            held = [
                office.item(value, requester=who, destination=ask.destination, macs=ask.subjects)
                for value in ask.bytes_
            ]
            command: commands.Command = commands.OpenExport(
                request_id=commands.new_request_id(office.now),
                nonce=ask.nonce,
                requester=held[0].requester,
                items=tuple(replace(o.item, rule=rule) for o in held),
                verb="export",
                destination=ask.destination,
                topic=held[0].topic,
                purpose="test",
                tier=tier,
                rule=rule,
            )
        else:
            envelope = actions.build_action(
                signer=key("intake"),
                requester=replace(verified("agent-7", "agent"), assurance="intake"),
                verb=ask.verb,
                arguments={"nonce": ask.nonce},
                expected_outcome="well again",
                now_ms=office.now,
            )
            command = commands.OpenAction(
                request_id=commands.new_request_id(office.now), nonce=ask.nonce, envelope=envelope
            )
        events = office.do(command)
        self.requests.append(next((e.request for e in events if isinstance(e, RequestOpened)), None))

    def vote(self, which: int, person: str, decision: str) -> bool:
        request = self.requests[which]
        if request is None:
            return False
        return any(isinstance(e, VoteAccepted) for e in self.office.vote(request, person, decision))

    def release(self, which: int) -> list[Any]:
        request = self.requests[which]
        return self.office.release(request) if request is not None else []


def live(seed: int) -> tuple[int, int, list[str]]:
    """(releases, supersedings, what went wrong) of one random life with edits."""
    rng = random.Random(seed)
    life, script = Life(random_policy(rng)), Script()
    asks: list[Ask] = []
    problems: list[str] = []
    released, superseded = 0, 0
    out: set[int] = set()
    acts = ["ask"] * rng.choice((1, 2, 3)) + ["vote"] * rng.choice((4, 8, 12)) + ["edit", *["release"] * 3] * 2
    if rng.random() < 0.3:
        rng.shuffle(acts)
    for act in acts:
        life.office.now += rng.choice((0, 1000, MINUTE, MINUTE, 4 * MINUTE))
        if act == "ask" or not asks:
            asks.append(_ask(rng, life.office.now))
            life.ask(asks[-1])
            script.steps.append((life.office.now, "ask", len(asks) - 1, ""))
        elif act == "vote":
            which, person = rng.randrange(len(asks)), rng.choice(PERSONS)
            decision = rng.choices(("approve", "deny"), (19, 1))[0]
            if life.vote(which, person, decision):
                script.steps.append((life.office.now, decision, which, person))
        elif act == "edit":
            life.give(random_policy(rng) if rng.random() < 0.2 else _edited(rng, life.policy))
        else:
            which = rng.randrange(len(asks))
            found = moves(life.release(which))
            superseded += ItemState.SUPERSEDED in found
            if ItemState.RELEASED in found and which not in out:
                out.add(which)
                released += 1
                if not afresh(life.policy, asks, script, which, life.office.now):
                    problems.append(f"seed {seed}: released what the policy in force would hold")
    return released, superseded, problems


def afresh(policy: Any, asks: list[Ask], script: Script, which: int, now: int) -> bool:
    """Whether the same asks and votes under this policy from the start would have let it out by now."""
    life = Life(policy)
    for at, what, ask, person in script.steps:
        life.office.now = at
        if what == "ask":
            life.ask(asks[ask])
        else:
            life.vote(ask, person, what)
        if ask == which and ItemState.RELEASED in moves(life.release(which)):
            return True
    life.office.now = now
    return ItemState.RELEASED in moves(life.release(which))


def _ask(rng: random.Random, at: int) -> Ask:
    verb = rng.choice(("export", "export", "db.rollback"))
    values = tuple(b'{"email":"x","n":%d}' % rng.randrange(1 << 30) for _ in range(rng.choice((1, 1, 2))))
    subjects = (f"{rng.randrange(3):032x}",)
    return Ask(at, verb, rng.choice(("default", "partner")), values, subjects, f"{rng.getrandbits(128):032x}")


def _edited(rng: random.Random, policy: tuple[dict[str, Any], dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The policy with one part of another."""
    approvals, exports = random_policy(rng)
    if rng.random() < 0.3:
        part = rng.choice(list(exports))
        return policy[0], policy[1] | {part: exports[part]}
    part = rng.choice(list(approvals))
    return policy[0] | {part: approvals[part]}, policy[1]
