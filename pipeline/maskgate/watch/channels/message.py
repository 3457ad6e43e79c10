"""What every channel gets, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from maskgate.base import http_status
from maskgate.watch.situations import Situation, situation_from


@dataclass(frozen=True, slots=True)
class Message:
    """One notice of the feed."""

    notice: Mapping[str, Any]

    @property
    def situation(self) -> Situation | None:
        """The request as it was when the notice came up."""
        tree = self.notice.get("situation")
        return situation_from(tree) if isinstance(tree, Mapping) else None

    @property
    def request_id(self) -> str:
        return str(self.notice.get("request_id", ""))

    @property
    def title(self) -> str:
        """The notice in one line."""
        return str(self.notice["text"])

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each line of a card."""
        now = self.situation
        if now is None:
            return ()
        lines = [("What", now.what), ("Asked by", now.asked_by), ("Tier", now.tier)]
        if now.kinds:
            lines.append(("Found", ", ".join(f"{kind} {band}" for kind, band in now.kinds)))
        if now.progress:
            lines.append(("Agreed", ", ".join(f"{group} {have} of {n}" for group, have, n in now.progress)))
        if now.state == "waits":
            lines.append(("Expires", _when(now.expires_ms)))
            if now.names:
                lines.append(("Waiting for one of", ", ".join(now.names[:20])))
        else:
            lines.append(("State", now.state))
            if now.decided_by:
                lines.append(("Decided by", ", ".join(now.decided_by)))
        return tuple(lines)


def _when(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel made of a message: taken, to be tried again (after some time), or refused for good."""

    taken: bool = False
    again: bool = False
    after_s: float = 0.0
    why: str = ""
    ref: Mapping[str, str] | None = None
    """What the channel needs to write over the message later."""


TAKEN = Answer(taken=True)


def of_status(status: int, after: str = "") -> Answer:
    """The answer that an HTTP status means: 2xx is taken; 408, 425, 429, 5xx and silence (0) are tried again."""
    if status == 0:
        return Answer(again=True, why="the receiver did not answer")
    meant, why = http_status.means(status), f"the receiver answered {status}"
    if meant == "taken":
        return TAKEN
    return Answer(again=True, after_s=http_status.seconds(after), why=why) if meant == "again" else Answer(why=why)


class Channel(Protocol):
    """Delivers messages to one place."""

    name: str
    updates: bool
    """Whether it shows each vote, by writing over its message; the others would only repeat themselves."""

    async def post(self, message: Message, ref: Mapping[str, str] | None, at: float) -> Answer:
        """Deliver one message at ``at`` (seconds since 1970); ``ref`` is what the first one about the request gave.

        Never raises.
        """

    async def close(self) -> None:
        """Let connections go."""
