"""Waiting on the console: many may wait, none is kept waiting by them."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import httpx
from fake_console import ORIGIN

from maskgate.console.notifier import Pulse


def test_a_hundred_who_wait_hold_up_nobody(make_site: Any) -> None:
    """Agents that wait for a decision take no thread: the pages answer meanwhile, and a decision wakes all of them."""
    site = make_site(console={"public_read": True})
    request = site.hold(tier="standard")
    path = f"/api/v1/requests/{request.request_id}?wait=20"

    async def play() -> tuple[float, list[str]]:
        transport = httpx.ASGITransport(app=site.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=60) as client:
            waiting = [asyncio.create_task(client.get(path)) for _ in range(100)]
            await asyncio.sleep(1.0)
            began = time.monotonic()
            assert (await client.get("/api/v1/health")).status_code == 200
            took = time.monotonic() - began
            site.world.vote(request, "anna")
            threading.Thread(target=site.sync).start()  # the feed's thread
            return took, [(await one).json()["state"] for one in waiting]

    took, states = asyncio.run(play())
    assert took < 3
    assert states == ["released"] * 100


def test_a_beat_between_the_look_and_the_wait_is_not_lost() -> None:
    """What changes while somebody looks wakes them at once."""
    pulse, looks = Pulse(), []

    def look() -> bool:
        looks.append(1)
        if len(looks) == 1:
            pulse.beat()  # another thread, while this one still looks
        return len(looks) > 1

    began = time.monotonic()
    assert asyncio.run(pulse.until(time.monotonic() + 10, look)) is True
    assert time.monotonic() - began < 0.9


def test_the_deadline_ends_the_wait_and_leaves_nothing_behind() -> None:
    """Nobody decided: the last answer comes at the deadline, and the list of those who wait is empty again."""
    pulse = Pulse()
    began = time.monotonic()
    assert asyncio.run(pulse.until(time.monotonic() + 0.2, lambda: "")) == ""
    assert 0.15 < time.monotonic() - began < 2
    assert not pulse._waiting
