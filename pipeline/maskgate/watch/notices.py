"""Which events of the log are worth a notice, and its words: counts, states and a link, never content.

Pure: takes decoded log records (as plain JSON, so that an event of a newer version does no harm) and the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from maskgate.watch.situations import Situation

Level = Literal["info", "action", "alarm"]

_UNSAFE = re.compile(r"[^\w .,:;/@+=#%()-]")
_MOVED: Mapping[str, tuple[Level, str]] = {
    "APPROVED": ("info", "approved"),
    "RELEASED": ("info", "released"),
    "DENIED": ("info", "denied"),
    "EXPIRED": ("action", "expired without an answer"),
    "WITHDRAWN": ("info", "withdrawn"),
    "REVOKED": ("action", "revoked before its release"),
    "LAPSED": ("action", "approved, but not released in time"),
    "SUPERSEDED": ("action", "superseded: the policy became stricter"),
    "RECALLED": ("alarm", "recalled after its release"),
    "RATIFIED": ("info", "break-glass ratified"),
    "CONDEMNED": ("alarm", "break-glass condemned"),
}
_SILENT_MS = 60_000
_KINDS = {"vote_accepted": "voted"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell people. ``id`` is the same for the same happening, so a repeated one can be dropped."""

    id: str
    level: Level
    kind: str
    time_ms: int
    text: str
    request_id: str = ""
    link: str = ""
    items: int = 0
    persons: tuple[str, ...] = ()
    situation: Mapping[str, Any] | None = None
    """The request as a card shows it; see ``situations``."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        tree = asdict(self)
        if self.situation is None:
            del tree["situation"]
        return tree


def clean(text: object, limit: int = 80) -> str:
    """Text without anything a chat, a page or a terminal could take for markup, a control or a change of direction."""
    return _UNSAFE.sub("·", str(text))[:limit]


def link(base: str, request_id: str) -> str:
    """The address of a request's page."""
    return f"{base.rstrip('/')}/r/{clean(request_id, 100)}" if base and request_id else ""


def _stamp(event: Mapping[str, Any]) -> int:
    return int((event.get("meta") or {}).get("at") or 0)


def _opened(event: Mapping[str, Any]) -> tuple[Level, str, int] | None:
    request = event.get("request") or {}
    if request.get("quiet"):
        return None
    count, action = len(request.get("items") or ()), request.get("action") or {}
    if request.get("kind") == "action":
        what = f"an action ({clean(action.get('verb'))})"
    else:
        what = f"{count} record{'s' * (count != 1)} for {clean(action.get('destination'))}"
    return "action", f"A review is needed: {what}, tier {clean(request.get('tier'))}", count


def _say(event: Mapping[str, Any]) -> tuple[Level, str, int] | None:
    kind, count = event.get("type"), len(event.get("items") or ())
    if kind == "request_opened":
        return _opened(event)
    if kind == "vote_accepted":
        return "info", "A vote came in", 0
    if kind == "moved":
        level, words = _MOVED.get(str(event.get("to")), ("info", clean(event.get("to"))))
        return level, f"Request {words}" + (f" ({count} items)" if count else ""), count
    if kind == "glass_broken":
        return "alarm", "Break-glass: released without the quorum; a review is due", 0
    if kind == "escalated":
        return "action", f"A request still waits: {int(event.get('percent') or 0)} % of its time are over", 0
    if kind == "review_overdue":
        return "alarm", "The review of a break-glass is overdue", 0
    if kind == "refused" and event.get("alarm"):
        return "alarm", f"Refused: {clean(event.get('code'))}", 0
    return None


def from_log(event: Mapping[str, Any], position: str, base: str, now: Situation | None = None) -> Notice | None:
    """The notice for one log record at ``position`` (topic/partition/offset), if it deserves one.

    ``now`` is the request after it: it names the persons whose votes can complete the quorum.
    """
    said = _say(event)
    if said is None:
        return None
    level, text, items = said
    request_id = str(event.get("request_id") or (event.get("request") or {}).get("request_id") or "")
    return Notice(
        position,
        level,
        _KINDS.get(str(event["type"]), str(event.get("to") or event["type"]).lower()),
        _stamp(event),
        text,
        clean(request_id, 100),
        link(base, request_id),
        items,
        tuple(clean(person) for person in (now.persons if now else event.get("persons") or ())),
        asdict(now) if now else None,
    )


@dataclass(slots=True)
class _Open:
    created: int
    expires_at: int
    items: int
    moved: set[str] = field(default_factory=set)


@dataclass(slots=True)
class OpenRequests:
    """The requests that wait, so that somebody is reminded before they expire, and told when the gate is silent."""

    base: str = ""
    remind_fraction: float = 0.2
    _open: dict[str, _Open] = field(default_factory=dict)
    _seen: int = -1

    def __len__(self) -> int:
        return len(self._open)

    def fold(self, event: Mapping[str, Any], offset: int) -> None:
        """Take one log record; one that was taken before changes nothing."""
        if offset <= self._seen:
            return
        self._seen = offset
        kind = event.get("type")
        if kind == "request_opened":
            request = event.get("request") or {}
            if request.get("request_id"):
                self._open[str(request["request_id"])] = _Open(
                    int(request.get("created") or 0),
                    int(request.get("expires_at") or 0),
                    len(request.get("items") or ()),
                )
        elif kind in ("moved", "glass_broken"):
            self._decided(str(event.get("request_id")), event.get("items") or ())

    def _decided(self, request_id: str, items: Iterable[str]) -> None:
        """Some items (none named: all) wait no more."""
        request = self._open.get(request_id)
        if request is None:
            return
        named = set(items)
        request.moved |= named
        if not named or len(request.moved) >= request.items:
            del self._open[request_id]

    def due(self, now_ms: int) -> Iterator[Notice]:
        """Reminders that are due now; the caller drops those it told before, by their id."""
        for request_id, request in self._open.items():
            left = request.expires_at - now_ms
            span = request.expires_at - request.created
            if left <= -_SILENT_MS:
                text = "A request is past its time, but the gate has not said so; is it running?"
                yield self._notice(request_id, "gate_silent", "alarm", text, now_ms)
            elif 0 < left <= self.remind_fraction * span:
                text = f"A request expires in {_duration(left)}"
                yield self._notice(request_id, "expiring", "action", text, now_ms)

    def _notice(self, request_id: str, kind: str, level: Level, text: str, now_ms: int) -> Notice:
        where = link(self.base, request_id)
        return Notice(f"{clean(request_id, 100)}/{kind}", level, kind, now_ms, text, clean(request_id, 100), where)


def _duration(ms: int) -> str:
    seconds = max(1, ms // 1000)
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
