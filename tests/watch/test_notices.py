"""Which events become notices, and that their words can carry nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskgate.watch import feed
from maskgate.watch.feed import Feed
from maskgate.watch.notices import Notice, OpenRequests, clean, from_log

BASE = "https://gate.example.org"
SAFE = set("· .,:;/@+=#%()-_")


def opened(
    request_id: str = "r1", count: int = 2, created: int = 0, expires: int = 100_000, **more: Any
) -> dict[str, Any]:
    """A request_opened event."""
    request = {
        "request_id": request_id, "kind": "export", "tier": "high", "action": {"destination": "partner_a"},
        "items": [{"item_id": f"i{n}"} for n in range(count)], "created": created, "expires_at": expires,
    }  # fmt: skip
    return {"type": "request_opened", "meta": {"at": 5}, "request": request | more}


def moved(to: str, request_id: str = "r1", items: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "moved", "meta": {"at": 6}, "request_id": request_id, "to": to, "items": list(items)}


@pytest.mark.parametrize(
    ("event", "level", "kind"),
    [
        (opened(), "action", "request_opened"),
        (moved("RELEASED"), "info", "released"),
        (moved("DENIED"), "info", "denied"),
        (moved("EXPIRED"), "action", "expired"),
        (moved("RECALLED"), "alarm", "recalled"),
        (moved("CONDEMNED"), "alarm", "condemned"),
        ({"type": "glass_broken", "request_id": "r1"}, "alarm", "glass_broken"),
        ({"type": "escalated", "request_id": "r1", "percent": 80, "persons": ["ada"]}, "action", "escalated"),
        ({"type": "review_overdue", "request_id": "r1"}, "alarm", "review_overdue"),
        ({"type": "vote_accepted", "request_id": "r1", "vote": {}}, "info", "voted"),
        ({"type": "refused", "code": "self_approval", "alarm": True}, "alarm", "refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_people_have_to_know(event: dict[str, Any], level: str, kind: str) -> None:
    """The happening has its level and leads to the request's page."""
    notice = from_log(event, "log/0/7", BASE)
    assert notice is not None
    assert (notice.level, notice.kind, notice.id) == (level, kind, "log/0/7")
    assert notice.link == (f"{BASE}/r/r1" if kind != "refused" else "")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "refused", "code": "duplicate_vote", "alarm": False},
        {"type": "policy_loaded"},
        opened(quiet=True),
        {"type": "something_newer"},
        {},
    ],
    ids=["a plain refusal", "a policy", "a quiet request", "an unknown event", "nothing"],
)
def test_what_nobody_has_to_know(event: dict[str, Any]) -> None:
    """No notice."""
    assert from_log(event, "x", BASE) is None


def test_a_notice_has_counts_and_a_link_only() -> None:
    """Purpose, outcome, requester, reason and items of a request never reach a notice."""
    marked = "jane.doe@example.org"
    event = opened(
        action={"destination": "partner_a", "purpose": marked, "expected_outcome": marked, "arguments": marked},
        requester={"sub": marked}, rule=marked, items=[{"item_id": marked, "source": {"topic": marked}}],
    )  # fmt: skip
    notices = [from_log(event, "x", BASE), from_log(moved("DENIED") | {"reason": marked, "by": [marked]}, "y", BASE)]
    assert marked not in json.dumps([notice.as_dict() for notice in notices if notice])


@given(st.text(max_size=200))
def test_text_from_outside_is_harmless(text: str) -> None:
    """No markup, control, bidi or link syntax survives in a name, an id or a destination."""
    assert set(clean(text)) <= SAFE | {c for c in clean(text) if c.isalnum()}
    assert not set(clean(text)) & set("<>&\"'`[]{}|\\*\n\r\t\u202e\u2066\u200b")
    notice = from_log(opened(request_id=text, tier=text, action={"destination": text}), "x", BASE)
    assert notice is not None
    for part in (notice.text, notice.link, notice.request_id):
        assert not set(part) & set("<>&\"'`[]{}|\\*\n\r\t\u202e\u2066\u200b")


