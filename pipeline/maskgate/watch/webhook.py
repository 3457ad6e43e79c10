"""Posts notices to an address, signed, in order, with retries; what it could not deliver it says.

The receiver checks ``X-Maskgate-Signature: v1=<hex>`` against HMAC-SHA256 of ``<X-Maskgate-Timestamp>.<body>``, refuses
old timestamps, and drops an ``X-Maskgate-Id`` it has seen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from maskgate.base.log import say
from maskgate.watch import feed, undelivered

_RETRY_STATUS = {408, 425, 429}
_MAX_ATTEMPTS = 12
_MAX_BACKOFF_S = 60.0
_REMEMBERED_S = 3600.0  # longer than all attempts for one notice take together


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The value of the signature header."""
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return "v1=" + mac.hexdigest()


def verify(secret: str, timestamp: str, body: bytes, signature: str, now: float, tolerance_s: float = 300) -> bool:
    """Whether a post is ours and fresh; what a receiver written in Python would call."""
    if not (timestamp.isascii() and timestamp.isdigit()) or not _is_fresh(int(timestamp), now, tolerance_s):
        return False
    return hmac.compare_digest(sign(secret, int(timestamp), body).encode(), signature.encode())


def _is_fresh(timestamp: int, now: float, tolerance_s: float) -> bool:
    return abs(now - timestamp) <= tolerance_s


class Inbox:
    """What a receiver in Python keeps: it takes each notice of ours once.

    The id is that of the signed body; the header is only for those who sort before they look.
    """

    def __init__(self, secret: str, tolerance_s: float = 300.0) -> None:
        self._secret, self._tolerance_s = secret, tolerance_s
        self._seen: dict[str, float] = {}

    def take(self, timestamp: str, body: bytes, signature: str, now: float) -> dict[str, Any] | None:
        """The notice, or None: forged, too old, or taken before."""
        if not self._secret or not verify(self._secret, timestamp, body, signature, now, self._tolerance_s):
            return None
        notice: dict[str, Any] = json.loads(body)
        if not self._is_new(str(notice["id"]), now):
            return None
        return notice

    def _is_new(self, notice_id: str, now: float) -> bool:
        self._seen = {known: at for known, at in self._seen.items() if at > now - _REMEMBERED_S}
        if notice_id in self._seen:
            return False
        self._seen[notice_id] = now
        return True


class Webhook:
    """Goes through the feed with a cursor in a file; a notice is done when taken, or kept for later."""

    def __init__(
        self,
        state_dir: Path,
        url: str,
        secret: str,
        *,
        max_age_s: float = 3600.0,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._state_dir, self._url, self._secret, self._max_age_s = state_dir, url, secret, max_age_s
        self._cursor_file = feed.path(state_dir).with_name("webhook.json")
        self._client = client or httpx.AsyncClient(timeout=10.0, follow_redirects=False)
        self._attempts = 0
        self._not_before = 0.0
        self.counts = {"delivered": 0, "kept": 0, "stale": 0}
        self.waiting = 0
        self._cursor = self._load()

    def _load(self) -> int:
        try:
            stored: Mapping[str, Any] = json.loads(self._cursor_file.read_text(encoding="utf-8"))
            self.counts |= {key: int(stored["counts"].get(key, 0)) for key in self.counts}
            return int(stored["cursor"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _done(self, seq: int, how: str) -> None:
        self._cursor, self._attempts, self._not_before = seq, 0, 0.0
        self.counts[how] += 1
        feed.replace_text(self._cursor_file, json.dumps({"cursor": seq, "counts": self.counts}))

    async def deliver(self, now: float | None = None) -> int:
        """Post what waits, until the first failure; says how many were done with. Never raises for a receiver."""
        if not self._url:
            return 0
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
        """What became of one notice, or None when it has to be tried again."""
        if at - notice["time_ms"] / 1000 > self._max_age_s and self._attempts == 0:
            return "stale"
        status = await self._post(notice, at)
        if 200 <= status < 300:
            return "delivered"
        if status and status < 500 and status not in _RETRY_STATUS:
            return self._keep(notice, f"the receiver answered {status}")
        self._attempts += 1
        self._not_before = at + min(_MAX_BACKOFF_S, 0.5 * 2**self._attempts)
        if self._attempts < _MAX_ATTEMPTS:
            return None
        return self._keep(notice, f"the receiver answered {status}" if status else "the receiver did not answer")

    async def _post(self, notice: Mapping[str, Any], at: float) -> int:
        """The receiver's status, or 0: no answer."""
        body = json.dumps(dict(notice), ensure_ascii=False, sort_keys=True).encode()
        stamp = int(at)
        headers = {"Content-Type": "application/json", "X-Maskgate-Id": str(notice["id"])}
        headers |= {"X-Maskgate-Timestamp": str(stamp)}
        if self._secret:
            headers["X-Maskgate-Signature"] = sign(self._secret, stamp, body)
        try:
            return (await self._client.post(self._url, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0

    async def redeliver(self, now: float | None = None) -> list[tuple[str, str]]:
        """Post what is kept once more: (notice id, empty or why not); what the receiver takes is kept no longer."""
        answers = []
        for entry in undelivered.read(self._state_dir):
            status = await self._post(undelivered.as_notice(entry), time.time() if now is None else now)
            good = 200 <= status < 300
            answers.append((str(entry["id"]), "" if good else f"answered {status}" if status else "no answer"))
        undelivered.remove(self._state_dir, {ident for ident, why in answers if not why})
        return answers

    def _keep(self, notice: Mapping[str, Any], why: str) -> str:
        """A notice that cannot be delivered is lost to nobody: it is kept, and said."""
        undelivered.add(self._state_dir, notice, "webhook", why)
        say("watch", "notice_not_delivered", level="error", notice=notice["id"], why=why, do="maskgate watch redeliver")
        return "kept"

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()
