"""Whom a notice names, and what a card may say: from the log alone, and only of requests that wait."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from fakes.fake_office import ISS, POLICY, START, Office, account, key, people_tree, verified
from maskgate.approvals import commands
from maskgate.approvals import events as ev
from maskgate.approvals.model import Request
from maskgate.people import changes as people_changes
from maskgate.watch.situations import Situation, Situations, situation_from

LONG = 1 << 44


def follow(office: Office, request: Request) -> tuple[Situations, Situation]:
    """The watch after the office's log, and its last word on the request."""
    watch, said = Situations(), None
    for event in office.log:
        current = watch.fold(ev.encode(event))
        if current is not None and current.request.request_id == request.request_id:
            said = watch.of(current, office.now)
    assert said is not None
    return watch, said


def test_who_can_complete_the_quorum_is_named() -> None:
    """At first everybody of both groups; after a vote for privacy only those who can still fill security."""
    office = Office()
    request = office.open(tier="high")
    assert set(follow(office, request)[1].persons) == {"anna", "ben", "chloe"}
    office.vote(request, "anna")
    said = follow(office, request)[1]
    assert set(said.persons) == {"ben", "chloe"}
    assert said.names == tuple(f"{p.title()} Example" for p in said.persons)
    assert {group: (have, n) for group, have, n in said.progress} == {"privacy": (1, 1), "security": (0, 1)}


def test_the_requester_is_never_named() -> None:
    """Whoever asked is excluded, by any account."""
    office = Office()
    request = office.open(tier="standard", requester=verified("dan"))
    assert "dan" not in follow(office, request)[1].persons


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"away": [{"person": "ben", "start": 0, "end": LONG}]}, {"anna", "chloe"}),
        (
            {
                "away": [{"person": "ben", "start": 0, "end": LONG}],
                "delegations": [{"giver": "ben", "taker": "frank", "groups": ["security"], "start": 0, "end": LONG}],
            },
            {"anna", "chloe", "frank"},
        ),
    ],
    ids=["absent", "absent with a stand-in"],
)
def test_absent_ones_are_left_out_and_stand_ins_are_in(more: Mapping[str, Any], named: set[str]) -> None:
    """Who is away cannot be waited for; whom they lent their vote can."""
    office = Office(people=people_tree(**more))
    assert set(follow(office, office.open(tier="high"))[1].persons) == named


def enrol(office: Office, who: str) -> None:
    """The admin's key enrols a reviewer; the office's admin key is eve's here."""
    accounts = [{"iss": ISS, "sub": account(who).sub}]
    body = {"id": who, "name": who, "accounts": accounts, "keys": [{"public": key(who).public.hex()}]}
    envelope = people_changes.build_change(
        "enrol", body | {"groups": ["reviewers"]}, signers=[key("admin"), key(who)], now_ms=office.now
    )
    office.do(commands.ChangePeople(envelope=envelope))
    office.now += 1000


def owned_admin() -> dict[str, Any]:
    """People whose one admin key is eve's."""
    tree = people_tree(admin_n=1)
    for service in tree["services"]:
        if service["role"] == "admin":
            service |= {"iss": ISS, "sub": account("eve").sub}
    return tree


def test_who_cannot_complete_for_being_new_is_not_named() -> None:
    """Within the cooling time nobody is paged in vain; after it, or in a policy without one, the new one is named."""
    office = Office(people=owned_admin())
    enrol(office, "puppet")
    alone, two = office.open(tier="standard"), office.open(tier="double", value=b'{"n":2}')
    assert "puppet" not in follow(office, alone)[1].persons
    assert "puppet" in follow(office, two)[1].persons  # the first of two votes: somebody else completes it
    office.vote(two, "eve")
    named = set(follow(office, two)[1].persons)
    assert "dan" in named and "puppet" not in named
    office.vote(two, "puppet")
    waits = follow(office, two)[1]
    assert waits.state == "waits" and "dan" in waits.persons  # every slot is filled, and one more is asked
    office.give_policy(json.loads(json.dumps(POLICY)) | {"enrolment_cooling": "0s"})
    assert "puppet" in follow(office, office.open(tier="standard", value=b'{"n":3}'))[1].persons


def test_once_decided_it_says_by_whom_and_is_forgotten() -> None:
    """After the release nobody is waited for, the deciders are named, and the memory is free."""
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    office.release(request)
    watch, said = follow(office, request)
    assert (said.state, said.persons, said.decided_by) == ("released", (), ("Dan Example",))
    assert len(watch.requests) == 0


def test_a_card_holds_nothing_of_the_records_or_the_request() -> None:
    """No purpose, reason, argument or account: kinds as bands and names of the registry only."""
    office = Office()
    request = office.open(tier="standard", requester=verified("zoe"))
    text = json.dumps(_tree(follow(office, request)[1]))
    assert account("zoe").sub not in text
    assert request.action.purpose == "" or request.action.purpose not in text
    assert all(item.item_id not in text and item.content_mac not in text for item in request.items)


def test_it_survives_its_own_json() -> None:
    """A situation that went through the feed is the same."""
    office = Office()
    said = follow(office, office.open(tier="high"))[1]
    assert situation_from(json.loads(json.dumps(_tree(said)))) == said
    assert said.expires_ms > START


def _tree(said: Situation) -> dict[str, Any]:
    return {name: getattr(said, name) for name in Situation.__slots__}
