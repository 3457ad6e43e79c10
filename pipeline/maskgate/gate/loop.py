"""The gate: one active process that turns requests and votes into decisions, and approved items into releases.

Crash-only. A step reads a batch, decides, reads approved items again, and commits log, state, released records, lineage
and input offsets in one transaction; after any error the process ends and its successor restores from the log.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import orjson

from maskgate.approvals import border
from maskgate.approvals import commands as cmd
from maskgate.approvals import events as ev
from maskgate.approvals.decisions import voting
from maskgate.approvals.messages import actions, items, permits, votes
from maskgate.approvals.messages.receipts import Approval
from maskgate.approvals.model import InputRef, ItemState, PolicyVersion
from maskgate.approvals.snapshot import load_part, parts_of, restore_side, side_to_json
from maskgate.approvals.state import State
from maskgate.base.errors import ConfigurationError, RecordError, WorldError
from maskgate.base.log import say
from maskgate.crypto import webauthn
from maskgate.crypto.merkle import Frontier
from maskgate.gate import beat, heads
from maskgate.gate.audit import Checkpoints
from maskgate.gate.batch import CANNOT_JUDGE, Batch, Truth
from maskgate.gate.flood import Flood
from maskgate.gate.groups import Groups
from maskgate.gate.inputs import refuse_policy, refusing, vote_command
from maskgate.gate.port import INPUTS, Input, Port
from maskgate.gate.release import Keys, Releaser
from maskgate.gate.store import EntryStore, give_back
from maskgate.kafka import topics
from maskgate.policy import CompiledPolicy
from maskgate.policy.exports import for_the_gate

ROLE = "gate"
BATCH = 500
IDLE_WAIT_S = 0.02
_CHECKPOINT_S = 10.0


class Gate:
    """The loop; knows the broker only as a :class:`Port`."""

    def __init__(
        self,
        port: Port,
        keys: Keys,
        store: EntryStore,
        *,
        policy: CompiledPolicy,
        people: bytes | None = None,
        checkpoints: Checkpoints | None = None,
        witnesses: Sequence[str] = (),
        tick_s: float = 1.0,
        snapshot_every: int = 5000,
        group_window_ms: int = 0,
        party: webauthn.RelyingParty | None = None,
        clean: Callable[[str], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.port, self.keys, self.store = port, keys, store
        self._policy, self._people = policy, people
        self._signers: tuple[str, ...] = ()
        self._checkpoints, self._witnesses = checkpoints, witnesses
        self._tick_s, self._snapshot_every = tick_s, snapshot_every
        self._window_ms = group_window_ms
        self._clean = clean
        self._clock = clock
        self._party = party or webauthn.RelyingParty()
        self.truth = Truth(State(requests=store), Frontier())
        self.permits: dict[str, str] = {}
        self.counted: Callable[[Sequence[ev.Event]], None] = lambda events: None
        self.doubt = ""  # why the policy may be older than the log's last: then nothing is released
        self.replayed = 0
        self._reset()

    def _prepare(self) -> None:
        self.truth.state.relying_party = self._party
        self.releaser = Releaser(self.truth, self.port, self.keys)

    def _reset(self) -> None:
        self._prepare()
        self._flood = Flood()
        self._votes: deque[Input] = deque()
        self._vote_barrier: dict[int, int] = {}
        self._groups = Groups(self._window_ms)
        self._now = 0
        self._now_at = self._clock()
        self._next_tick = self._next_beat = 0.0
        self._barrier: tuple[int, int] | None = None
        self._snapshot_at = 0
        self._checkpoint_at = self._clock()
        self._loaded = self._approved = False
        self._requests_read = self._requests_marked = 0

    # ── time ──
    def _see(self, at: int) -> None:
        """Broker time only goes on; between two records it goes on with the process's own clock."""
        if at > self.now():
            self._now, self._now_at = at, self._clock()

    def now(self) -> int:
        """Broker time in milliseconds, as well as it is known."""
        return self._now + int((self._clock() - self._now_at) * 1000)

    # ── restore ──
    def restore(self, port: Port | None = None) -> None:
        """Become what the log says: from the sealed snapshot where there is one, else from the first event.

        Raises:
            WorldError: the log holds less than the last signed checkpoint, or another history.
        """
        self.port = port or self.port
        began = self._clock()
        if self._checkpoints:
            self._checkpoints.learn((*self.port.heads(), *heads.witnessed(self._witnesses)))
            if self.port.end(topics.LOG) == 0:
                self._checkpoints.refuse_to_forget(self.port.past())
        start = self._load_snapshot()
        for record in self.port.log(start):
            if record.value is None:
                continue
            try:
                event = ev.decode(record.value)
            except ValueError:
                raise WorldError(f"the log holds a record at {record.offset} that this version cannot read") from None
            self.truth.take(event, record.value)
            if isinstance(event, ev.PermitIssued):
                self.permits[event.request_id] = self._sign_permit(event)
            if isinstance(event, ev.PermitRedeemed):
                self.permits.pop(event.request_id, None)
            self._see(event.meta.at)
            self.replayed += 1
            if self._checkpoints:
                self._checkpoints.check(self.truth.tree)
        if self._checkpoints:
            self._checkpoints.check_end(self.truth.tree)
        say(
            ROLE,
            "restored",
            events=self.truth.tree.size,
            replayed=self.replayed,
            from_snapshot=start > 0,
            requests=len(self.store),
            seconds=round(self._clock() - began, 3),
        )

    def _sign_permit(self, event: ev.PermitIssued) -> str:
        return permits.issue(event, self.keys.signer).decode()

    def _load_snapshot(self) -> int:
        state = State(requests=self.store)
        side = self.store.restore(partial(load_part, state))
        self.truth = Truth(State(requests=self.store), Frontier())
        self.permits = {}
        self.replayed = 0
        self._reset()
        if side is None:
            return 0
        tree = orjson.loads(side)
        if int(tree["position"]) > self.port.end(topics.LOG):
            self.store.clear()  # a snapshot of another log
            return 0
        try:
            restore_side(state, tree["state"])
            ready = {r: tuple(Approval.read(**place) for place in places) for r, places in tree["ready"].items()}
        except (ValueError, AttributeError, TypeError):
            self.store.clear()  # a snapshot of another version: the log has everything
            return 0
        self.truth = Truth(state, Frontier.from_json(tree["tree"]))
        self._prepare()
        self.truth.ready = ready
        self.permits = dict(tree["permits"])
        self._snapshot_at = self.truth.tree.size
        self._see(int(tree["now"]))
        return int(tree["position"])

    def snapshot(self) -> None:
        """Seal what is known. The log's end is taken first and proven ours by the commit that follows it."""
        position = self.port.end(topics.LOG)
        self._commit_checkpoint()
        side = {
            "position": position,
            "tree": self.truth.tree.to_json(),
            "state": side_to_json(self.truth.state),
            "ready": self.truth.ready,
            "permits": self.permits,
            "now": self.now(),
        }
        self.store.snapshot(orjson.dumps(side), parts_of(self.truth.state))
        self._snapshot_at = self.truth.tree.size
        del side
        give_back()

    def _commit_checkpoint(self) -> None:
        outs = self._checkpoints.outs(self.truth.tree, self.now()) if self._checkpoints else []
        self.port.commit(outs, {})
        if self._checkpoints:
            self._checkpoints.keep()
        self._checkpoint_at = self._clock()

    # ── policy and people ──
    def use_policy(self, policy: CompiledPolicy, signers: tuple[str, ...] = ()) -> None:
        """Put another policy into force with the next step; ``signers``: who published it."""
        self._policy, self._signers, self._loaded = policy, signers, False

    def _load(self, batch: Batch) -> None:
        """Log the policy and the people file where they differ from what is in force."""
        destinations = {alias: d.topic or "{topic}.released" for alias, d in self._policy.exports.destinations.items()}
        load = cmd.LoadPolicy(
            ref=PolicyVersion(self._policy.ref.id, self._policy.ref.version, self._policy.ref.digest),
            approvals=self._policy.approvals,
            destinations=destinations,
            exports=for_the_gate(self._policy.exports),
            signers=self._signers,
        )
        events = batch.run(cmd.LoadPeople(document=self._people), self.now()) if self._people is not None else []
        events += batch.run(load, self.now())
        for event in events:
            if isinstance(event, ev.Refused):
                self._refused_load(event)
        self._loaded = True

    def _refused_load(self, event: ev.Refused) -> None:
        """Without a policy in force there is nothing to go on with; a later refusal leaves the old one in force."""
        if not self.truth.state.policy_ref.digest:
            raise ConfigurationError(f"{event.code}: {event.message}")
        say(ROLE, "refused", code=event.code, message=event.message)

    # ── the step ──
    def step(self, wait_s: float = IDLE_WAIT_S) -> int:
        """Read, decide, commit; returns how many events were logged."""
        batch = Batch(self.truth, self.port.partitions, self._flood)
        committed = self.truth.tree.size
        arrived = self.port.poll(BATCH, 0.0 if self._votes or self._approved else wait_s)
        if not self._now:
            self._see(self.port.tick())
        if not self._loaded and not self.doubt:
            self._load(batch)
        for record in arrived:
            self._see(record.at)
            self._take(batch, record)
        self._open_groups(batch)
        self._count_votes(batch)
        self._pass_time(batch)
        if not self.doubt:
            self.releaser.run(batch, self.now(), committed)
        self._approved = any(isinstance(e, ev.Moved) and e.to is ItemState.APPROVED for e in batch.events)
        batch.tell_of_the_flood(self.now())
        self._retract(batch)
        batch.finish(self.permits)
        if batch.outs or batch.offsets or self._clock() >= self._next_beat:
            self.port.commit([*batch.outs, beat.encode(self._decided())], batch.offsets)
            self._next_beat = self._clock() + beat.EVERY_S
            self.counted(batch.events)
        self._look_after()
        return len(batch.events)

    def _look_after(self) -> None:
        grown = self.truth.tree.size - self._snapshot_at
        if grown >= max(self._snapshot_every, len(self.store) // 40):  # a snapshot costs as much as there are requests
            self.snapshot()
        elif self._checkpoints and self._clock() - self._checkpoint_at > _CHECKPOINT_S:
            if self._checkpoints.is_behind(self.truth.tree):
                self._commit_checkpoint()
            self._checkpoint_at = self._clock()

    def _take(self, batch: Batch, record: Input) -> None:
        if record.topic == topics.VOTES:
            self._votes.append(record)
            return
        ref = InputRef(record.topic, record.offset, record.at)
        if record.value is not None:
            if record.topic == topics.REQUESTS:
                with refusing(batch, "request", ref, record.at):
                    self._take_request(batch, record, ref)
            elif record.topic == topics.PEOPLE:
                with refusing(batch, "ChangePeople", ref, record.at):
                    border.enter(record.value, border.PEOPLE)
                    batch.run(cmd.ChangePeople(envelope=record.value, input=ref), record.at)
            elif record.topic == topics.POLICY:
                with refusing(batch, "LoadPolicy", ref, record.at):  # role.py puts it into force
                    refuse_policy(record.value, self.truth.state.people, self._policy if self._signers else None)
        if record.topic == topics.REQUESTS:
            self._requests_read = record.offset + 1
        else:
            batch.offsets[(record.topic, 0)] = record.offset + 1

    def _decided(self) -> beat.Beat:
        """How far the inputs are decided: up to the first vote or item that still waits."""
        left = {topics.VOTES: [vote.offset for vote in self._votes], topics.REQUESTS: list(self._groups.offsets())}
        return beat.Beat({t: min(left.get(t) or [self.port.reached(t)]) for t in INPUTS}, self.truth.tree.size)

    def _mark_requests(self, batch: Batch) -> None:
        """Commit requests up to the first record that still waits for its window."""
        position = min([self._requests_read, *self._groups.offsets()])
        if position > self._requests_marked:
            batch.offsets[(topics.REQUESTS, 0)] = self._requests_marked = position

    # ── requests ──
    def _take_request(self, batch: Batch, record: Input, ref: InputRef) -> None:
        assert record.value is not None
        kind = border.enter(record.value, border.REQUESTS)
        if kind == items.PAYLOAD_TYPE:
            self._take_item(batch, record)
        elif kind == actions.PAYLOAD_TYPE:
            new = cmd.new_request_id(record.at)
            command = cmd.OpenAction(request_id=new, nonce=secrets.token_hex(16), envelope=record.value, input=ref)
            batch.run(command, record.at)
        elif kind == items.DELETED_TYPE:
            batch.run(cmd.SourceDeleted(envelope=record.value, input=ref), record.at)
        else:
            batch.run(cmd.Redeem(envelope=record.value, input=ref), record.at)

    def _take_item(self, batch: Batch, record: Input) -> None:
        assert record.value is not None
        opened = items.parse_item(record.value, self.truth.state.people.role_keys("pipeline"), record.offset)
        for command in self._groups.take(opened, record.at, self.truth.state.policy.caps):
            batch.run(command, command.input.append_time)

    def _open_groups(self, batch: Batch) -> None:
        for command in self._groups.due(self.now()):
            batch.run(command, command.input.append_time)
        self._mark_requests(batch)

    # ── votes ──
    def _count_votes(self, batch: Batch) -> None:
        """Votes in their order; one for a request that is not known yet waits until `.requests` was read to its end."""
        while self._votes:
            record = self._votes[0]
            if record.value is not None:
                if not self._may_count(record):
                    break
                with refusing(batch, "CastVote", InputRef(record.topic, record.offset, record.at), record.at):
                    border.enter(record.value, border.BALLOTS)
                    self._count(batch, record.value, record)
            self._votes.popleft()
            self._vote_barrier.pop(record.offset, None)
            batch.offsets[(topics.VOTES, 0)] = record.offset + 1

    def _count(self, batch: Batch, raw: bytes, record: Input) -> None:
        ref = InputRef(record.topic, record.offset, record.at)
        if not self._reads_clean(raw):
            message = "the reason holds personal data or a secret; say it without, and sign again"
            batch.refuse("raw_reason", message, "CastVote", ref, record.at, alarm=False)
            return
        batch.run(vote_command(raw, ref), record.at)

    def _reads_clean(self, raw: bytes) -> bool:
        """Whether no reason has to be masked; what no enrolled key signed is refused anyway and costs no search."""
        if self._clean is None or not voting.is_known(self.truth.state.people, self._party, raw):
            return True
        return all(map(self._clean, {v.reason for v in votes.named(raw) if v.reason}))

    def _may_count(self, record: Input) -> bool:
        assert record.value is not None
        try:
            border.enter(record.value, border.BALLOTS)
            wanted = votes.requests_of(record.value)
        except (RecordError, *CANNOT_JUDGE):
            return True
        if all(request_id in self.truth.state.requests for request_id in wanted):
            return True
        if record.offset not in self._vote_barrier:
            self._vote_barrier[record.offset] = self.port.end(topics.REQUESTS)
        barrier = self._vote_barrier[record.offset]
        waiting = any(offset < barrier for offset in self._groups.offsets())
        return self.port.reached(topics.REQUESTS) >= barrier and not waiting

    # ── time passes ──
    def _pass_time(self, batch: Batch) -> None:
        """Expire what is due, after every vote that was appended before that instant has been read."""
        if self._barrier is None and self._clock() >= self._next_tick:
            self._next_tick = self._clock() + self._tick_s
            if self.truth.state.due(self.now(), 1):
                told = self.port.tick()
                self._see(told)
                self._barrier = (told, self.port.end(topics.VOTES))
        if self._barrier is None:
            return
        until, end = self._barrier
        if not self._votes and self.port.reached(topics.VOTES) >= end:
            self._barrier = None
            batch.run(cmd.Tick(read_until=until), until)

    def _retract(self, batch: Batch) -> None:
        for event in list(batch.events):
            if isinstance(event, ev.Moved) and event.to in (ItemState.RECALLED, ItemState.CONDEMNED):
                entry = self.truth.state.requests[event.request_id]
                if entry.request.kind == "export":
                    gone = event.items or tuple(i for i, s in entry.states().items() if s is event.to)
                    batch.retract(entry, gone, self.port.readers)
