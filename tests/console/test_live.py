"""Open pages hear of a change at once, and nothing but that there is one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from test_browser import Served

from maskgate.console.pages import live

pytestmark = pytest.mark.slow


@pytest.fixture
def served(make_site: Any) -> Iterator[Served]:
    made = Served(make_site(console={"public_read": True}, now=time.time_ns() // 1_000_000))
    yield made
    made.close()


def within(seconds: float, fits: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not fits() and time.monotonic() < end:
        time.sleep(0.02)
    return fits()


def test_a_change_is_told_without_content_and_the_seat_is_given_back(served: Served) -> None:
    seats = served.site.context.listeners
    with httpx.stream("GET", f"{served.url}/live", timeout=60.0) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == "retry: 2000"
        assert seats.total() == 1
        served.site.hold(tier="standard", purpose="a purpose that stays here")
        told = next(line for line in lines if line.startswith("data"))
        assert told == "data: changed"
    assert within(30, lambda: seats.total() == 0)


def test_a_stranger_hears_nothing(site: Any) -> None:
    """Where the pages are not public, the stream is not."""
    assert site.browser().get("/live", headers={"accept": "application/json"}).status_code == 401


def test_more_pages_than_one_may_have_open_are_refused(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page then looks every few seconds, as it does without a stream."""
    monkeypatch.setattr(live, "_MOST_EACH", 1)
    browser = site.signed_in("anna")
    site.context.listeners["anna"] = 1
    assert browser.get("/live", headers={"accept": "application/json"}).status_code == 429
