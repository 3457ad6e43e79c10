"""The answer to a vote says what it means now: how many agreed, who is needed, released or not."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import fake_office as office
import pytest

from maskgate.approvals import commands
from maskgate.approvals.model import ItemState
from maskgate.console import present, verdict
from maskgate.console.reader import Reader
from maskgate.kafka import topics
from maskgate.people import changes as people_changes
from maskgate.reviewer.desk import ApiDesk, entry_of, sign_act, sign_bulk, sign_vote

AGENT = "agent-7"


@pytest.fixture
def api(make_site: Any) -> Any:
    """A console on the real clock, for signed calls, with an agent."""
    tree = office.people_tree()
    agent = {"name": AGENT, "role": "producer", "iss": office.ISS, "sub": AGENT, "kind": "agent"}
    tree["services"].append(agent | {"public": office.key(AGENT).public.hex()})
    site = make_site(console={"public_read": False}, now=time.time_ns() // 1_000_000)
    site.world.gate._people, site.world.gate._loaded = json.dumps(tree, sort_keys=True).encode(), False
    site.sync()
    return site


def vote(site: Any, request: Any, person: str, decision: str = "approve", **fields: Any) -> dict[str, Any]:
    desk = ApiDesk(site.client(person))
    entry = entry_of(desk.show(request.request_id))
    return desk.submit(sign_vote(desk.me(), office.key(person), entry.request, decision, "looked", **fields), 1)


def act(site: Any, request: Any, person: str, verb: str) -> dict[str, Any]:
    desk = ApiDesk(site.client(person))
    entry = entry_of(desk.show(request.request_id))
    return desk.submit(sign_act(desk.me(), office.key(person), entry.request, verb, "because"), 1)


def test_the_first_of_two_is_told_that_it_stays_held_and_who_is_needed(api: Any) -> None:
    """n of m, and the groups that are missing; groups, not persons."""
    request = api.hold(tier="high")
    told = vote(api, request, "anna")
    assert told["message"] == ("Your approval counts. 1 of 2 agreed; still needed: 1 of security. It stays held.")
    (stands,) = told["standing"]
    assert (stands["agreed"], stands["needed"], stands["state"]) == (1, 2, "pending")
    assert stands["missing"] == [{"group": "security", "n": 1}]


def test_the_last_one_is_told_that_it_is_released(api: Any) -> None:
    """The answer waits for the release that follows at once."""
    request = api.hold(tier="high")
    vote(api, request, "anna")
    told = vote(api, request, "ben")
    assert told["message"] == "Your approval counts. 2 of 2 agreed; it is released."
    assert told["standing"][0]["state"] == "released"


def test_a_permit_an_abstention_a_denial(api: Any) -> None:
    """Other decisions are told in their own words."""
    asked = api.client(AGENT).request("db.rollback", arguments={"to": 3}, expected_outcome="well again")
    request = api.context.index.get(asked.request_id).entry.request
    told = vote(api, request, "dan", "abstain")
    assert told["message"] == "Your abstention is noted. 0 of 1 agreed; still needed: 1 of reviewers. It stays held."
    assert vote(api, request, "anna")["message"] == "Your approval counts. 1 of 1 agreed; the permit is issued."
    other = api.hold(tier="double")
    assert vote(api, other, "dan", "deny")["message"] == "Your denial counts. The request is denied; nothing leaves."


def test_acts_say_what_became_of_the_request(api: Any) -> None:
    """Breaking the glass, its review, and a recall."""
    request = api.hold(tier="high")
    told = act(api, request, "eve", "break_glass")
    assert told["message"] == (
        "It was released by breaking the glass; the review is due: 0 of 1 agreed, still needed: 1 of reviewers."
    )
    assert act(api, request, "dan", "ratify")["message"].endswith("The emergency release is ratified.")
    other = api.hold(tier="standard", value=b'{"x":1}')
    vote(api, other, "dan")
    assert act(api, other, "anna", "recall")["message"] == "It is recalled: a tombstone and a notice went out."


def test_the_same_vote_again_says_what_stands(api: Any) -> None:
    """A repeated vote changes nothing and is told the same count."""
    request = api.hold(tier="double")
    vote(api, request, "anna")
    told = vote(api, request, "anna")
    assert told["repeated"] is True
    assert told["message"] == (
        "You said this before, and it counts once. 1 of 2 agreed; still needed: 1 of reviewers. It stays held."
    )


def test_a_changed_mind_about_masking_is_no_repetition(api: Any) -> None:
    """The same decision with other extra masking is a new vote, and only equal results are counted together."""
    request = api.hold(tier="double")
    vote(api, request, "anna")
    desk = ApiDesk(api.client("ben"))
    result, _ = desk.masked_further(request.request_id, ["/email"], ())
    told = vote(api, request, "ben", masking=["/email"], result=result)
    assert "1 of 2 agreed" in told["message"]
    told = vote(api, request, "anna", masking=["/email"], result=result)
    assert "repeated" not in told
    assert told["message"] == "Your approval counts. 2 of 2 agreed; it is released."


def test_a_list_of_votes_says_which_did_not_count(api: Any) -> None:
    """Of a bulk decision some votes may be refused: they are named, the others count."""
    mine = api.hold(tier="standard", requester=office.verified("dan", "human"))
    good = [api.hold(tier="standard", value=b'{"x":%d}' % n) for n in range(2)]
    desk = ApiDesk(api.client("dan"))
    told = desk.submit(sign_bulk(desk.me(), office.key("dan"), [*good, mine], "approve", "ok"), 1)
    assert told["outcome"] == "accepted"
    assert told["message"] == "Your approval counts. Of 2 requests: 2 released. Not counted: 1 excluded."
    assert [(r["request_id"], r["code"]) for r in told["refused"]] == [(mine.request_id, "excluded")]
    alone = desk.submit(sign_bulk(desk.me(), office.key("dan"), [mine], "approve", "ok"), 1)
    assert (alone["outcome"], alone["code"]) == ("refused", "excluded")


def test_an_agent_is_not_told_of_other_peoples_requests(api: Any) -> None:
    """What became of a vote is told to a program only for its own requests."""
    request = api.hold(tier="double")
    offset = vote(api, request, "anna")["offset"]
    told = api.client(AGENT).get_json(f"/votes/{offset}")
    assert told == {"outcome": "accepted", "offset": offset, "requests": []}


def test_parts_of_a_request_are_counted_by_what_is_pending() -> None:
    """With votes on some records only, the count is that of the records which still wait."""
    world = office.Office()
    items = [world.item(tier="double", value=b'{"n":%d}' % n) for n in range(3)]
    request = world.open(*items)
    ids = [i.item_id for i in request.items]
    world.vote(request, "anna")
    world.vote(request, "ben", scope=ids[:1])
    told = verdict.standing(world.state, world.of(request), world.now / 1000)
    assert (told["agreed"], told["needed"]) == (1, 2)
    assert told["text"] == "Of 3 records: 1 approved, 2 pending; still needed: 1 of reviewers."


def test_a_vote_that_lost_its_authority_is_not_counted() -> None:
    """Standing is judged by the people of now, as the release is."""
    world = office.Office()
    request = world.open(tier="double")
    world.vote(request, "anna")
    gone = replace(world.state.people.persons["anna"], revoked_at=1)
    world.state.people = replace(world.state.people, persons={**world.state.people.persons, "anna": gone})
    assert verdict.standing(world.state, world.of(request), world.now / 1000)["agreed"] == 0


def puppets() -> tuple[office.Office, Any]:
    """An office whose admin enrolled both people who approved a request."""
    tree = office.people_tree(admin_n=1)
    for service in tree["services"]:
        if service["role"] == "admin":
            service |= {"iss": office.ISS, "sub": office.account("eve").sub}
    world = office.Office(people=tree)
    for name in ("puppeta", "puppetb"):
        body = {
            "id": name,
            "name": name,
            "accounts": [{"iss": office.ISS, "sub": office.account(name).sub}],
            "keys": [{"public": office.key(name).public.hex()}],
            "groups": ["reviewers"],
        }
        signers = [office.key("admin"), office.key(name)]
        envelope = people_changes.build_change("enrol", body, signers=signers, now_ms=world.now)
        world.do(commands.ChangePeople(envelope=envelope))
    request = world.open(tier="double")
    for name in ("puppeta", "puppetb"):
        world.vote(request, name)
    assert world.where(request) is ItemState.PENDING, "the gate holds it back"
    return world, request


def test_a_quorum_that_the_gate_holds_back_is_not_told_as_complete() -> None:
    """Where one person made all voters, verdict and page say that somebody else is needed, and who made them."""
    world, request = puppets()
    entry = world.of(request)
    told = verdict.standing(world.state, entry, world.now / 1000)
    assert told["one_more"]
    assert told["text"] == f"2 of 2 agreed; still needed: {verdict._ONE_MORE}. It stays held."
    reader = Reader(world.state.people, dict, clock=lambda: world.now / 1000, cooling_ms=world.state.policy.cooling_ms)
    assert present.makers(entry, reader) == [reader.name("eve")]
    assert present.makers(entry, replace(reader, cooling_ms=0)) == []


def test_a_review_of_a_broken_glass_knows_the_cooling_time() -> None:
    """The votes that complete no quorum complete no review either."""
    world, request = puppets()
    entry = world.of(request)
    released = {"rest": ItemState.RELEASED, "glass": "dan", "review": request.quorum}
    entry = replace(entry, **released, reviews=entry.votes, votes=())
    told = verdict.standing(world.state, entry, world.now / 1000)
    assert told["one_more"]
    assert told["text"].endswith(f"2 of 2 agreed, still needed: {verdict._ONE_MORE}.")


def test_the_pages_know_the_cooling_time_of_the_policy(api: Any) -> None:
    """The presenter judges by the policy in force, not by none."""
    assert api.context.reader().cooling_ms == api.context.registry.policy.cooling_ms > 0


@pytest.mark.parametrize("state", list(verdict._ENDED))
def test_every_end_has_its_words(state: Any) -> None:
    """No state falls through to nothing."""
    world = office.Office()
    request = world.open(tier="standard")
    entry = replace(world.of(request), rest=state)
    assert verdict.standing(world.state, entry, world.now / 1000)["text"] == verdict._ENDED[state]


def test_a_stale_view_is_not_told(api: Any) -> None:
    """Where the view has not followed the log yet, the vote is accepted but no old count is given for new."""
    request = api.hold(tier="double")
    before = api.context.index.get(request.request_id)
    offset = vote(api, request, "anna")["offset"]
    stale = api.world.broker.views()[0]
    api.context.index.write([(request.request_id, stale)])
    assert api.context.index.get(request.request_id).entry == before.entry
    api.context.index._db.execute("UPDATE log SET at=at+1000 WHERE type='vote_accepted'")
    told = verdict.outcome_now(api.context, topics.VOTES, offset)
    assert (told["outcome"], told["standing"]) == ("accepted", [])
