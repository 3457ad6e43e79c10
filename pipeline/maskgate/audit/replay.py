"""Auditing a log: the tree, then every decision again.

``audit(...)`` needs the log, the gate's public keys and, to show that nothing was cut off or rewritten, older
checkpoints. Every signed input that the log keeps is verified again and decided again on the state as it was; every
move that had no signed input is checked against what the state allowed. A gate that released without a quorum, or a
hand that edited the log, shows.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maskgate.approvals import events as ev
from maskgate.approvals import machine
from maskgate.approvals.commands import CastBulk, CastVote, ChangePeople, Command, OpenAction
from maskgate.approvals.decisions import releasing
from maskgate.approvals.messages import manifest, votes
from maskgate.approvals.model import ItemState, RequestState
from maskgate.approvals.state import State
from maskgate.audit import checkpoint
from maskgate.audit.checkpoint import Checkpoint
from maskgate.base.errors import RecordError
from maskgate.crypto import signing
from maskgate.crypto.merkle import Frontier, leaf_hash
from maskgate.crypto.webauthn import RelyingParty

_LIMIT = 100


@dataclass
class Findings:
    """What an audit found: the tree head it came to, and what is wrong ((entry, text), first hundred)."""

    size: int = 0
    root: str = ""
    problems: list[tuple[int, str]] = field(default_factory=list)
    checkpoints: int = 0
    votes: int = 0
    releases: int = 0
    requests: int = 0
    refused: int = 0
    covered: int = 0
    """How many entries the largest checkpoint covers: nothing proves what no signature covers behind them."""
    confirmed: int = 0

    def add(self, entry: int, text: str) -> None:
        """Note a problem."""
        if len(self.problems) < _LIMIT:
            self.problems.append((entry, text))

    @property
    def good(self) -> bool:
        return not self.problems


def audit(
    log: Iterable[bytes],
    checkpoints: Sequence[Checkpoint] = (),
    *,
    decisions: bool = True,
    party: RelyingParty | None = None,
    people_digest: str = "",
) -> Findings:
    """Everything that can be checked about a log.

    ``checkpoints`` were verified (``checkpoint.verify``); ``people_digest`` is that of the people file the log must
    start from, if it is known.
    """
    found, frontier = Findings(), Frontier()
    heads: dict[int, list[Checkpoint]] = {}
    for head in checkpoints:
        heads.setdefault(head.size, []).append(head)
    found.covered = max(heads, default=0)
    named = _named(checkpoints)
    auditor = Auditor(found, party or RelyingParty(), people_digest) if decisions else None
    _compare(found, frontier, heads.pop(0, []))
    for raw in log:
        leaf = leaf_hash(raw)
        frontier.append(leaf)
        if named.get(frontier.size, leaf.hex()[:16]) != leaf.hex()[:16]:
            found.add(
                frontier.size, "not the entry that a checkpoint names: it was changed, or one before it taken out"
            )
        if auditor is not None and not auditor.entry(frontier.size, raw):
            auditor = None
        _compare(found, frontier, heads.pop(frontier.size, []))
    _cut_off(found, frontier, heads)
    found.size, found.root = frontier.size, frontier.root().hex()
    return found


def _named(checkpoints: Sequence[Checkpoint]) -> dict[int, str]:
    """Beginnings of leaf hashes by entry, as the checkpoints have them."""
    return {head.size - len(head.leaves) + n: leaf for head in checkpoints for n, leaf in enumerate(head.leaves, 1)}


def _compare(found: Findings, frontier: Frontier, heads: Sequence[Checkpoint]) -> None:
    for head in heads:
        found.checkpoints += 1
        if frontier.root().hex() == head.root:
            found.confirmed = frontier.size
        elif not any(found.confirmed < entry <= frontier.size for entry, _ in found.problems):
            where = f"one of entries {found.confirmed + 1}…{frontier.size} was changed, added or taken out"
            found.add(found.confirmed + 1, f"the checkpoint over {head.size} entries has another root: {where}")
        else:
            found.add(frontier.size, f"the checkpoint over {head.size} entries has another root: the log was rewritten")


def _cut_off(found: Findings, frontier: Frontier, heads: Mapping[int, object]) -> None:
    for size in heads:
        found.add(frontier.size, f"a checkpoint is over {size} entries, the log has {frontier.size}: it was cut off")


class Auditor:
    """Decides the log again, entry by entry."""

    def __init__(self, found: Findings, party: RelyingParty, people_digest: str = "") -> None:
        self.found = found
        self.state = State(relying_party=party)
        self._people_digest = people_digest
        self._expected: list[ev.Event] = []

    def entry(self, number: int, raw: bytes) -> bool:
        """Check and apply one entry; false where the rest cannot be judged any more."""
        try:
            event = ev.decode(raw)
        except (ValueError, RecursionError):
            self.found.add(number, "not an event; what comes after it is not judged")
            return False
        if ev.encode(event) != raw:
            self.found.add(number, "not written as the gate writes it")
        try:
            problem = self._in_force(event) or self._check(event)
            if problem:
                self.found.add(number, problem)
            machine.fold(self.state, event)
        except Exception as error:  # whatever a hand put there must not hide behind a traceback, nor print what it says
            text = str(error) if isinstance(error, RecordError) else type(error).__name__
            self.found.add(number, f"contradicts the log before it ({text}); what comes after it is not judged")
            return False
        return True

    def _in_force(self, event: ev.Event) -> str:
        """People and policy that the entry names are those of its place."""
        meta, state = event.meta, self.state
        if (meta.people_version, meta.policy_digest) != (state.people.version, state.policy_ref.digest):
            return "names other people or another policy than those in force at its place"
        return ""

    def _check(self, event: ev.Event) -> str:
        if self._expected and event == self._expected[0]:
            self._expected.pop(0)
            self._count(event)
            return ""
        self._expected = []
        self._count(event)
        match event:
            case ev.PeopleLoaded():
                return self._people(event)
            case ev.PeopleChanged():
                return self._again(ChangePeople(envelope=base64.b64decode(event.envelope)), event)
            case ev.RequestOpened():
                return self._opened(event)
            case ev.VoteAccepted() | ev.VoteRetracted():
                return self._again(_cast(event.envelope), event)
            case ev.GlassBroken():
                return self._again(_cast(event.envelope), event)
            case ev.Moved():
                return self._again(_cast(event.envelope), event) if event.envelope else self._moved(event)
        return ""

    def _count(self, event: ev.Event) -> None:
        found = self.found
        found.requests += isinstance(event, ev.RequestOpened)
        found.votes += isinstance(event, ev.VoteAccepted)
        found.refused += isinstance(event, ev.Refused)
        found.releases += isinstance(event, ev.Moved) and event.to is ItemState.RELEASED

    def _people(self, event: ev.PeopleLoaded) -> str:
        if self._people_digest and not self.state.people.version and event.digest != self._people_digest:
            return "the log starts from another people file"
        return ""

    def _again(self, command: Command, event: ev.Event) -> str:
        """Decide the signed input again; what it gives must be what was logged."""
        meta = event.meta
        outcome = machine.decide(self.state, replace(command, input=meta.input), meta.at)
        if event not in outcome:
            codes = ", ".join(e.code for e in outcome if isinstance(e, ev.Refused))
            return f"the signed input does not give this event ({codes or 'it gives another one'})"
        self._expected = outcome[outcome.index(event) + 1 :]
        return ""

    def _opened(self, event: ev.RequestOpened) -> str:
        request = event.request
        if manifest.request_digest(request) != request.digest:
            return "the request's digest is not that of its content"
        if event.envelope:
            envelope = base64.b64decode(event.envelope)
            again = machine.decide(
                self.state,
                OpenAction(
                    input=event.meta.input, request_id=request.request_id, nonce=request.nonce, envelope=envelope
                ),
                event.meta.at,
            )
            opened = [e for e in again if isinstance(e, ev.RequestOpened)]
            if not opened or opened[0] != event:
                return "the signed request does not give this request"
        elif request.kind == "action" and not request.supersedes:
            return "an action that nobody signed"
        elif request.kind == "export" and manifest.root(request.items, request.action.topic) != request.manifest_root:
            return "the manifest root is not that of the items"
        return ""

    def _moved(self, event: ev.Moved) -> str:
        current = self.state.requests.get(event.request_id)
        if current is None:
            return "an unknown request moves"
        at, request = event.meta.at, current.request
        if event.to is ItemState.RELEASED:
            return self._released(event, current)
        if event.to is ItemState.APPROVED and not request.auto and event.rule != "break_glass":
            return "approved without a vote"
        if event.to is ItemState.EXPIRED and at < request.expires_at:
            return "expired before its time"
        if event.to is ItemState.LAPSED and any(
            at < current.places()[i][1] for i in event.items or current.in_state(ItemState.APPROVED)
        ):
            return "lapsed before its time"
        if event.to is ItemState.DENIED:
            return "denied without a vote"
        return ""

    def _released(self, event: ev.Moved, current: RequestState) -> str:
        items = event.items or current.in_state(ItemState.APPROVED)
        if not items or any(current.states()[i] is not ItemState.APPROVED for i in items):
            return "released without an approval"
        why = releasing.no_longer(self.state, current, items, event.meta.at)
        if why:
            return f"released although {why}"
        if any(event.meta.at >= current.places()[i][1] for i in items):
            return "released after its deadline"
        return ""


def _cast(text: str) -> Command:
    raw = base64.b64decode(text)
    if signing.parse(raw).payload_type == votes.BULK_TYPE:
        return CastBulk(envelope=raw)
    return CastVote(envelope=raw)


def checkpoints_of(lines: Iterable[tuple[str, bytes]], keys: Mapping[str, bytes]) -> tuple[list[Checkpoint], list[str]]:
    """The checkpoints among (place, envelope) that one of these keys signed, and what is wrong with the others."""
    good, bad = [], []
    for place, line in lines:
        try:
            good.append(checkpoint.verify(line, keys))
        except RecordError as error:
            bad.append(f"{place}: not a checkpoint that the gate signed ({error.code})")
    return good, bad
