"""A small company for the approval tests: people with keys, services, a clock to move, and a machine to talk to."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from maskgate.approvals import commands, machine
from maskgate.approvals.events import Event, Moved, PermitIssued, Refused, RequestOpened
from maskgate.approvals.messages import actions, items, manifest, masking, permits, votes
from maskgate.approvals.model import InputRef, ItemState, PolicyVersion, Request, Requester, RequestState
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.approvals.state import State
from maskgate.base.records import FieldUse, Header, Held, PolicyRef, Record, StandIn
from maskgate.crypto import canonical, signing
from maskgate.people.principal import Principal
from maskgate.policy.exports import for_the_gate
from maskgate.policy.model import Exports

ISS = "https://id.example"
ITEM_KEY = hashlib.sha256(b"item key of the tests").digest()
START = 1_800_000_000_000
MINUTE = 60_000

PEOPLE = {
    "anna": ("privacy", "reviewers"),
    "ben": ("security", "reviewers"),
    "chloe": ("reviewers", "privacy", "security"),
    "dan": ("reviewers",),
    "eve": ("reviewers", "leads"),
    "frank": ("leads",),
}

POLICY: dict[str, Any] = {
    "tiers": {
        "auto": {"auto_approve": True},
        "standard": {"quorum": {"all_of": [{"group": "reviewers", "n": 1}]}},
        "double": {"quorum": {"all_of": [{"group": "reviewers", "n": 2}]}},
        "high": {"quorum": {"all_of": [{"group": "privacy"}, {"group": "security"}]}},
    },
    "break_glass": {"group": "leads", "review": {"all_of": [{"group": "reviewers", "n": 1}]}},
    "verbs": {"db.rollback": {"tier": "standard"}, "cache.flush": {"tier": "auto"}},
    "caps": {"open_per_requester": 1000},
}


AGENT_7 = {"iss": ISS, "sub": "agent-7@example.com"}


@cache
def key(name: str) -> signing.FileSigner:
    """The signing key of a person or service."""
    return signing.from_seed(hashlib.sha256(f"key of {name}".encode()).digest())


def account(name: str) -> Principal:
    return Principal(ISS, f"{name}@example.com")


def people_tree(people: Mapping[str, Sequence[str]] = PEOPLE, **more: Any) -> dict[str, Any]:
    """A people file as a tree."""
    groups: dict[str, list[str]] = {}
    for person, names in people.items():
        for group in names:
            groups.setdefault(group, []).append(person)
    return {
        "persons": [
            {
                "id": person,
                "name": f"{person.title()} Example",
                "domain": "example.com",
                "accounts": [{"iss": ISS, "sub": account(person).sub}],
                "keys": [{"public": key(person).public.hex()}],
            }
            for person in people
        ],
        "groups": groups,
        "services": [
            {"name": role, "role": role, "public": key(role).public.hex()}
            for role in ("pipeline", "intake", "gate", "console", "admin")
        ]
        + [{"name": "agent-7", "role": "producer", "public": key("agent-7").public.hex(), "kind": "agent"} | AGENT_7],
    } | more


def verified(name: str = "zoe", kind: str = "human", **more: Any) -> Requester:
    """A requester whom the topic's ACL vouches for."""
    return Requester(ISS, account(name).sub, kind=kind, assurance="acl", **more)  # type: ignore[arg-type]


def stand_ins_in(value: bytes) -> tuple[StandIn, ...]:
    """The tokens of these tests, as the worker that wrote them would sign them."""
    return tuple(StandIn("value", m.start(), m.end(), "EMAIL_ADDRESS") for m in re.finditer(rb"mg1\.[a-z0-9]+", value))


