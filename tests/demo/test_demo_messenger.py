"""What the demo shows of a message: the card of the real channel, taken by a server of the demo's own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

import httpx
import pytest

from maskgate.local.demo.messenger import Messenger, asks, shown
from maskgate.watch.channels.message import Message
from maskgate.watch.channels.slack import SlackWebhook
from maskgate.watch.situations import Situation

SITUATION = Situation(
    "1", "1 record for partner_a", "a service & <co> (signed)", "two-eyes", "export", "partner_a",
    (("EMAIL_ADDRESS", "1-4"),), 1_795_300_000_000, (("privacy", 0, 1),), ("ada",), ("Ada Byron",),
)  # fmt: skip
NOTICE = {"level": "action", "link": "http://localhost:8300/r/1", "text": "Export waits for a decision"}
NOTICE |= {"situation": json.loads(json.dumps(asdict(SITUATION)))}


def test_a_card_of_the_channel_is_taken_and_shown() -> None:
    """Title, facts and the link stand in the box as Slack shows them."""

    async def send(url: str) -> bool:
        channel = SlackWebhook("demo", url)
        answer = await channel.post(Message(NOTICE), None, 0.0)
        return answer.taken

    with Messenger() as messenger:
        assert asyncio.run(send(messenger.url))
        (card,) = messenger.cards
    assert asks(card)
    box = shown(card)
    text = "\n".join(box)
    assert "Export waits for a decision" in text and "Found: EMAIL_ADDRESS 1-4" in text
    assert "Asked by: a service & <co> (signed)" in text
    assert "[ Open the request ]  http://localhost:8300/r/1" in text
    assert all(len(line) < 80 for line in box)


@pytest.mark.parametrize("body", [b"[]", b"{", b""], ids=["a list", "no JSON", "nothing"])
def test_what_is_no_card_is_refused(body: bytes) -> None:
    with Messenger() as messenger:
        assert httpx.post(messenger.url, content=body).status_code == 400
        assert httpx.post(messenger.url.replace("demo", "other"), content=b"{}").status_code == 400
        assert messenger.cards == []


def test_what_moves_a_terminal_is_shown_as_text() -> None:
    """A card is made of what strangers wrote: no escape reaches the terminal."""
    card = {"blocks": [{"type": "header", "text": {"text": "a\x1b[2Jb\u202ec"}}]}
    text = "".join(shown(card))
    assert "\x1b" not in text and "\u202e" not in text
