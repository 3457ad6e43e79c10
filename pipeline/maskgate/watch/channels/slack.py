"""Slack: a card of Block Kit, written over in place as votes come, and a direct message to those who can decide.

With a bot token (``chat:write``; ``im:write`` for direct messages) the card is updated; an incoming webhook gives no
timestamp of a message and cannot write to persons, so a follow-up is posted there.
https://docs.slack.dev/reference/methods/chat.postMessage · https://docs.slack.dev/reference/methods/chat.update
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from maskgate.approvals.messages import plain
from maskgate.base import http_status
from maskgate.watch.channels.message import Answer, Message, of_status

_AGAIN = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_TIMEOUT_S = 10
_MOST_FIELDS = 10  # of a section
_MOST_DIRECT = 20
_BASE = "https://slack.com/api/"
_MARK = {"alarm": "🔴", "action": "🟠", "info": "🟢"}


def blocks(message: Message) -> list[dict[str, Any]]:
    """The card: https://docs.slack.dev/reference/block-kit/blocks (header ≤ 150, field ≤ 2000 characters)."""
    mark = _MARK.get(str(message.notice.get("level")), "")
    title = f"{mark} {plain.one_line(message.title, 140)}".strip()
    out: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}},
    ]
    fields = [{"type": "mrkdwn", "text": f"*{name}*\n{plain.mrkdwn(value, 400)}"} for name, value in message.facts]
    if fields:
        out.append({"type": "section", "fields": fields[:_MOST_FIELDS]})
    link = str(message.notice.get("link", ""))
    if link:
        button = {"type": "button", "text": {"type": "plain_text", "text": "Open the request"}, "url": link}
        out.append({"type": "actions", "elements": [button]})  # a link: nothing is decided in Slack
    return out


class SlackBot:
    """A bot in one channel."""

    updates = True

    def __init__(
        self, name: str, token: str, channel: str, people: Mapping[str, str] | None = None, base_url: str = _BASE
    ) -> None:
        """``people`` maps person ids to Slack member ids: they get a direct message when their vote is wanted."""
        self.name, self._channel, self._people = name, channel, people or {}
        self._client = AsyncWebClient(token=token, base_url=base_url, timeout=_TIMEOUT_S)

    async def post(self, message: Message, ref: Mapping[str, str] | None, at: float) -> Answer:
        """Post the card, or write over the one that is there."""
        content = {"text": plain.one_line(message.title, 300), "blocks": blocks(message)}
        if ref and ref.get("ts"):
            answer = await self._call("chat.update", {"channel": ref["channel"], "ts": ref["ts"], **content})
            if answer.taken or answer.again:
                return Answer(answer.taken, answer.again, answer.after_s, answer.why, ref)
        answer = await self._call("chat.postMessage", {"channel": self._channel, "unfurl_links": False, **content})
        if answer.taken:
            await self._tell_persons(message, content)
        return answer

    async def _tell_persons(self, message: Message, content: Mapping[str, Any]) -> None:
        if message.situation is None or message.situation.state != "waits":
            return
        members = [self._people[p] for p in message.situation.persons if p in self._people]
        for member in members[:_MOST_DIRECT]:  # the card in the channel is the delivery; these are a courtesy
            await self._call("chat.postMessage", {"channel": member, "unfurl_links": False, **content})

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> Answer:
        try:
            answer = await self._client.api_call(method, json=dict(arguments))
        except SlackApiError as error:
            return _failed(error)
        except Exception as error:  # what aiohttp raises has no one root
            return Answer(again=True, why=f"no answer from Slack: {type(error).__name__}")
        channel, ts = str(answer.get("channel") or ""), str(answer.get("ts") or "")
        return Answer(taken=True, ref={"channel": channel, "ts": ts} if ts else None)

    async def close(self) -> None:
        """The client opens a session for each call."""


def _failed(error: SlackApiError) -> Answer:
    """Slack answers 200 with ``ok: false``: only some of its reasons pass by themselves."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    data = getattr(response, "data", None)
    reason = str(data.get("error", "")) if isinstance(data, dict) else ""
    why = f"Slack refused: {plain.one_line(reason, 60) or status}"
    if status == 429 or reason in _AGAIN or status >= 500:
        headers = {str(k).lower(): str(v) for k, v in (getattr(response, "headers", None) or {}).items()}
        return Answer(again=True, after_s=http_status.seconds(headers.get("retry-after", "")), why=why)
    return Answer(why=why)


class SlackWebhook:
    """An incoming webhook: it posts, and cannot update."""

    updates = False

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._client = AsyncWebhookClient(url, timeout=_TIMEOUT_S)

    async def post(self, message: Message, ref: Mapping[str, str] | None, at: float) -> Answer:
        """Post the card; what comes later about the same request is a card of its own."""
        try:
            answer = await self._client.send(text=plain.one_line(message.title, 300), blocks=blocks(message))
        except Exception as error:  # what aiohttp raises has no one root
            return Answer(again=True, why=f"no answer from Slack: {type(error).__name__}")
        headers = {str(k).lower(): str(v) for k, v in (answer.headers or {}).items()}
        if answer.status_code == 200 and _says_no(answer.body):
            return Answer(why="Slack refused: ok is false")
        return of_status(answer.status_code, headers.get("retry-after", ""))

    async def close(self) -> None:
        """The client opens a session for each call."""


def _says_no(body: str | None) -> bool:
    try:
        tree = json.loads(body or "")
    except ValueError:
        return False  # plain "ok"
    return isinstance(tree, dict) and tree.get("ok") is False