def test_a_request_is_reminded_once_it_is_nearly_over() -> None:
    """With a fifth of its time left a request is due; a decided one is not."""
    waiting = OpenRequests(BASE)
    waiting.fold(opened("r1", expires=100_000), 0)
    waiting.fold(opened("r2", expires=100_000), 1)
    assert list(waiting.due(70_000)) == []
    assert {notice.id for notice in waiting.due(81_000)} == {"r1/expiring", "r2/expiring"}
    waiting.fold(moved("APPROVED", "r1"), 2)
    assert [notice.id for notice in waiting.due(81_000)] == ["r2/expiring"]


def test_a_silent_gate_is_told() -> None:
    """A request that is past its time without an event of the gate is an alarm."""
    waiting = OpenRequests(BASE)
    waiting.fold(opened(expires=100_000), 0)
    assert [notice.kind for notice in waiting.due(120_000)] == []
    assert [(notice.kind, notice.level) for notice in waiting.due(161_000)] == [("gate_silent", "alarm")]
    waiting.fold(moved("EXPIRED"), 1)
    assert list(waiting.due(161_000)) == []


def test_a_partial_decision_leaves_the_rest_open() -> None:
    """A request waits until all its items are decided."""
    waiting = OpenRequests(BASE)
    waiting.fold(opened(count=2), 0)
    waiting.fold(moved("DENIED", items=("i0",)), 1)
    assert len(waiting) == 1
    waiting.fold(moved("RELEASED", items=("i1",)), 2)
    assert len(waiting) == 0


def test_the_past_is_folded_once() -> None:
    """A record that is delivered again does not open a decided request."""
    waiting = OpenRequests(BASE)
    waiting.fold(opened(), 0)
    waiting.fold(moved("DENIED"), 1)
    waiting.fold(opened(), 0)
    assert len(waiting) == 0


def note(n: int) -> Notice:
    return Notice(f"id-{n}", "info", "released", n, f"text {n}")


def test_the_feed_drops_repetitions_over_restarts(tmp_path: Path) -> None:
    """A notice is in the feed once, however often its record comes."""
    first = Feed(tmp_path)
    assert [first.add(note(1)), first.add(note(1)), first.add(note(2))] == [True, False, True]
    second = Feed(tmp_path)
    assert [second.add(note(2)), second.add(note(3))] == [False, True]
    assert [(line["seq"], line["id"]) for line in feed.read(tmp_path)] == [(1, "id-1"), (2, "id-2"), (3, "id-3")]
    assert [line["seq"] for line in feed.read(tmp_path, after=2)] == [3]
    assert [line["seq"] for line in feed.read(tmp_path, limit=1)] == [3]


def test_a_torn_line_harms_nothing(tmp_path: Path) -> None:
    """What a kill cut off is passed over, and the next notice starts on its own line."""
    Feed(tmp_path).add(note(1))
    with feed.path(tmp_path).open("a") as out:
        out.write('{"seq": 2, "id": "id-')
    again = Feed(tmp_path)
    again.add(note(2))
    assert [line["id"] for line in feed.read(tmp_path)] == ["id-1", "id-2"]


def test_the_feed_stays_small(tmp_path: Path) -> None:
    """The file is cut to its newest half; numbers go on."""
    small = Feed(tmp_path, max_bytes=5000)
    for n in range(300):
        small.add(note(n))
    assert feed.path(tmp_path).stat().st_size < 6000
    lines = feed.read(tmp_path)
    assert lines[-1]["seq"] == 300 and lines[0]["seq"] > 200
    assert not Feed(tmp_path, max_bytes=5000).add(note(299))


def test_no_feed_yet_is_empty(tmp_path: Path) -> None:
    """A reader that comes first sees nothing."""
    assert feed.read(tmp_path) == []
