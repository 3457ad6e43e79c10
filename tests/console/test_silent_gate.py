"""When the gate is said to be silent: by its heartbeat, which says how far it has decided, and by nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fake_office as office
import pytest
from fake_console import Site

from maskgate.console.heart import DEAD_S, SILENT_S
from maskgate.gate import beat
from maskgate.kafka import topics
from maskgate.reviewer.desk import ApiDesk, sign_act, sign_bulk, sign_vote


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A console and a gate whose clocks are today's."""
    made = Site(tmp_path, now=time.time_ns() // 1_000_000)
    yield made
    made.close()


def desk_of(site: Site, person: str = "dan") -> ApiDesk:
    return ApiDesk(site.client(person))


def vote_again(site: Site) -> list[dict[str, Any]]:
    request, desk = site.hold(tier="double"), desk_of(site)
    made = [sign_vote(desk.me(), office.key("dan"), request, "approve", "looked") for _ in range(2)]
    return [desk.submit(raw, 1) for raw in (*made, made[0])]


def bulk_again(site: Site) -> list[dict[str, Any]]:
    desk = desk_of(site)
    held = [site.hold(tier="double"), site.hold(tier="double", value=b'{"b":2}', topic="tickets")]
    first = sign_vote(desk.me(), office.key("dan"), held[0], "approve", "looked")
    listed = [sign_bulk(desk.me(), office.key("dan"), held, "approve", "looked") for _ in range(2)]
    return [desk.submit(raw, 1) for raw in (first, *listed)]


def retract_again(site: Site) -> list[dict[str, Any]]:
    request, desk = site.hold(tier="double"), desk_of(site)
    desk.submit(sign_vote(desk.me(), office.key("dan"), request, "approve", "looked"), 1)
    raw = sign_act(desk.me(), office.key("dan"), request, "retract")
    return [desk.submit(raw, 1), desk.submit(raw, 1)]


def ratify_again(site: Site) -> list[dict[str, Any]]:
    request = site.hold(tier="double")
    boss, other = desk_of(site, "eve"), desk_of(site, "anna")
    boss.submit(sign_act(boss.me(), office.key("eve"), request, "break_glass", "at night"), 1)
    raw = sign_act(other.me(), office.key("anna"), request, "ratify", "it was right")
    return [other.submit(raw, 1), other.submit(raw, 1)]


def withdraw_again(site: Site) -> list[dict[str, Any]]:
    desk = desk_of(site)
    asked = site.client("dan").request("db.rollback", expected_outcome="well")
    request = site.context.index.get(asked.request_id)
    assert request is not None
    raw = sign_act(desk.me(), office.key("dan"), request.entry.request, "withdraw", "not needed")
    return [desk.submit(raw, 1), desk.submit(raw, 1)]


def ask_again(site: Site) -> list[dict[str, Any]]:
    asked = [site.client("dan").request("db.rollback", expected_outcome="well") for _ in range(2)]
    assert asked[0].request_id == asked[1].request_id
    return []


def refused_often(site: Site) -> list[dict[str, Any]]:
    """More refusals than the log keeps one by one."""
    request, desk = site.hold(tier="double"), desk_of(site)
    desk.submit(sign_vote(desk.me(), office.key("dan"), request, "deny", "no"), 1)
    return [desk.submit(sign_vote(desk.me(), office.key("dan"), request, "approve", "after all"), 1) for _ in range(12)]


NO_OPS = (vote_again, bulk_again, retract_again, ratify_again, withdraw_again, ask_again, refused_often)


@pytest.mark.parametrize("play", NO_OPS, ids=lambda play: play.__name__)
def test_what_changes_nothing_is_no_silence(play: Callable[[Site], list[dict[str, Any]]], site: Site) -> None:
    """The gate lives and has read it: health stays 200 past the limit, and no answer waits for what never comes."""
    told = play(site)
    assert "pending" not in {one["outcome"] for one in told}
    site.world.later(2 * SILENT_S)
    answer = site.browser().get("/api/v1/health")
    assert (answer.status_code, answer.json()["gate_silent_since"]) == (200, None)


def test_a_repeat_says_it_is_one(site: Site) -> None:
    """Accepted, marked, and with where the request stands; also by a copy of the envelope and by a list."""
    first, again, copy = vote_again(site)
    assert "repeated" not in first
    assert again["repeated"]
    assert copy["repeated"]
    assert again["message"].startswith("You said this before")
    assert again["standing"][0]["agreed"] == 1
    assert bulk_again(site)[-1]["repeated"]
    assert retract_again(site)[-1]["repeated"]


def test_one_refusal_of_a_flood_is_no_repeat(site: Site) -> None:
    """What the log only counts is never said to be accepted."""
    told = refused_often(site)
    assert {one["outcome"] for one in told[:9]} == {"refused"}
    assert told[-1]["outcome"] == "unchanged"
    assert "many like it" in told[-1]["message"]


def test_a_vote_that_nobody_reads_is_silence(site: Site) -> None:
    """The gate is dead: said after 15 s, by health and on every page, and no more once it has read the vote."""
    request, desk = site.hold(tier="double"), desk_of(site)
    site.alive = False
    told = desk.submit(sign_vote(desk.me(), office.key("dan"), request, "approve", "looked"), 0)
    assert told["outcome"] == "pending"
    assert site.browser().get("/api/v1/health").status_code == 200
    site.world.later(SILENT_S + 1)
    assert site.browser().get("/api/v1/health").status_code == 503
    assert "The gate is silent" in site.signed_in("anna").get("/").text
    site.sync()
    assert site.browser().get("/api/v1/health").status_code == 200


def test_a_dead_gate_is_silent_though_nobody_asks_it(site: Site) -> None:
    """An idle gate has a heartbeat; without one it is silent, whoever waits."""
    site.world.later(beat.EVERY_S + 1)
    site.sync()
    site.world.later(DEAD_S - 1)
    assert site.browser().get("/api/v1/health").status_code == 200
    site.world.later(2)
    assert site.browser().get("/api/v1/health").status_code == 503


def test_a_heartbeat_never_says_more_than_is_decided(site: Site) -> None:
    """A vote for a request that is still hidden waits: the heartbeat stops before it."""
    request = site.hold(tier="double")
    site.world.port.hidden[topics.REQUESTS] = 1
    site.world.broker.append(topics.REQUESTS, b"{}")
    desk = desk_of(site)
    raw = sign_vote(desk.me(), office.key("dan"), request, "approve", "looked")
    site.world.gate.truth.state.requests.pop(request.request_id)
    at = site.context.send(topics.VOTES, raw)
    assert not site.context.heart.is_read(topics.VOTES, at)
    del site.world.port.hidden[topics.REQUESTS]
    site.sync()
    assert site.context.heart.is_read(topics.VOTES, at)


def test_a_heartbeat_without_its_log_entries_decides_nothing_yet(site: Site) -> None:
    """Two topics arrive in any order: a vote whose entry is still on its way is pending, not a repeat."""
    request, desk = site.hold(tier="double"), desk_of(site)
    raw = sign_vote(desk.me(), office.key("dan"), request, "approve", "looked")
    told = desk.submit(raw, 1)
    site.context.index.logged -= 1
    site.context.index._db.execute("DELETE FROM log WHERE in_topic=? AND in_offset=?", (topics.VOTES, told["offset"]))
    assert site.context.heart.is_read(topics.VOTES, told["offset"])
    assert desk._client.get_json(f"/votes/{told['offset']}")["outcome"] == "pending"


@pytest.mark.parametrize("raw", [None, b"", b"{}", b"[]", b"x", b'{"decided": 3}'])
def test_what_is_no_heartbeat_decides_nothing(raw: bytes | None) -> None:
    """The gate's clock of an older version, or rubbish."""
    assert beat.decode(raw) is None
