"""Posts of notices: signed, in order, retried, and never more than a receiver may know."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from maskgate.watch.feed import Feed
from maskgate.watch.notices import Notice
from maskgate.watch.webhook import Webhook, sign, verify

NOW = 1_795_300_000.0
URL = "https://hooks.example.org/x"


class Receiver:
    """A receiver whose answers are given."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers, self.posts = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    @property
    def ids(self) -> list[str]:
        return [post.headers["X-Maskgate-Id"] for post in self.posts]


def filled(state: Path, n: int = 3, at: float = NOW) -> Path:
    feed = Feed(state)
    for i in range(n):
        feed.add(Notice(f"id-{i}", "action", "request_opened", int(at * 1000), f"text {i}", "r1", f"{URL}/r/r1", 1))
    return state


def hook(
    state: Path, receiver: Callable[[httpx.Request], httpx.Response], secret: str = "s3", **more: float
) -> Webhook:
    return Webhook(state, URL, secret, client=httpx.AsyncClient(transport=httpx.MockTransport(receiver)), **more)


def deliver(webhook: Webhook, *times: float) -> list[int]:
    async def go() -> list[int]:
        out = [await webhook.deliver(at) for at in times]
        await webhook.close()
        return out

    return asyncio.run(go())


def test_posts_are_signed_and_in_order(tmp_path: Path) -> None:
    """A receiver that checks as documented takes each notice, in the order of the feed."""
    receiver = Receiver()
    assert deliver(hook(filled(tmp_path), receiver), NOW) == [3]
    assert receiver.ids == ["id-0", "id-1", "id-2"]
    for post in receiver.posts:
        head = post.headers
        assert verify("s3", head["X-Maskgate-Timestamp"], post.content, head["X-Maskgate-Signature"], NOW)
        assert json.loads(post.content)["text"].startswith("text")


@pytest.mark.parametrize(
    ("secret", "shift", "body"), [("other", 0, b"{}"), ("s3", 301, b"{}"), ("s3", -301, b"{}"), ("s3", 0, b"{} ")],
    ids=["another secret", "too old", "from the future", "another body"],
)  # fmt: skip
def test_a_forged_post_is_seen(secret: str, shift: float, body: bytes) -> None:
    """The receiver's check fails for another key, another time, other bytes."""
    assert not verify("s3", str(int(NOW)), body, sign(secret, int(NOW), b"{}"), NOW + shift)
    assert verify("s3", str(int(NOW)), b"{}", sign("s3", int(NOW), b"{}"), NOW)
    assert not verify("s3", "no number", b"{}", sign("s3", int(NOW), b"{}"), NOW)


@pytest.mark.parametrize("failure", [500, 503, 429, httpx.ConnectError("down"), httpx.ReadTimeout("slow")], ids=str)
def test_a_failing_receiver_is_tried_again(failure: int | Exception, tmp_path: Path) -> None:
    """The notice stays first in line and is posted again after a pause, not before."""
    receiver = Receiver(failure)
    webhook = hook(filled(tmp_path, 2), receiver)
    assert deliver(webhook, NOW, NOW + 0.1, NOW + 2) == [0, 0, 2]
    assert receiver.ids == ["id-0", "id-0", "id-1"]


def test_a_refusal_is_final(tmp_path: Path) -> None:
    """A 4xx is not tried again, and does not hold up the next."""
    receiver = Receiver(400)
    webhook = hook(filled(tmp_path, 2), receiver)
    assert deliver(webhook, NOW) == [2]
    assert webhook.counts["refused"] == 1 and webhook.counts["delivered"] == 1


def test_it_gives_up_in_the_end(tmp_path: Path) -> None:
    """After its attempts the notice is counted as given up, and the next one has its turn."""
    receiver = Receiver(*[503] * 12)
    webhook = hook(filled(tmp_path, 2), receiver)
    deliver(webhook, *(NOW + 61 * n for n in range(13)))
    assert (webhook.counts["given_up"], webhook.counts["delivered"]) == (1, 1)
    assert receiver.ids == ["id-0"] * 12 + ["id-1"]


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    """The cursor is in a file: nothing is posted twice after a clean restart."""
    first, second = Receiver(), Receiver()
    deliver(hook(filled(tmp_path, 2), first), NOW)
    Feed(tmp_path).add(Notice("id-9", "info", "denied", int(NOW * 1000), "x"))
    webhook = hook(tmp_path, second)
    deliver(webhook, NOW)
    assert second.ids == ["id-9"]
    assert webhook.counts["delivered"] == 3


def test_old_news_is_not_posted(tmp_path: Path) -> None:
    """After an outage people are not flooded with what is over."""
    receiver = Receiver()
    webhook = hook(filled(tmp_path, 3, at=NOW - 7200), receiver, max_age_s=3600)
    assert deliver(webhook, NOW) == [3]
    assert receiver.posts == [] and webhook.counts["stale"] == 3


def test_redirects_are_not_followed(tmp_path: Path) -> None:
    """A receiver cannot send the notice elsewhere."""
    receiver = Receiver(302)
    webhook = hook(filled(tmp_path, 1), receiver)
    deliver(webhook, NOW)
    assert len(receiver.posts) == 1 and webhook.counts["refused"] == 1


def test_without_an_address_nothing_happens(tmp_path: Path) -> None:
    """No webhook configured: nothing is posted, nothing is counted."""
    webhook = Webhook(filled(tmp_path), "", "")
    assert deliver(webhook, time.time()) == [0]
