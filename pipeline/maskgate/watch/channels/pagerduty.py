"""PagerDuty Events API v2: an incident for a request that waits or an alarm, resolved when it is decided.

https://developer.pagerduty.com/docs/send-alert-event
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from maskgate.approvals.messages import plain
from maskgate.watch.channels.message import Answer, Message, of_status

URL = "https://events.pagerduty.com/v2/enqueue"
_SEVERITY = {"alarm": "critical", "action": "warning", "info": "info"}


def event(message: Message, routing_key: str) -> dict[str, Any]:
    """The event: everything about one request has one ``dedup_key``, so that its decision resolves its alert."""
    notice, now = message.notice, message.situation
    decided = now is not None and now.state != "waits" and notice.get("level") != "alarm"
    out: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": "resolve" if decided else "acknowledge" if notice.get("kind") == "voted" else "trigger",
        "dedup_key": f"maskgate/{message.request_id or notice['id']}"[:255],
    }
    if out["event_action"] == "trigger":
        out["payload"] = {
            "summary": plain.one_line(message.title, 1000),
            "source": "maskgate",
            "severity": _SEVERITY.get(str(notice.get("level")), "info"),
            "custom_details": dict(message.facts),
        }
        if notice.get("link"):
            out["links"] = [{"href": notice["link"], "text": "Open the request"}]
    return out


class PagerDuty:
    """One service's integration."""

    updates = True

    def __init__(self, name: str, routing_key: str, url: str = URL, client: httpx.AsyncClient | None = None) -> None:
        self.name, self._key, self._url = name, routing_key, url
        self._client = client or httpx.AsyncClient(timeout=10.0, follow_redirects=False)

    async def post(self, message: Message, ref: Mapping[str, str] | None, at: float) -> Answer:
        """Send the event; PagerDuty answers 202."""
        try:
            answer = await self._client.post(self._url, json=event(message, self._key))
        except httpx.HTTPError:
            return of_status(0)
        return of_status(answer.status_code, answer.headers.get("retry-after", ""))

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()
