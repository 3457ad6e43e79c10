"""Posts notices to an address, signed: ours (``X-Maskgate-Signature``) and as Standard Webhooks has it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

import httpx

from maskgate.watch.channels.message import Answer, Message, of_status
from maskgate.watch.webhook import sign

_KEPT_HERE = "situation"  # the card of people's chats; a program gets counts and a link


class WebhookChannel:
    """One receiver; a redirect is not followed."""

    updates = False

    def __init__(self, name: str, url: str, secret: str, client: httpx.AsyncClient | None = None) -> None:
        self.name, self._url, self._secret = name, url, secret
        self._client = client or httpx.AsyncClient(timeout=10.0, follow_redirects=False)

    async def post(self, message: Message, ref: Mapping[str, str] | None, at: float) -> Answer:
        """Post the notice."""
        notice = {name: value for name, value in message.notice.items() if name != _KEPT_HERE}
        body = json.dumps(notice, ensure_ascii=False, sort_keys=True).encode()
        stamp, ident = int(at), str(notice["id"])
        headers = {"Content-Type": "application/json", "X-Maskgate-Id": ident, "X-Maskgate-Timestamp": str(stamp)}
        headers |= {"Webhook-Id": ident, "Webhook-Timestamp": str(stamp)}
        if self._secret:
            headers["X-Maskgate-Signature"] = sign(self._secret, stamp, body)
            headers["Webhook-Signature"] = standard(self._secret, ident, stamp, body)
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError:
            return of_status(0)
        return of_status(answer.status_code, answer.headers.get("retry-after", ""))

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()


def standard(secret: str, ident: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` of Standard Webhooks: base64 of HMAC-SHA256 over ``id.timestamp.body``."""
    mac = hmac.new(secret.encode(), f"{ident}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()
