"""Receipts held against the log: their head is the log's, the entry is that approval, and a release followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maskgate.approvals import events as ev
from maskgate.approvals.messages.receipts import Receipt
from maskgate.approvals.model import ItemState
from maskgate.crypto.merkle import Frontier, leaf_hash


class Log:
    """What receipts need of a log, read once: its entries, and the roots at the sizes that they name."""

    def __init__(self, raws: Iterable[bytes], receipts: Sequence[Receipt]) -> None:
        wanted = {receipt.approval.size for receipt in receipts}
        tree = Frontier()
        self._roots: dict[int, bytes] = {}
        self._moves: dict[str, list[tuple[int, ev.Moved]]] = {}
        for raw in raws:
            tree.append(leaf_hash(raw))
            if tree.size in wanted:
                self._roots[tree.size] = tree.root()
            if b'"moved"' in raw:
                self._note(tree.size, raw)
        self.size = tree.size

    def _note(self, place: int, raw: bytes) -> None:
        try:
            event = ev.decode(raw)
        except ValueError:
            return  # then no receipt finds its entry here
        if isinstance(event, ev.Moved):
            self._moves.setdefault(event.request_id, []).append((place, event))

    def problem(self, receipt: Receipt) -> str:
        """Why this log does not bear a receipt out; "" if it does."""
        size = receipt.approval.size
        if size > self.size:
            return f"the log has {self.size} entries, the receipt names entry {size}: it was cut, or is another log"
        if self._roots[size] != receipt.approval.root_hash:
            return f"the first {size} entries of this log are not those of the receipt"
        if not any(place == size and _covers(e, ItemState.APPROVED, receipt) for place, e in self._of(receipt)):
            return f"entry {size} does not approve this item"
        released = (e for place, e in self._of(receipt) if place > size and _covers(e, ItemState.RELEASED, receipt))
        if not any(event.topic == receipt.topic for event in released):
            return "no release of this item follows its approval"
        return ""

    def _of(self, receipt: Receipt) -> list[tuple[int, ev.Moved]]:
        return self._moves.get(receipt.request, [])


def _covers(event: ev.Moved, to: ItemState, receipt: Receipt) -> bool:
    return event.to is to and receipt.item in (event.items or (receipt.item,))
