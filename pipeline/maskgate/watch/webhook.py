"""The receiver's side of a webhook: what is signed how, and a box that takes each notice once.

A receiver checks ``X-Maskgate-Signature: v1=<hex>`` against HMAC-SHA256 of ``<X-Maskgate-Timestamp>.<body>``, refuses
old timestamps, and drops an ``X-Maskgate-Id`` it has seen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

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