class Office:
    """A machine with a policy, people and a log that can be replayed."""

    def __init__(
        self,
        policy: Mapping[str, Any] | None = None,
        people: Mapping[str, Any] | None = None,
        requests: Any = None,
    ) -> None:
        self.now = START
        self.state = State() if requests is None else State(requests=requests)
        self.log: list[Event] = []
        self.bytes: dict[str, bytes] = {}  # item id → its envelope in the requests topic
        self._offset = itertools.count()
        self._nonce = itertools.count()
        self.give_people(people or people_tree())
        self.give_policy(policy or POLICY)

    # --- the machine --------------------------------------------------------------------------------------------------

    def do(self, command: commands.Command) -> list[Event]:
        """Decide and fold one command now."""
        events = machine.decide(self.state, replace(command, input=self._input()), self.now)
        machine.fold(self.state, events)
        self.log += events
        return events

    def _input(self) -> InputRef:
        return InputRef("test", next(self._offset), self.now)

    def replayed(self) -> State:
        """The state of a fresh machine after the same log."""
        fresh = type(self.state.requests)()
        return machine.fold(State(requests=fresh, relying_party=self.state.relying_party), list(self.log))

    def give_policy(
        self,
        policy: Mapping[str, Any],
        destinations: Mapping[str, str] | None = None,
        exports: Mapping[str, Any] | None = None,
    ) -> list[Event]:
        whole = [json.loads(json.dumps(policy, default=str)), dict(destinations or {}), exports]
        digest = canonical.digest(whole)
        return self.do(
            commands.LoadPolicy(
                ref=PolicyVersion("test", digest[:8], digest),
                approvals=ApprovalPolicy.model_validate(policy),
                destinations=destinations or {"default": "{topic}.released", "partner": "partner.in"},
                exports=for_the_gate(Exports.model_validate(exports)) if exports is not None else None,
            )
        )

    def give_people(self, tree: Mapping[str, Any]) -> list[Event]:
        return self.do(commands.LoadPeople(document=canonical.dumps(dict(tree))))

    # --- requests -----------------------------------------------------------------------------------------------------

    def item(
        self,
        value: bytes = b'{"email":"mg1.abc","n":1}',
        *,
        requester: Requester | None = None,
        destination: str = "default",
        topic: str = "",
        tier: str = "double",
        key_: bytes | None = b"k",
        wants_raw: bool = False,
        signer: signing.FileSigner | None = None,
        seal_to: Any = None,
        macs: Sequence[str] = (),
        original: bytes = b'{"email":"a@example.com","n":1}',
        headers: Sequence[Header] = (),
    ) -> items.OpenedItem:
        """A held record, written and read as the worker and the gate do."""
        offset = next(self._offset)
        record = Record("events", 0, offset, original, key_)
        uses = tuple(FieldUse("/email", "EMAIL_ADDRESS", "tokenize", "email", 1.0, 1, mac) for mac in macs or ("",))
        export = {
            "rule": "r1",
            "destination": destination,
            "topic": topic or {"default": "events.released", "partner": "partner.in"}.get(destination, "?"),
            "verb": "export",
            "purpose": "test",
            "tier": tier,
            "wants_raw": wants_raw,
        }
        raw = items.build_item(
            Held(value, key_, tuple(headers), uses, export, stand_ins_in(value)),
            record,
            requester=requester or verified(),
            policy=PolicyRef("test", "1", "d"),
            detectors="det",
            item_key=ITEM_KEY,
            signer=signer or key("pipeline"),
            seal_to=seal_to,
            now_ms=self.now,
        )
        opened = items.parse_item(raw, {key("pipeline").key_id: key("pipeline").public}, offset)
        self.bytes[opened.item.item_id] = raw
        return opened

    def open(self, *opened: items.OpenedItem, **fields: Any) -> Request:
        """Open a request over these items (or a fresh one) and return it."""
        events = self.try_open(*opened, **fields)
        return next(e.request for e in events if isinstance(e, RequestOpened))

    def try_open(self, *opened: items.OpenedItem, **fields: Any) -> list[Event]:
        held = opened or (self.item(**fields),)
        first = held[0]
        return self.do(
            commands.OpenExport(
                request_id=commands.new_request_id(self.now),
                nonce=self.nonce(),
                requester=first.requester,
                items=tuple(o.item for o in held),
                verb="export",
                destination=first.destination,
                topic=first.topic,
                purpose="test",
                tier=str(first.export["tier"]),
                rule=first.item.rule,
            )
        )

    def ask(self, verb: str = "db.rollback", requester: Requester | None = None, **fields: Any) -> list[Event]:
        """Ask for an action through the intake API."""
        envelope = actions.build_action(
            signer=fields.pop("signer", key("intake")),
            requester=requester or replace(verified("agent-7", "agent"), assurance="intake"),
            verb=verb,
            arguments=fields.pop("arguments", {"to": 3}),
            expected_outcome="all is well again",
            now_ms=fields.pop("now_ms", self.now),
            **fields,
        )
        return self.do(
            commands.OpenAction(request_id=commands.new_request_id(self.now), nonce=self.nonce(), envelope=envelope)
        )

    def asked(self, *args: Any, **fields: Any) -> Request:
        return next(e.request for e in self.ask(*args, **fields) if isinstance(e, RequestOpened))

    def nonce(self) -> str:
        return hashlib.sha256(f"nonce {next(self._nonce)}".encode()).hexdigest()[:32]

    # --- people -------------------------------------------------------------------------------------------------------

    def ballot(self, request: Request, person: str, decision: str = "approve", **fields: Any) -> bytes:
        """A signed vote."""
        signer = fields.pop("signer", key(person))
        payload: dict[str, Any] = {
            "reviewer": account(person),
            "person_id": person,
            "seen_digest": request.seen_digest,
            "now_ms": self.now,
            "reason": "because",
            "nonce": self.nonce(),
        } | fields
        return votes.build_vote(request, decision, signer=signer, **payload)

    def vote(self, request: Request, person: str, decision: str = "approve", **fields: Any) -> list[Event]:
        return self.do(commands.CastVote(envelope=self.ballot(request, person, decision, **fields)))

    def acted(self, request: Request, person: str, verb: str, **fields: Any) -> bytes:
        """A signed act."""
        signer = fields.pop("signer", key(person))
        payload: dict[str, Any] = {
            "reviewer": account(person),
            "person_id": person,
            "now_ms": self.now,
            "reason": "because",
            "nonce": self.nonce(),
        } | fields
        if verb == "retract":
            return votes.build_retraction(request, signer=signer, **payload)
        return votes.build_act(request, verb, signer=signer, **payload)  # type: ignore[arg-type]

    def act(self, request: Request, person: str, verb: str, **fields: Any) -> list[Event]:
        return self.do(commands.CastVote(envelope=self.acted(request, person, verb, **fields)))

    # --- the gate -----------------------------------------------------------------------------------------------------

    def release(self, request: Request, **fields: Any) -> list[Event]:
        """Read the bytes again and release, as the gate does."""
        return self.do(commands.Release(request_id=request.request_id, recomputed=self.recomputed(request, **fields)))

    def recomputed(
        self, request: Request, bytes_: Mapping[str, bytes] | None = None
    ) -> tuple[commands.Recomputed, ...]:
        agreed = {i: m.pointers for m in self.of(request).masking for i in m.items}
        keys = {key("pipeline").key_id: key("pipeline").public}
        out = []
        for item in request.items:
            opened = items.parse_item((bytes_ or self.bytes)[item.item_id], keys, item.offset)
            value = masking.apply_where(opened.value, agreed[item.item_id]) if item.item_id in agreed else None
            out.append(items.recompute(opened, ITEM_KEY, None, value))
        return tuple(out)

    def masked_result(self, request: Request, pointers: Sequence[str], scope: Sequence[str] = ()) -> str:
        """The result digest that a reviewer signs for extra masking."""
        keys = {key("pipeline").key_id: key("pipeline").public}
        rows = []
        for item in request.items:
            if scope and item.item_id not in scope:
                continue
            opened = items.parse_item(self.bytes[item.item_id], keys, item.offset)
            value = masking.apply_where(opened.value, pointers)
            rows.append((item.item_id, items.recompute(opened, ITEM_KEY, None, value).result))
        return manifest.result_digest(rows)

    def tick(self, read_until: int | None = None, **fields: Any) -> list[Event]:
        return self.do(commands.Tick(read_until=self.now if read_until is None else read_until, **fields))

    def permit(self, events: Sequence[Event]) -> bytes:
        return permits.issue(next(e for e in events if isinstance(e, PermitIssued)), key("gate"))

    def redeem(self, permit: bytes, arguments: str, who: str = "agent-7", proof: bytes | None = None) -> list[Event]:
        shown = permits.prove(permit, arguments, key(who), self.now) if proof is None else proof
        return self.do(commands.Redeem(envelope=actions.build_redeem(permit, arguments, shown, key("intake"))))

    def of(self, request: Request) -> RequestState:
        return self.state.requests[request.request_id]

    def where(self, request: Request) -> ItemState:
        return self.of(request).state


def moves(events: Sequence[Event]) -> list[ItemState]:
    """States that items moved to."""
    return [e.to for e in events if isinstance(e, Moved)]


def refusals(events: Sequence[Event]) -> list[str]:
    """Codes of refusals."""
    return [e.code for e in events if isinstance(e, Refused)]
