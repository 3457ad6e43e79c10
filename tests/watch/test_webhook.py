"""Posts of notices: signed, in order, retried, and never more than a receiver may know."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from maskgate.base.config import Settings
from maskgate.watch import delivery, undelivered
from maskgate.watch.channels.webhook import WebhookChannel, standard
from maskgate.watch.feed import Feed
from maskgate.watch.notices import Notice
from maskgate.watch.outbox import Outbox
from maskgate.watch.webhook import sign, verify

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


def hook(state: Path, receiver: Callable[[httpx.Request], httpx.Response], secret: str = "s3", **more: float) -> Outbox:
    client = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
    return Outbox(state, WebhookChannel("webhook", URL, secret, client), **more)


def deliver(webhook: Outbox, *times: float) -> list[int]:
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


def test_a_refused_notice_is_kept_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A 4xx is not tried again and does not hold up the next; the notice is kept and the log says so."""
    webhook = hook(filled(tmp_path, 2), Receiver(400))
    assert deliver(webhook, NOW) == [2]
    assert webhook.counts == {"delivered": 1, "kept": 1, "stale": 0}
    (kept,) = undelivered.read(tmp_path)
    assert (kept["id"], kept["why"]) == ("id-0", "the receiver answered 400")
    assert stat.S_IMODE(undelivered.path(tmp_path).stat().st_mode) == 0o600
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["notice"]) == ("notice_not_delivered", "error", "id-0")


def test_what_no_attempt_delivered_is_kept(tmp_path: Path) -> None:
    """After its attempts the notice is kept, and the next one has its turn."""
    receiver = Receiver(*[503] * 12)
    webhook = hook(filled(tmp_path, 2), receiver)
    deliver(webhook, *(NOW + 61 * n for n in range(13)))
    assert (webhook.counts["kept"], webhook.counts["delivered"]) == (1, 1)
    assert receiver.ids == ["id-0"] * 12 + ["id-1"]
    assert [entry["id"] for entry in undelivered.read(tmp_path)] == ["id-0"]


def test_kept_notices_are_delivered_again_and_the_rest_stays(tmp_path: Path) -> None:
    """What the receiver takes is kept no longer, signed and under its id; what it refuses again stays kept."""
    deliver(hook(filled(tmp_path, 8), Receiver(*[400] * 8)), NOW)
    receiver = Receiver(200, 404, 200, 200, 200, 200, 200, 200)

    async def again() -> list[tuple[str, str]]:
        webhook = hook(tmp_path, receiver)
        try:
            return await webhook.redeliver(NOW)
        finally:
            await webhook.close()

    answers = asyncio.run(again())
    assert answers[:2] == [("id-0", ""), ("id-1", "the receiver answered 404")]
    assert [entry["id"] for entry in undelivered.read(tmp_path)] == ["id-1"]
    body = json.loads(receiver.posts[0].content)
    assert {"why", "channel", "kept_at"}.isdisjoint(body)
    assert verify(
        "s3", str(int(NOW)), receiver.posts[0].content, receiver.posts[0].headers["X-Maskgate-Signature"], NOW
    )


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
    assert len(receiver.posts) == 1 and webhook.counts["kept"] == 1


def test_without_an_address_nothing_happens(tmp_path: Path) -> None:
    """No address, no channel: there is no outbox."""
    assert delivery.outboxes(Settings.model_validate({"pipeline": {"state_dir": str(filled(tmp_path))}})) == []


def test_standard_webhooks_headers(tmp_path: Path) -> None:
    """A receiver with any Standard Webhooks library can check the post: id, timestamp and signature."""
    receiver = Receiver()
    deliver(hook(filled(tmp_path, 1), receiver), NOW)
    (post,) = receiver.posts
    head = post.headers
    assert (head["Webhook-Id"], head["Webhook-Timestamp"]) == ("id-0", str(int(NOW)))
    assert head["Webhook-Signature"] == standard("s3", "id-0", int(NOW), post.content)


def test_a_receiver_says_when_to_come_again(tmp_path: Path) -> None:
    """Retry-After is kept: nothing is posted before."""
    answers = [httpx.Response(429, headers={"retry-after": "120"}), httpx.Response(200)]
    posts: list[httpx.Request] = []

    def receiver(request: httpx.Request) -> httpx.Response:
        posts.append(request)
        return answers.pop(0)

    assert deliver(hook(filled(tmp_path, 1), receiver), NOW, NOW + 119, NOW + 121) == [0, 0, 1]
    assert len(posts) == 2
