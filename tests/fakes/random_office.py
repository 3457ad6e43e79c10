"""Random life of the approval stage: commands drawn at random, and what must hold after each of them.

Shared by the Hypothesis test, the test of 20,000 commands, and ``benchmarks/approvals_machine``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fakes import plain_policy
from fakes.fake_office import ISS, ITEM_KEY, MINUTE, POLICY, Office, account, key, people_tree, verified
from maskgate.approvals import commands, machine
from maskgate.approvals.decisions.quorum import is_excluded
from maskgate.approvals.events import (
    Event,
    GlassBroken,
    Moved,
    PermitIssued,
    PermitRedeemed,
    Refused,
    VoteAccepted,
    VoteRetracted,
)
from maskgate.approvals.messages import items, votes
from maskgate.approvals.model import TERMINAL, TRANSITIONS, ItemState, Request, RequestState
from maskgate.base.errors import RecordError
from maskgate.crypto import signing
from maskgate.people import changes as people_changes
from maskgate.people import grants
from maskgate.people.principal import Principal
from maskgate.policy import published
from maskgate.policy.published import Admins, Succession

PERSONS = ("anna", "ben", "chloe", "dan", "eve", "frank")
TIERS = ("auto", "standard", "double", "high")
LIVES = {
    "tiers": {
        "auto": {"auto_approve": True, "expires": "2h", "release_ttl": "30m"},
        "standard": {"quorum": {"all_of": [{"group": "reviewers", "n": 1}]}, "expires": "2h", "release_ttl": "30m"},
        "double": {
            "quorum": {"all_of": [{"group": "reviewers", "n": 2}], "deny_n": 2},
            "expires": "2h",
            "release_ttl": "30m",
            "sample": 0.2,
        },
        "high": {"quorum": {"all_of": [{"group": "privacy"}, {"group": "security"}]}, "expires": "2h"},
    },
    "budgets": [{"per": "requester", "window": "1h", "records": 20, "tier": "high"}],
}

WEIGHTS = {
    "open": 14,
    "action": 5,
    "vote": 34,
    "replay": 6,
    "release": 16,
    "act": 8,
    "glass": 3,
    "tick": 5,
    "redeem": 4,
    "policy": 1.5,
    "people": 1.5,
    "deleted": 0.3,
    "stale": 2,
    "bulk": 3,
    "lend": 0.5,
    "retract": 6,
}


class Broken(AssertionError):
    """Something happened that must never happen."""


class RandomOffice(Office):
    """An office that checks every event against a plain reading of the rules."""

    def __init__(self, seed: int = 0, requests: Any = None) -> None:
        self.rng = random.Random(seed)
        self.requests: list[Request] = []
        self.ballots: list[bytes] = []
        self.permits: list[tuple[bytes, str]] = []
        self.redeemed: set[str] = set()
        self.released: set[tuple[str, str]] = set()
        self.gone: set[str] = set()
        self.commands = 0
        tree = people_tree()
        tree["persons"][3]["owns"] = [{"iss": ISS, "sub": account("bot").sub}]
        tree["services"] += [{"name": "admin2", "role": "admin", "public": key("admin2").public.hex()}]
        self.policies = Succession(lambda: Admins.of(self.state.people))
        self.tree = tree
        super().__init__(policy=POLICY | LIVES, people=tree, requests=requests)

    # --- one step -----------------------------------------------------------------------------------------------------

    def do(self, command: commands.Command) -> list[Event]:
        before = {r.request_id: self.state.requests[r.request_id] for r in self.requests[-12:]}
        position = self.state.position
        stamped = replace(command, input=self._input())
        events = machine.decide(self.state, stamped, self.now)
        again = self.commands % 20 == 0
        if self.state.position != position or (again and machine.decide(self.state, stamped, self.now) != events):
            raise Broken("deciding changed something")
        for event in events:
            self._before(event)
            machine.fold(self.state, event)
            self._after(event)
        for request_id, old in before.items():
            self._compare(old, self.state.requests[request_id])
        self.log += events
        self.commands += 1
        return events

    def step(self) -> None:
        """One random command."""
        self.now += self.rng.choice((0, 0, 0, 1000, MINUTE))
        act = self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        getattr(self, f"_do_{act}")()

    def _do_open(self) -> None:
        requester = self.rng.choice(
            (
                verified(),
                verified("bot", "agent"),
                verified("anna"),
                replace(verified(), assurance="unverified", declared=(account("ben"),)),
            )
        )
        held = [
            self.item(b'{"email":"x","n":%d}' % self.rng.randrange(9), requester=requester, tier=self.rng.choice(TIERS))
        ]
        tier = str(held[0].export["tier"])
        held += [self.item(requester=requester, tier=tier) for _ in range(self.rng.choice((0, 0, 1, 2)))]
        self._keep(self.try_open(*held))

    def _do_action(self) -> None:
        verb = self.rng.choice(("db.rollback", "cache.flush", "unmask"))
        self._keep(self.ask(verb, arguments={"to": self.rng.randrange(5)}))

    def _do_vote(self) -> None:
        request = self._pick()
        if request is None:
            return
        person = self.rng.choice(PERSONS)
        decision = self.rng.choices(("approve", "deny", "abstain"), (8, 1, 1))[0]
        fields = {}
        if request.kind == "export" and len(request.items) > 1 and self.rng.random() < 0.3:
            fields["scope"] = [self.rng.choice(request.items).item_id]
        if request.kind == "export" and decision == "approve" and self.rng.random() < 0.1:
            fields["masking"] = ["/email"]
            fields["result"] = self.masked_result(request, ["/email"], fields.get("scope", ()))
        ballot = self.ballot(request, person, decision, **fields)
        self.ballots.append(ballot)
        if self.rng.random() < 0.05:
            return  # signed and held back: a replay sends it later
        self.do(commands.CastVote(envelope=ballot))
        if self.rng.random() < 0.4:
            self._do_release(request)

    def _do_replay(self) -> None:
        if self.ballots:
            self.do(commands.CastVote(envelope=self.rng.choice(self.ballots)))

    def _do_release(self, request: Request | None = None) -> None:
        request = request or self._pick()
        if request is None:
            return
        if self.rng.random() < 0.05:
            self.now += 31 * MINUTE
        events = self.release(request)
        self._keep(events)
        if any(isinstance(e, PermitIssued) for e in events):
            self.permits.append((self.permit(events), request.action.arguments))

    def _do_act(self) -> None:
        request = self._pick()
        if request is not None:
            verb = self.rng.choice(("revoke", "recall", "withdraw", "ratify", "condemn"))
            self.act(request, self.rng.choice(PERSONS), verb)

    def _do_retract(self) -> None:
        request = self._pick()
        if request is None:
            return
        voted = [v.person_id for v in self.of(request).votes]
        person = self.rng.choice(voted) if voted and self.rng.random() < 0.8 else self.rng.choice(PERSONS)
        scope = [self.rng.choice(request.items).item_id] if request.items and self.rng.random() < 0.3 else []
        envelope = self.acted(request, person, "retract", scope=scope)
        self.ballots.append(envelope)
        kept = self.ballot(request, person)
        events = self.do(commands.CastVote(envelope=envelope))
        if any(isinstance(e, Moved) for e in events):
            raise Broken("a retraction moved something")
        if self.rng.random() < 0.3:  # somebody had kept an approval back until now
            self.do(commands.CastVote(envelope=kept))

    def _do_glass(self) -> None:
        request = self._pick()
        if request is not None:
            self.act(request, self.rng.choice(("eve", "frank", "dan")), "break_glass")

    def _do_tick(self) -> None:
        self.now += self.rng.choice((MINUTE, MINUTE, MINUTE, 20 * MINUTE, 150 * MINUTE))
        self.tick(self.now - self.rng.choice((0, MINUTE)))

    def _do_redeem(self) -> None:
        if self.permits:
            permit, arguments = self.rng.choice(self.permits[-5:])
            self.redeem(permit, arguments if self.rng.random() < 0.8 else '{"to":99}')

    def _do_policy(self) -> None:
        """The policy with random edits, or as it was, published by one administrator or two."""
        policy = POLICY | LIVES
        tiers = dict(LIVES["tiers"])
        three = {"all_of": [{"group": "reviewers", "n": 3}]}
        tiers["standard"] = tiers["standard"] | {"quorum": three}
        edits: tuple[dict[str, Any], ...] = (
            {},
            {"tiers": tiers},
            {"default_tier": "standard"},
            {"risk": [{"id": "mail", "when": {"entities": ["EMAIL_ADDRESS"]}, "tier": "high"}]},
            {"budgets": [{"per": "destination", "window": "2h", "records": 9, "tier": "high"}]},
            {"freeze": [{"id": "f", "start": "2020-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"}]},
            {"enrolment_cooling": "0s"},
        )
        for edit in self.rng.sample(edits, self.rng.choice((1, 1, 2))):
            policy = policy | edit
        self._publish(policy, self.rng.choice((("admin",), ("admin2",), ("admin", "admin2"))))

    def _publish(self, policy: dict[str, Any], signers: tuple[str, ...]) -> None:
        text = json.dumps({"id": "test", "approvals": policy}).encode()
        raw = published.envelope(text, "test", [key(name) for name in signers], self.policies.newest + 2)
        try:
            self.policies.take(raw)
        except RecordError as error:
            if error.code != "second_signature" or len(signers) > 1:
                raise
            return
        was = self.state.policy
        self.give_policy(policy)
        loosened = (plain_policy.asks_for_less(was, self.state.policy, *self._asked(r)) for r in self.requests[-12:])
        if len(signers) == 1 and any(loosened):
            raise Broken("one administrator alone loosened the policy")

    def _asked(self, request: Request) -> tuple[Any, ...]:
        return self.requests, self.state.requests, request, self.now

    def _do_people(self) -> None:
        person = self.rng.choice(PERSONS)
        change, body = self.rng.choice(
            (
                ("group", {"group": "reviewers", "members": self.rng.sample(PERSONS, 4)}),
                ("revoke_key", {"key_id": key(person).key_id}),
                ("retire_key", {"key_id": key(person).key_id}),
                ("revoke_person", {"person": person}),
            )
        )
        if change != "group" and self.rng.random() < 0.7:
            return
        signers = [key("admin")] if self.rng.random() < 0.2 else [key("admin"), key("admin2")]
        events = self.do(
            commands.ChangePeople(envelope=people_changes.build_change(change, body, signers=signers, now_ms=self.now))
        )
        if len(signers) == 1 and not change.startswith("revoke") and not isinstance(events[0], Refused):
            raise Broken("one administrator alone changed the people")

    def _do_deleted(self) -> None:

        offset = next(self._offset)
        raw = items.build_source_deleted("events", 0, offset, b"k", item_key=ITEM_KEY, signer=key("pipeline"))
        self.do(commands.SourceDeleted(envelope=raw))

    def _do_bulk(self) -> None:
        """One signature over votes on several requests, sometimes the same one twice or of several tiers."""
        person = self.rng.choice(PERSONS)
        picked = [r for r in (self._pick(), self._pick(), self._pick()) if r is not None]
        decision = self.rng.choice(("approve", "approve", "deny"))
        payloads = [signing.parse(self.ballot(r, person, decision)).payload for r in picked]
        if payloads:
            self.do(commands.CastBulk(envelope=votes.build_bulk(payloads, signer=key(person))))

    def _do_lend(self) -> None:
        giver, taker = self.rng.sample(PERSONS, 2)
        body = {
            "giver": giver,
            "taker": taker,
            "groups": ["reviewers", "privacy"],
            "start": self.now,
            "end": self.now + 60 * MINUTE,
        }
        envelope = people_changes.build_change("delegate", body, signers=[key(giver)], now_ms=self.now)
        self.do(commands.ChangePeople(envelope=envelope))

    def _do_stale(self) -> None:
        """A vote that names another content."""
        request = self._pick()
        if request is not None:
            self.vote(replace(request, digest="0" * 64), self.rng.choice(PERSONS))

    # --- what must hold -----------------------------------------------------------------------------------------------

    def _before(self, event: Event) -> None:
        """Judged on the state that the event meets."""
        if isinstance(event, Moved):
            current = self.state.requests[event.request_id]
            states = current.states()
            for item_id in event.items or states:
                if event.to not in TRANSITIONS.get(states[item_id], frozenset()):
                    raise Broken(f"{states[item_id]} → {event.to}")
                if event.to is ItemState.RELEASED:
                    self._may_leave(current, item_id)
        if isinstance(event, VoteAccepted):
            current = self.state.requests[event.request_id]
            if is_excluded(self.state.people, current.request.exclusions, event.vote.person_id):
                raise Broken("an excluded person voted")
            if any(v.nonce == event.vote.nonce for v in (*current.votes, *current.reviews)):
                raise Broken("a vote counted twice")
            backs = [v for v in current.votes if v.person_id == event.vote.person_id and v.decision == "retract"]
            if event.vote.decision != "deny" and any(event.vote.signed <= back.signed for back in backs):
                raise Broken("a vote that was taken back counted again")
        if isinstance(event, VoteRetracted):
            self._may_be_taken_back(event)
        if isinstance(event, PermitRedeemed):
            if event.permit_id in self.redeemed:
                raise Broken("a permit was spent twice")
            self.redeemed.add(event.permit_id)
            self._may_be_spent(self.state.requests[event.request_id])

    def _may_be_spent(self, current: RequestState) -> None:
        """What is run is judged once more: by the policy in force, and by keys that nobody stole."""
        self._policy_allows(current)
        approvals = [v for v in current.votes if v.decision == "approve"]
        if not current.glass and not all(self.state.people.key_still_counts(v.key_id) for v in approvals):
            raise Broken("a permit was spent on the vote of a key that was revoked")

    def _may_be_taken_back(self, event: VoteRetracted) -> None:
        """Only votes of one's own, on what is pending, and no denial."""
        current = self.state.requests[event.request_id]
        for item_id in event.vote.scope or current.states():
            own = [v for v in current.votes if v.person_id == event.vote.person_id]
            said = [v.decision for v in own if not v.scope or item_id in v.scope]
            if current.states()[item_id] is not ItemState.PENDING:
                raise Broken("a vote was taken back on what is decided")
            if not said or said[-1] == "retract" or "deny" in said:
                raise Broken("a denial, or no vote at all, was taken back")

    def _may_leave(self, current: RequestState, item_id: str) -> None:
        """A plain, slow reading of the quorum rule: try every assignment of persons to seats."""
        request = current.request
        if (request.request_id, item_id) in self.released:
            raise Broken("released twice")
        self.released.add((request.request_id, item_id))
        if self.now >= current.places()[item_id][1]:
            raise Broken("released after its deadline")
        self._policy_allows(current)
        if current.glass:
            if "leads" not in self.state.people.groups_of(current.glass, self.now):
                raise Broken("released by a broken glass of somebody who may not")
            return
        if request.auto:
            if request.requester.assurance == "unverified":
                raise Broken("an unverified request was approved by rule")
            return
        last: dict[str, Any] = {}
        for vote in (v for v in current.votes if not v.scope or item_id in v.scope):
            last[vote.person_id] = vote
            if vote.decision == "retract":
                del last[vote.person_id]
        people, groups = self.state.people, {}
        for person, vote in last.items():
            if people.key_still_counts(vote.key_id) and not is_excluded(people, request.exclusions, person):
                groups[person] = set(people.groups_of(person, self.now))
        self._add_loans(groups, request)
        asked = {slot.group for slot in request.quorum.all_of}
        deniers = [p for p in groups if last[p].decision == "deny" and groups[p] & asked]
        if len(deniers) >= request.quorum.deny_n:
            raise Broken("released against a denial")
        seats = [slot.group for slot in request.quorum.all_of for _ in range(slot.n)]
        approvers = [p for p in groups if last[p].decision == "approve"]
        agreed = next((m.result for m in current.masking if item_id in m.items), "")  # what is about to leave
        same = [p for p in approvers if last[p].result == agreed]
        if self._made_by_one([p for p in same if groups[p] & asked], last, asked):
            raise Broken("released by voters whom one person made")
        if not _seated(seats, same, groups):
            raise Broken("released without a quorum")

    def _policy_allows(self, current: RequestState) -> None:
        """No freeze of the policy in force, and no more asked for than the request had."""
        request, policy = current.request, self.state.policy
        if current.glass:
            return
        if any(f.covers(request.action.verb, request.action.destination, self.now) for f in policy.freeze):
            raise Broken("released in a freeze")
        if plain_policy.asks_for_more(policy, self.requests, self.state.requests, request, self.now):
            raise Broken("released with less than the policy in force asks for")

    def _made_by_one(self, approvers: list[str], last: dict[str, Any], asked: set[str]) -> bool:
        """Whether somebody's signature made all of these voters but that somebody."""
        since = self.now - self.state.policy.cooling_ms
        made = {p: grants.makers(self.state.people, p, last[p].key_id, asked, since) for p in approvers}
        return any(
            all(maker == p or maker in makers for p, makers in made.items()) for m in made.values() for maker in m
        )

    def _add_loans(self, groups: dict[str, set[str]], request: Request) -> None:
        """Votes that were lent: not by who is barred, and by nobody whose own vote is among these."""
        people, used = self.state.people, set(groups)
        for person in groups:
            for loan in people.lent_to(person, self.now):
                if loan.giver not in used and not is_excluded(people, request.exclusions, loan.giver):
                    lent = set(loan.groups) & set(people.groups_of(loan.giver, self.now))
                    if lent - groups[person]:
                        used.add(loan.giver)
                        groups[person] |= lent

    def _after(self, event: Event) -> None:
        if isinstance(event, GlassBroken) and not self.state.requests[event.request_id].review_due:
            raise Broken("a broken glass without a review")

    @staticmethod
    def _compare(old: RequestState, new: RequestState) -> None:
        if old.request is not new.request and old.request != new.request:
            raise Broken("a request changed")
        after = new.states()
        for item_id, state in old.states().items():
            if state in TERMINAL and after[item_id] is not state:
                raise Broken("a terminal state moved")
        if new.votes[: len(old.votes)] != old.votes:
            raise Broken("a vote was lost")

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _keep(self, events: list[Event]) -> None:
        self.requests += [e.request for e in events if e.type == "request_opened"]

    def _pick(self) -> Request | None:
        recent = self.requests[-6:]
        return self.rng.choice(recent) if recent else None

    def refused(self) -> int:
        """How many refusals the log holds."""
        return sum(isinstance(e, Refused) for e in self.log)


def _seated(seats: list[str], persons: list[str], groups: dict[str, set[str]]) -> bool:
    if not seats:
        return True
    return any(seats[0] in groups[p] and _seated(seats[1:], [q for q in persons if q != p], groups) for p in persons)


def run(seed: int, length: int, watch: Callable[[RandomOffice], None] | None = None) -> RandomOffice:
    """A whole random sequence; raises Broken."""
    office = RandomOffice(seed, {})
    while office.commands < length:
        office.step()
    replayed = office.replayed()
    for request in office.requests:
        if replayed.requests[request.request_id] != office.of(request):
            raise Broken("the log gives another state")
    if watch:
        watch(office)
    return office


__all__ = ["Broken", "Principal", "RandomOffice", "run", "votes"]
