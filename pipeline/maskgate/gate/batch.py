"""One step of the gate: commands in, events folded, and everything that one transaction has to write with them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from maskgate.approvals import events as ev
from maskgate.approvals import machine
from maskgate.approvals.commands import Command
from maskgate.approvals.decisions.refusals import No, refused
from maskgate.approvals.messages import receipts
from maskgate.approvals.messages.items import OpenedItem
from maskgate.approvals.messages.receipts import Approval
from maskgate.approvals.model import InputRef, ItemState, Meta, RequestState
from maskgate.base.log import describe, say
from maskgate.base.records import FieldUse, PolicyRef
from maskgate.crypto.merkle import Frontier, leaf_hash
from maskgate.gate.flood import Flood
from maskgate.gate.view import View, encode_view, sealed_permit
from maskgate.kafka import topics
from maskgate.kafka.session import Out
from maskgate.lineage import event as lineage
from maskgate.lineage.wire import codec

_LINEAGE: dict[ItemState, lineage.Kind] = {
    ItemState.APPROVED: "approved",
    ItemState.RELEASED: "released",
    ItemState.DENIED: "denied",
    ItemState.EXPIRED: "expired",
    ItemState.WITHDRAWN: "withdrawn",
    ItemState.REVOKED: "revoked",
    ItemState.LAPSED: "lapsed",
    ItemState.SUPERSEDED: "superseded",
    ItemState.RECALLED: "recalled",
    ItemState.RATIFIED: "ratified",
    ItemState.CONDEMNED: "condemned",
}
KEY_HEADER = "maskgate.key"
REQUEST_HEADER = "maskgate.request"
_OURS = {KEY_HEADER, REQUEST_HEADER, receipts.HEADER, "maskgate.export", "maskgate.signed"}
CANNOT_JUDGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a message's own bytes can raise, and will raise again; errors of disk, memory and broker are none of these."""


@dataclass(slots=True)
class Truth:
    """What the log says up to now: the state, the audit tree, and which approved requests wait for their release."""

    state: Any
    tree: Frontier
    ready: dict[str, tuple[Approval, ...]] = field(default_factory=dict)
    """Request id → where the log approved what of it, oldest first."""

    def take(self, event: ev.Event, raw: bytes) -> None:
        """Fold one event that is (or is about to be) in the log."""
        peaks = tuple(self.tree.peaks)
        self.tree.append(leaf_hash(raw))
        if isinstance(event, ev.Moved) and event.to is ItemState.APPROVED:
            place = Approval.of_last(self.tree, peaks, event.items)
            self.ready[event.request_id] = (*self.ready.get(event.request_id, ()), place)
        machine.fold(self.state, event)
        request_id = getattr(event, "request_id", "")
        if not request_id or isinstance(event, ev.Refused):
            return
        entry = self.state.requests.get(request_id)
        if entry is None or ItemState.APPROVED not in entry.states().values():
            self.ready.pop(request_id, None)


