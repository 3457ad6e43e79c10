"""Goes through the feed for one channel, in order, with retries; what it could not deliver it keeps and says.

The cursor lies in a file of its own, so that a restart goes on where it was and a slow channel holds up no other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maskgate.base.log import say
from maskgate.watch import feed, undelivered
from maskgate.watch.channels.message import Answer, Channel, Message

_MAX_ATTEMPTS = 12
_MAX_BACKOFF_S = 60.0
_MAX_WAIT_S = 900.0  # however long a receiver asks for
_MAX_REFS = 2_000
_VOTED = "voted"


class Outbox:
    """One channel's way through the feed; a notice is done when taken, or kept for later."""

    def __init__(
        self,
        state_dir: Path,
        channel: Channel,
        *,
        max_age_s: float = 3600.0,
        wants: Callable[[Mapping[str, Any]], bool] = lambda notice: True,
    ) -> None:
        self.channel, self._state_dir, self._max_age_s, self._wants = channel, state_dir, max_age_s, wants
        self._file = feed.path(state_dir).with_name(f"{channel.name}.json")
        self._attempts = 0
        self._not_before = 0.0
        self.counts = {"delivered": 0, "kept": 0, "stale": 0}
        self.waiting = 0
        self._cursor = 0
        self._refs: dict[str, Mapping[str, str]] = {}
        self._load()

    def _load(self) -> None:
        try:
            stored: Mapping[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
            self.counts |= {key: int(stored["counts"].get(key, 0)) for key in self.counts}
            self._cursor = int(stored["cursor"])
            self._refs = dict(stored.get("refs") or {})
        except (OSError, ValueError, KeyError, TypeError):
            return

    def _done(self, seq: int, how: str) -> None:
        self._cursor, self._attempts, self._not_before = seq, 0, 0.0
        if how:
            self.counts[how] += 1
        state = {"cursor": seq, "counts": self.counts, "refs": self._refs}
        feed.replace_text(self._file, json.dumps(state))

    async def deliver(self, now: float | None = None) -> int:
        """Post what waits, until the first failure; says how many were done with. Never raises for a receiver."""
        done = 0
        waiting = feed.read(self._state_dir, self._cursor, limit=1_000_000)
        self.waiting = len(waiting)
        for notice in waiting:
            at = time.time() if now is None else now
            if at < self._not_before:
                break
            how = await self._one(notice, at)
            if how is None:
                break
            self._done(notice["seq"], how)
            self.waiting -= 1
            done += 1
        return done

    async def _one(self, notice: Mapping[str, Any], at: float) -> str | None:
        """What became of one notice ("": none for this channel), or None when it has to be tried again."""
        if (notice["kind"] == _VOTED and not self.channel.updates) or not self._wants(notice):
            return ""
        if at - notice["time_ms"] / 1000 > self._max_age_s and self._attempts == 0:
            return "stale"
        answer = await self._post(notice, at)
        if answer.taken:
            return "delivered"
        if not answer.again:
            return self._keep(notice, answer.why)
        self._attempts += 1
        self._not_before = at + min(_MAX_WAIT_S, max(answer.after_s, min(_MAX_BACKOFF_S, 0.5 * 2**self._attempts)))
        return None if self._attempts < _MAX_ATTEMPTS else self._keep(notice, answer.why)

    async def _post(self, notice: Mapping[str, Any], at: float) -> Answer:
        message = Message(notice)
        answer = await self.channel.post(message, self._refs.get(message.request_id), at)
        if answer.taken and answer.ref and message.request_id:
            self._refs[message.request_id] = answer.ref
            while len(self._refs) > _MAX_REFS:
                del self._refs[next(iter(self._refs))]
        return answer

    async def redeliver(self, now: float | None = None) -> list[tuple[str, str]]:
        """Post what this channel keeps once more: (notice id, empty or why not); what is taken is kept no longer."""
        answers = []
        for entry in undelivered.read(self._state_dir):
            if entry.get("channel") == self.channel.name:
                answer = await self._post(undelivered.as_notice(entry), time.time() if now is None else now)
                answers.append((str(entry["id"]), "" if answer.taken else answer.why))
        undelivered.remove(self._state_dir, {ident for ident, why in answers if not why}, self.channel.name)
        return answers

    def _keep(self, notice: Mapping[str, Any], why: str) -> str:
        """A notice that cannot be delivered is lost to nobody: it is kept, and said."""
        name = self.channel.name
        undelivered.add(self._state_dir, notice, name, why)
        say(
            "watch", "notice_not_delivered", level="error",
            channel=name, notice=notice["id"], why=why, do="maskgate watch redeliver",
        )  # fmt: skip
        return "kept"

    async def close(self) -> None:
        """Close the connection."""
        await self.channel.close()
