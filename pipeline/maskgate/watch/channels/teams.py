"""Microsoft Teams: an Adaptive Card 1.5 posted to a workflow's webhook.

A workflow cannot update what it posted: what comes later about a request is a follow-up card. The button opens the
request's page; nothing is decided in Teams.
https://learn.microsoft.com/power-automate/teams/teams-app-create · https://adaptivecards.io/schemas/adaptive-card.json
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from maskgate.approvals.messages import plain
from maskgate.watch.channels.message import Answer, Message, of_status

_COLOUR = {"alarm": "Attention", "action": "Warning", "info": "Good"}


def card(message: Message) -> dict[str, Any]:
    """The Adaptive Card."""
    colour = _COLOUR.get(str(message.notice.get("level")), "Default")
    title = {
        "type": "TextBlock", "text": _text(message.title, 300), "weight": "Bolder", "wrap": True, "color": colour,
    }  # fmt: skip
    body: list[dict[str, Any]] = [title]
    facts = [{"title": name, "value": _text(value, 400)} for name, value in message.facts]
    if facts:
        body.append({"type": "FactSet", "facts": facts})
    out: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
    }
    link = str(message.notice.get("link", ""))
    if link:
        out["actions"] = [{"type": "Action.OpenUrl", "title": "Open the request", "url": link}]
    return out


def _text(text: str, limit: int) -> str:
    """One line without Markdown: Adaptive Cards read a part of it in a TextBlock and a Fact."""
    line = plain.one_line(text, limit)
    return "".join(f"\\{c}" if c in "\\`*_[]()#>|~" else c for c in line)


class Teams:
    """One workflow."""

    updates = False

    def __init__(self, name: str, url: str, client: httpx.AsyncClient | None = None) -> None:
        self.name, self._url = name, url
        self._client = client or httpx.AsyncClient(timeout=10.0, follow_redirects=False)

    async def post(self, message: Message, ref: Mapping[str, str] | None, at: float) -> Answer:
        """Post the card."""
        content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card(message)}
        try:
            answer = await self._client.post(self._url, json={"type": "message", "attachments": [content]})
        except httpx.HTTPError:
            return of_status(0)
        return of_status(answer.status_code, answer.headers.get("retry-after", ""))

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()
