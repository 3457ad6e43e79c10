"""What the routes share: index, registry, wire, keys, and the text masker."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from maskgate.approvals import machine
from maskgate.approvals.messages.items import declared_principals
from maskgate.approvals.model import Requester, RequestState
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.approvals.state import State
from maskgate.base.config import Settings
from maskgate.base.errors import RefusedError
from maskgate.console import whole
from maskgate.console.auth import Auth, Caller
from maskgate.console.heart import Heart
from maskgate.console.index import Index
from maskgate.console.memory import Memory
from maskgate.console.notifier import Pulse
from maskgate.console.reader import Reader
from maskgate.crypto import signing
from maskgate.lineage.ask.rollup import Rollup
from maskgate.people.registry import People

KEPT_OPEN = 4


class Sender(Protocol):
    """The way to the broker."""

    def send(self, topic: str, value: bytes, key: bytes | None = None) -> int:
        """Store a record; its offset."""

    def items(self, offsets: Iterable[int]) -> dict[int, bytes]:
        """Held items by their offset."""


class Registry:
    """People and policy as the log has them, folded when there is something new."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._state = State(requests={})
        self._at = -1
        self._lock = threading.Lock()

    def state(self) -> State:
        """A state that knows people, policy and destinations, but no requests."""
        with self._lock:
            for line in self._index.registry_events(self._at):
                machine.fold(self._state, line.event)
                self._at = line.offset
            return self._state

    @property
    def people(self) -> People:
        return self.state().people

    @property
    def policy(self) -> ApprovalPolicy:
        return self.state().policy


class TextMasker(Protocol):
    """Masks free text with labels, and knows what must not stand in an argument."""

    def mask(self, text: str) -> str:
        """The text with labels in the place of personal data and secrets."""

    def forbidden(self, text: str) -> list[str]:
        """Kinds in the text that may not be shown to reviewers."""


@dataclass
class Context:
    """One console process."""

    settings: Settings
    index: Index
    wire: Sender
    texts: TextMasker
    intake: signing.Signer | None = None
    gate_public: bytes | None = None
    session_signer: signing.Signer | None = None
    claims_signer: signing.Signer | None = None
    clock: Callable[[], float] = time.time
    pulse: Pulse = field(default_factory=Pulse)
    caught_up: threading.Event = field(default_factory=threading.Event)
    memory: Memory | None = None
    heart: Heart = field(default_factory=Heart)
    rollup: Rollup | None = None
    listeners: Counter[str] = field(default_factory=Counter)
    """How many streams of changes each caller has open."""

    def __post_init__(self) -> None:
        self.registry = Registry(self.index)
        self.auth = Auth(lambda: self.registry.people, self.settings.console.origins, self.clock, self.memory)
        self._opened: OrderedDict[str, list[list[whole.Part]]] = OrderedDict()
        self._opened_lock = threading.Lock()

    def version(self) -> tuple[int, int]:
        """Changes with everything that a page may show."""
        return self.index.writes, self.rollup.counted if self.rollup else 0

    def reader(self) -> Reader:
        """The presenter's look-ups at this moment."""
        people, policy = self.registry.people, self.registry.policy
        keys = people.earlier_keys("pipeline")
        return Reader(people, self.read_items, keys, self.clock, tuple(policy.tiers), policy.cooling_ms)

    def pages(self, entry: RequestState) -> list[list[whole.Part]]:
        """All that would leave, in pages; those of the last few requests that were opened are kept.

        Raises:
            RefusedError: a held record cannot be shown.
        """
        digest = entry.request.digest
        with self._opened_lock:
            known = self._opened.get(digest)
        if known is None:
            known = whole.pages_of(entry, self.reader())
            with self._opened_lock:
                self._opened[digest] = known
                while len(self._opened) > KEPT_OPEN:
                    self._opened.popitem(last=False)
        return known

    def read_items(self, offsets: Sequence[int]) -> Mapping[int, bytes]:
        return self.wire.items(offsets) if offsets else {}

    def send(self, topic: str, value: bytes) -> int:
        """Store a signed record for the gate."""
        offset = self.wire.send(topic, value)
        self.heart.sent(topic, offset)
        return offset

    def is_decided(self, topic: str, offset: int) -> bool:
        """Whether the gate has decided a record, and all that it logged of it is in the index."""
        return self.heart.is_read(topic, offset) and self.index.logged >= self.heart.log_index

    def requester(self, caller: Caller, on_behalf_of: Sequence[Mapping[str, str]]) -> Requester:
        """The requester of an action: the caller proved who it is; on whose behalf it can only add exclusions."""
        return Requester(
            caller.principal.iss,
            caller.principal.sub,
            caller.kind,
            "intake",
            declared_principals(on_behalf_of),
            caller.owner,
        )

    def must_intake(self) -> signing.Signer:
        if self.intake is None:
            raise RefusedError(
                "no_intake_key", "this console has no intake key; run `maskgate keys create intake` and enrol it"
            )
        return self.intake
