"""The full-screen desk, driven by keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import fake_office as office
import pytest

from maskgate.approvals.model import ItemState
from maskgate.reviewer.desk import ApiDesk

pytest.importorskip("textual")

from maskgate.reviewer.tui import DeskApp


async def until(pilot: Any, done: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not done():
        assert time.monotonic() < end, "the screen never got there"
        await pilot.pause(0.05)


def app_of(site: Any, person: str) -> DeskApp:
    return DeskApp(ApiDesk(site.client(person)), office.key(person), every_s=60)


@pytest.fixture
def now_site(make_site: Any) -> Any:
    """A console whose clock is the wall's."""
    return make_site(console={"public_read": False}, now=time.time_ns() // 1_000_000)


def test_a_reviewer_approves_with_keys_and_enter_alone_signs_nothing(now_site: Any) -> None:
    """a opens the dialog, Enter in it goes to Back, Ctrl+S signs, and the gate counts the vote."""
    request = now_site.hold(tier="standard")

    async def play() -> None:
        app = app_of(now_site, "anna")
        async with app.run_test(size=(140, 40)) as pilot:
            await until(pilot, lambda: len(app._rows) == 1)
            await until(pilot, lambda: isinstance(app._detail, dict))
            await pilot.press("a", "enter", "enter")
            await pilot.pause(0.2)
            assert now_site.world.of(request).state is ItemState.PENDING
            await pilot.press("a", "o", "k", "ctrl+s")
            await until(pilot, lambda: now_site.world.of(request).state is ItemState.RELEASED)

    asyncio.run(play())
    assert now_site.world.of(request).votes[0].reason == "ok"
    assert now_site.world.of(request).votes[0].channel == "tui"


def test_a_vote_is_taken_back_with_a_key(now_site: Any) -> None:
    """t asks as a and d do, signs a retraction of the request that is shown, and the vote counts no more."""
    request = now_site.hold(tier="double")

    async def play() -> None:
        app = app_of(now_site, "anna")
        async with app.run_test(size=(140, 40)) as pilot:
            await until(pilot, lambda: len(app._rows) == 1 and isinstance(app._detail, dict))
            await pilot.press("a", "ctrl+s")
            await until(pilot, lambda: len(now_site.world.of(request).votes) == 1)
            await until(pilot, lambda: isinstance(app._detail, dict) and len(app._rows) == 1)
            await pilot.press("t", "ctrl+s")
            await until(pilot, lambda: len(now_site.world.of(request).votes) == 2)

    asyncio.run(play())
    assert [v.decision for v in now_site.world.of(request).votes] == ["approve", "retract"]
    assert now_site.world.of(request).votes[1].channel == "tui"


def test_marked_requests_are_decided_with_one_signature(now_site: Any) -> None:
    """x marks, a decides all that is marked, and nothing else."""
    requests = [now_site.hold(tier="standard", requester=office.verified(f"s{n}", "service")) for n in range(3)]

    async def play() -> None:
        app = app_of(now_site, "anna")
        async with app.run_test(size=(140, 40)) as pilot:
            await until(pilot, lambda: len(app._rows) == 3 and app._shown != "")
            await pilot.press("x", "j", "x")  # faster than the requests can be shown
            assert len(app._marked) == 2
            await pilot.press("a", "ctrl+s")
            await until(pilot, lambda: len(now_site.world.released()) == 2)

    asyncio.run(play())
    states = sorted(now_site.world.of(r).state.value for r in requests)
    assert states == ["PENDING", "RELEASED", "RELEASED"]


def test_a_denial_needs_a_reason(now_site: Any) -> None:
    """Ctrl+S without a reason keeps the dialog of a denial open."""
    request = now_site.hold(tier="standard")

    async def play() -> None:
        app = app_of(now_site, "anna")
        async with app.run_test(size=(140, 40)) as pilot:
            await until(pilot, lambda: isinstance(app._detail, dict))
            await pilot.press("d", "ctrl+s")
            await pilot.pause(0.2)
            assert len(app.screen_stack) == 2
            await pilot.press("n", "o", "ctrl+s")
            await until(pilot, lambda: now_site.world.of(request).state is ItemState.DENIED)

    asyncio.run(play())


def cells(app: DeskApp) -> list[str]:
    """The first row of the queue as it is on the screen."""
    table = app._table
    line = table.region.y + 1
    return [str(strip.text) for strip in app.screen._compositor.render_strips()][line].split()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (130, 40), (170, 50)], ids=lambda s: f"{s[0]} columns")
def test_votes_and_time_left_are_never_cut_off(now_site: Any, size: tuple[int, int]) -> None:
    """At any width the queue shows tier, votes and time, and the request has lines that fit; also after a resize."""
    now_site.hold(tier="standard", purpose="monthly settlement with a partner whose name is long")

    async def play() -> None:
        app = app_of(now_site, "anna")
        async with app.run_test(size=size) as pilot:
            for width, height in (size, (90, 30), size):
                await pilot.resize_terminal(width, height)
                await until(pilot, lambda: app._fitted == (app._table.size.width, app.size.width) != (0, 0))
                await until(pilot, lambda: len(app._rows) == 1 and app._detail != "")
                shown = " ".join(cells(app))
                assert "standard" in shown and "0/1" in shown and "1 d 0 h" in shown, shown
                text = str(app.query_one("#text").render())
                facts = text.split("──")[0].splitlines()
                assert max(map(len, facts)) <= app.query_one("#detail").size.width

    asyncio.run(play())