class Batch:
    """Collects what one transaction writes."""

    def __init__(self, truth: Truth, partitions: Callable[[str], int], flood: Flood | None = None) -> None:
        self._flood = flood or Flood()
        self._truth = truth
        self._partitions = partitions
        self.outs: list[Out] = []
        self.events: list[ev.Event] = []
        self.offsets: dict[tuple[str, int], int] = {}
        self._touched: dict[str, int] = {}
        self._permits: dict[str, str] = {}
        self._readers: dict[str, tuple[str, ...]] = {}

    def run(self, command: Command, now: int, mute: str = "", because: str = "") -> list[ev.Event]:
        """Decide, fold and note the events of one command.

        A refusal whose code is ``mute`` was logged before and is not logged again; ``because`` says more of why.
        """
        events = self._decided(command, now, because)
        for event, raw in events:
            if not isinstance(event, ev.Refused) or (event.code != mute and self._flood.lets(event)):
                self.note(event, raw)
        return [event for event, _ in events]

    def _decided(self, command: Command, now: int, because: str) -> list[tuple[ev.Event, bytes]]:
        """What the machine says, with its bytes; an input that it cannot judge is refused before anything is folded.

        One record must not stop the gate, and no event may reach the log that would stop its successor there.
        """
        state = self._truth.state
        try:
            events = [_explained(e, because) for e in machine.decide(state, command, now)]
            for event in events:
                machine.refuse_unsound(event)
            return [(event, ev.encode(event)) for event in events]
        except CANNOT_JUDGE as error:
            if not command.input.topic:
                raise
            say("gate", "cannot_judge", topic=command.input.topic, offset=command.input.offset, **describe(error))
            no = No("malformed_input", "the input cannot be judged; nothing was decided")
            event = replace(refused(state, command, now, no), alarm=True)
            return [(event, ev.encode(event))]

    def refuse(self, code: str, message: str, command: str, at: InputRef, now: int, *, alarm: bool) -> None:
        """Log an input that never became a command."""
        state = self._truth.state
        meta = Meta(now, at, state.people.version, state.policy_ref.digest)
        event = ev.Refused(meta=meta, code=code, message=message, command=command, alarm=alarm)
        if self._flood.lets(event):
            self.note(event, ev.encode(event))

    def tell_of_the_flood(self, now: int) -> None:
        """Log how many refusals were not logged one by one."""
        for event in self._flood.told(now):
            self.note(event, ev.encode(event))

    def note(self, event: ev.Event, raw: bytes) -> None:
        """Fold an event and write it."""
        self.events.append(event)
        request_id = getattr(event, "request_id", "")
        self.outs.append(Out(topics.LOG, raw, key=request_id.encode() or None, partition=0))
        self._truth.take(event, raw)
        if request_id and not isinstance(event, ev.Refused) and request_id in self._truth.state.requests:
            self._touched[request_id] = event.meta.at
            self._lineage(event, self._truth.state.requests[request_id])

    # ── lineage ──
    def _lineage(self, event: ev.Event, entry: RequestState) -> None:
        if not isinstance(event, ev.Moved) or (event.to is ItemState.RELEASED and entry.request.kind == "export"):
            return  # a released export has its row written with its bytes
        for item_id in self._moved(event, entry):
            self.row(event, entry, item_id)

    @staticmethod
    def _moved(event: ev.Moved, entry: RequestState) -> Iterable[str]:
        return event.items or entry.in_state(event.to)

    def row(
        self,
        event: ev.Moved,
        entry: RequestState,
        item_id: str,
        opened: OpenedItem | None = None,
        dest: int = -1,
        size: int = 0,
    ) -> None:
        """The lineage row of one item's move."""
        request = entry.request
        item = next((i for i in request.items if i.item_id == item_id), None)
        uses = (
            [FieldUse(f["path"], f["entity"], f["operator"], "", f["score"], f["count"]) for f in opened.fields]
            if opened
            else []
        )
        out = lineage.gate_event(
            _LINEAGE[event.to],
            request_id=request.request_id,
            item_id=item_id,
            time_ms=event.meta.at,
            source=(item.source.topic, item.source.partition, item.source.offset) if item else ("", -1, -1),
            dest=(request.action.topic, dest) if request.kind == "export" else ("", -1),
            actor=", ".join(event.by) or str(request.requester.principal),
            assurance="signed" if event.by else "system",
            action=request.action.verb,
            purpose=request.action.purpose,
            reason=event.reason or event.rule,
            policy=PolicyRef(request.policy.id, request.policy.version, request.policy.digest),
            bytes_in=item.size if item else 0,
            bytes_out=size,
            fields=uses,
        )
        self.outs.append(Out(topics.LINEAGE, codec.encode(out), key=request.request_id.encode()))

    # ── destinations ──
    def place(self, request_id: str, topic: str) -> int:
        """The partition of all items of a request: their order is promised."""
        count = self._partitions(topic)
        return zlib.crc32(request_id.encode()) % count if count else -1

    def publish(
        self, event: ev.Moved, entry: RequestState, opened: OpenedItem, value: bytes, receipt: Callable[[Out], bytes]
    ) -> None:
        """The released record with its receipt, and its lineage row."""
        request = entry.request
        item_id = opened.item.item_id
        headers = [h for h in opened.headers if h[0] not in _OURS]
        headers += [(KEY_HEADER, opened.key), (REQUEST_HEADER, request.request_id.encode())]
        place = self.place(request.request_id, event.topic)
        out = Out(event.topic, value, release_key(request.request_id, item_id), tuple(headers), partition=place)
        self.outs.append(out._replace(headers=(*headers, (receipts.HEADER, receipt(out)))))
        self.row(event, entry, item_id, opened, place, len(value))

    def retract(
        self, entry: RequestState, item_ids: Iterable[str], readers: Callable[[str, int, int], list[str]]
    ) -> None:
        """Tombstones of released items, and who had read them."""
        request = entry.request
        place = self.place(request.request_id, request.action.topic)
        if place < 0:
            return
        for item_id in item_ids:
            key = release_key(request.request_id, item_id)
            headers = (("maskgate.recall", request.request_id.encode()),)
            self.outs.append(Out(request.action.topic, None, key, headers, partition=place))
        since = max((v.at for v in entry.votes), default=request.created)
        known = readers(request.action.topic, place, since)
        self._readers[request.request_id] = tuple(known)

    def permit(self, request_id: str, signed: bytes) -> None:
        """The signed permit goes with the view of its request, sealed to the intake API."""
        self._permits[request_id] = signed.decode()

    # ── the view ──
    def finish(self, permits: dict[str, str]) -> None:
        """Add the views of every request that changed."""
        permits.update(self._permits)
        intakes = self._truth.state.people.role_keys("intake")
        for request_id, at in self._touched.items():
            entry = self._truth.state.requests[request_id]
            if entry.redeemed or entry.state is not ItemState.RELEASED:
                permits.pop(request_id, None)
            sealed = sealed_permit(permits.get(request_id, ""), request_id, intakes)
            view = View(entry, at, self._truth.tree.size, sealed, self._readers.get(request_id, ()))
            self.outs.append(Out(topics.STATE, encode_view(view), key=request_id.encode(), partition=0))


def _explained(event: ev.Event, because: str) -> ev.Event:
    if because and isinstance(event, ev.Refused):
        return replace(event, message=f"{event.message}: {because}")
    return event


def release_key(request_id: str, item_id: str) -> bytes:
    """Key of a released record."""
    return f"{request_id}/{item_id}".encode()
