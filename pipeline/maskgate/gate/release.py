"""Releases: read the approved items again, recompute their digests, let the machine decide, publish what it allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from maskgate.approvals import commands as cmd
from maskgate.approvals import events as ev
from maskgate.approvals.commands import Recomputed
from maskgate.approvals.messages import items, masking, permits, receipts
from maskgate.approvals.messages.items import OpenedItem
from maskgate.approvals.messages.receipts import Approval
from maskgate.approvals.model import ItemState, RequestState
from maskgate.base.errors import RecordError
from maskgate.base.log import say
from maskgate.crypto import sealing, signing
from maskgate.gate.batch import CANNOT_JUDGE, Batch, Truth
from maskgate.gate.port import Port
from maskgate.kafka.session import Out

MAX_BYTES = 6 << 20
"""Released bytes a transaction at most; the rest goes with the next one."""
RETRY_MS = 2000
_OVERHEAD = 4 << 10  # most of it the receipt


@dataclass(frozen=True, slots=True)
class Keys:
    """What the gate signs, opens and recomputes with."""

    signer: signing.Signer
    item_keys: Callable[[], tuple[bytes, ...]]  # the one in use, then older ones: what they hold can still leave
    unseal: X25519PrivateKey | None = None


class Releaser:
    """Tries approved requests one by one; what cannot leave now stays ready and is tried again."""

    def __init__(self, truth: Truth, port: Port, keys: Keys) -> None:
        self._truth, self._port, self._keys = truth, port, keys
        self._not_before: dict[str, int] = {}
        self._refused_before: dict[str, str] = {}

    def run(self, batch: Batch, now: int, committed: int, limit: int = 200) -> int:
        """Release what was approved in the first ``committed`` events; returns how many requests were tried.

        A receipt names its approval: one that is not committed yet could still be aborted.
        """
        old = (r for r, places in self._truth.ready.items() if places[-1].size <= committed)
        ready = list(islice((r for r in old if self._not_before.get(r, 0) <= now), limit))
        if not ready:
            return 0
        entries = {r: self._truth.state.requests[r] for r in ready}
        chosen: list[str] = []
        total = 0
        for request_id, entry in entries.items():
            if not self._has_place(request_id, entry, now):
                continue
            total += sum(item.size for item in entry.request.items)
            if chosen and total > MAX_BYTES:
                break
            chosen.append(request_id)
        raw = self._port.items(i.offset for r in chosen for i in entries[r].request.items)
        for request_id in chosen:
            self._one(batch, request_id, entries[request_id], raw, now)
        return len(chosen)

    def _has_place(self, request_id: str, entry: RequestState, now: int) -> bool:
        """Whether the destination exists: one missing topic must not stop the gate for everybody else."""
        topic = entry.request.action.topic
        if entry.request.kind == "action" or self._port.partitions(topic):
            return True
        self._not_before[request_id] = now + RETRY_MS
        if self._refused_before.get(request_id) != "no_topic":
            self._refused_before[request_id] = "no_topic"
            say(
                "gate", "waits", request_id=request_id, topic=topic, message="no such topic; create it, or let it lapse"
            )
        return False

    def _fits(
        self,
        request_id: str,
        entry: RequestState,
        opened: Mapping[str, OpenedItem],
        values: Mapping[str, bytes],
        now: int,
    ) -> bool:
        """Whether the destination takes records of this size: one that it does not take would stop the gate."""
        if entry.request.kind == "action" or not opened:
            return True
        largest = max(_size(o, values.get(i) or self._original(o) or o.value) for i, o in opened.items())
        topic = entry.request.action.topic
        if largest <= self._port.limit(topic):
            return True
        self._not_before[request_id] = now + RETRY_MS
        if self._refused_before.get(request_id) != "too_large":
            self._refused_before[request_id] = "too_large"
            message = "its max.message.bytes is too small; raise it, or let the request lapse"
            say("gate", "waits", request_id=request_id, topic=topic, bytes=largest, message=message)
        return False

    def _one(self, batch: Batch, request_id: str, entry: RequestState, raw: Mapping[int, bytes], now: int) -> None:
        opened, values, problem = self._open(entry, raw)
        if not self._fits(request_id, entry, opened, values, now):
            return
        recomputed = tuple(self._recomputed(o, values.get(o.item.item_id)) for o in opened.values())
        command = cmd.Release(request_id=request_id, recomputed=recomputed)
        places = self._truth.ready[request_id]
        events = batch.run(command, now, mute=self._refused_before.get(request_id, ""), because=problem)
        for event in events:
            if isinstance(event, ev.Moved) and event.to is ItemState.RELEASED and entry.request.kind == "export":
                after = self._truth.state.requests[request_id]
                for item_id in event.items or after.in_state(ItemState.RELEASED):
                    item = opened[item_id]
                    place = next(p for p in reversed(places) if item_id in (p.items or (item_id,)))
                    value = values.get(item_id)
                    value = value if value is not None else self._original(item) or item.value
                    batch.publish(event, after, item, value, partial(self._receipt, event, after, item, place))
            if isinstance(event, ev.PermitIssued):
                batch.permit(request_id, permits.issue(event, self._keys.signer))
        self._again(request_id, events, now)

    def _recomputed(self, opened: OpenedItem, value: bytes | None) -> Recomputed:
        """Digests under the key that the item was held with; under the newest one where none gives its MAC."""
        original = self._original(opened)
        found = [items.recompute(opened, key, original, value) for key in self._keys.item_keys()]
        return next((one for one in found if one.content_mac == opened.item.content_mac), found[0])

    def _again(self, request_id: str, events: Sequence[ev.Event], now: int) -> None:
        """What could not leave (frozen, bytes gone) is tried again every few seconds until its deadline."""
        refused = next((e.code for e in events if isinstance(e, ev.Refused)), "")
        if request_id in self._truth.ready:
            self._not_before[request_id] = now + RETRY_MS
            self._refused_before[request_id] = refused or self._refused_before.get(request_id, "")
        else:
            self._not_before.pop(request_id, None)
            self._refused_before.pop(request_id, None)

    def _open(
        self, entry: RequestState, raw: Mapping[int, bytes]
    ) -> tuple[dict[str, OpenedItem], dict[str, bytes], str]:
        """The items of a request as they are on the topic now, their values after extra masking, and what is wrong."""
        keys = self._truth.state.people.earlier_keys("pipeline")
        agreed = {item_id: m.pointers for m in entry.masking for item_id in m.items}
        opened: dict[str, OpenedItem] = {}
        values: dict[str, bytes] = {}
        problem = ""
        for item in entry.request.items:
            try:
                got = items.parse_item(raw[item.offset], keys, item.offset)
                opened[item.item_id] = got
                if item.item_id in agreed:
                    values[item.item_id] = masking.apply_where(got.value, agreed[item.item_id])
            except KeyError:
                problem = "a held item is not on the topic any more"
            except RecordError as error:
                problem = f"a held item does not verify any more ({error.code})"
            except CANNOT_JUDGE:
                problem = "a held item cannot be read any more"
        return opened, values, problem

    def _original(self, opened: OpenedItem) -> bytes | None:
        if opened.sealed is None or self._keys.unseal is None:
            return None
        try:
            return sealing.unseal(opened.sealed, self._keys.unseal, opened.item.item_id)
        except RecordError:
            return None  # then the keyed digest differs, and the machine refuses the release

    def _receipt(self, event: ev.Moved, entry: RequestState, item: OpenedItem, place: Approval, out: Out) -> bytes:
        keys = {vote.person_id: vote.key_id for vote in entry.votes} | {entry.glass: entry.glass_key}
        receipt = receipts.Receipt(
            request=event.request_id,
            item=item.item.item_id,
            topic=out.topic,
            content=receipts.content_digest(out.key, out.value, out.headers),
            policy=item.policy,
            detectors=item.detectors,
            rule=event.rule,
            by=tuple(keys[person] for person in event.by),
            at=event.meta.at,
            approval=place,
        )
        return receipts.issue(receipt, self._keys.signer)


def _size(opened: OpenedItem, value: bytes) -> int:
    """Bytes of the released record, its new key and headers included, a little generously."""
    headers = sum(len(name.encode()) + len(data or b"") + 10 for name, data in opened.headers)
    return len(value) + len(opened.key or b"") + headers + _OVERHEAD
