"""Attacks by way of the policy: one that got stricter after the approval, in each of its parts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fakes.attack_book import Book, put
from fakes.fake_office import ITEM_KEY, MINUTE, POLICY, Office, account, key, moves, refusals, verified
from maskgate.approvals import commands
from maskgate.approvals.decisions import fresh, opening, releasing, risk
from maskgate.approvals.export_rules import ExportRules
from maskgate.approvals.messages import items
from maskgate.approvals.model import ItemState, Request, Requester

RELEASED = ItemState.RELEASED
ATTACKS = Book()
attack = ATTACKS.attack

not_judged_again = put(fresh, "stricter", lambda *_: False)
EXPORTS: dict[str, Any] = {
    "rules": [{"id": "r1", "tier": "standard"}],
    "destinations": {"default": {}, "partner": {"topic": "partner.in"}},
    "principals": {"events": {"iss": verified().iss, "sub": verified().sub, "kind": "human"}},
}


def changed(**parts: Any) -> dict[str, Any]:
    """The policy with these parts in place of its own."""
    return json.loads(json.dumps(POLICY)) | parts


def released(office: Office, request: Request) -> bool:
    """Whether the gate lets the request out now."""
    return RELEASED in moves(office.release(request))


def approved(office: Office, **fields: Any) -> Request:
    """A request that one vote approved."""
    request = office.open(**({"tier": "standard"} | fields))
    office.vote(request, "dan")
    assert office.where(request) is ItemState.APPROVED
    return request


FROZEN = {"id": "f", "start": "2020-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"}


@attack(not_judged_again)
def freeze_dropped_and_the_default_tier_raised() -> bool:
    office = Office()
    office.give_policy(changed(default_tier="standard", freeze=[FROZEN]), exports={})
    request = approved(office)
    assert refusals(office.release(request)) == ["frozen"]
    assert office.where(request) is ItemState.APPROVED, "a freeze waits"
    office.give_policy(changed(default_tier="double"), exports={})
    return released(office, request)


@attack(put(fresh, "_asked", lambda _, request: request.asked))
def tier_of_a_destination_raised() -> bool:
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS)
    request = approved(office, destination="partner")
    stricter = EXPORTS["destinations"] | {"partner": {"topic": "partner.in", "tier": "double"}}
    office.give_policy(POLICY, exports=EXPORTS | {"destinations": stricter})
    return released(office, request)


@attack(put(fresh, "_asked", lambda _, request: request.asked))
def tier_of_the_export_rule_raised() -> bool:
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS)
    request = approved(office)
    office.give_policy(POLICY, exports=EXPORTS | {"rules": [{"id": "r1", "tier": "double"}]})
    return released(office, request)


other_rules_count_as_the_same = put(fresh, "_is_about_other_rules", lambda *_: False)
as_proposed = put(fresh, "_asked", lambda _, request: request.asked)


@attack(other_rules_count_as_the_same, as_proposed)
def export_rule_taken_out_of_the_policy() -> bool:
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS)
    request = approved(office)
    office.give_policy(POLICY, exports=EXPORTS | {"rules": [], "by_header": False})
    return released(office, request)


@attack(other_rules_count_as_the_same, as_proposed)
def stricter_export_rule_put_before_the_one_that_held_it() -> bool:
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS)
    request = approved(office)
    first = {"id": "r0", "tier": "high", "when": {"min_bytes": 1}}
    office.give_policy(POLICY, exports=EXPORTS | {"rules": [first, *EXPORTS["rules"]]})
    return released(office, request)


@attack(put(opening, "_asked", lambda _, command: command.tier))
def tier_of_an_older_policy_proposed_by_a_worker() -> bool:
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS | {"rules": [{"id": "r1", "tier": "high"}]})
    request = office.open(tier="standard")
    office.vote(request, "dan")
    return released(office, request)


@attack(not_judged_again)
def risk_rule_added_after_the_approval() -> bool:
    office = Office()
    request = approved(office)
    office.give_policy(changed(risk=[{"id": "mail", "when": {"entities": ["EMAIL_ADDRESS"]}, "tier": "high"}]))
    return released(office, request)


@attack(not_judged_again)
def sample_raised_after_the_approval() -> bool:
    office = Office()
    request = approved(office)
    tiers = json.loads(json.dumps(POLICY["tiers"]))
    tiers["standard"]["sample"] = 1.0
    office.give_policy(changed(tiers=tiers))
    return released(office, request)


@attack(put(risk, "spent_before", lambda *_: {}))
def budget_lowered_after_the_approval() -> bool:
    office = Office()
    budget = {"per": "requester", "window": "1h", "records": 10, "tier": "high"}
    office.give_policy(changed(budgets=[budget]))
    for _ in range(3):
        office.open(tier="standard")
    request = approved(office)
    office.give_policy(changed(budgets=[budget | {"records": 3}]))
    return released(office, request)


@attack(put(risk, "spent_before", lambda *_: {}))
def budget_added_after_the_approval() -> bool:
    office = Office()
    for _ in range(3):
        office.open(tier="standard")
    request = approved(office)
    office.give_policy(changed(budgets=[{"per": "requester", "window": "1h", "records": 3, "tier": "high"}]))
    return released(office, request)


@attack(not_judged_again)
def time_to_release_shortened_after_the_approval() -> bool:
    office = Office()
    request = approved(office)
    office.now += 30 * MINUTE
    tiers = json.loads(json.dumps(POLICY["tiers"]))
    tiers["standard"]["release_ttl"] = "10m"
    office.give_policy(changed(tiers=tiers))
    return released(office, request)


@attack(not_judged_again)
def time_to_decide_shortened_after_the_approval() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.now += 30 * MINUTE
    office.vote(request, "dan")
    tiers = json.loads(json.dumps(POLICY["tiers"]))
    tiers["standard"]["expires"] = "10m"
    office.give_policy(changed(tiers=tiers))
    return released(office, request)


@attack(not_judged_again)
def tier_of_a_verb_raised_after_the_approval() -> bool:
    office = Office()
    request = office.asked("db.rollback")
    office.vote(request, "dan")
    office.give_policy(changed(verbs={"db.rollback": {"tier": "high"}}))
    return released(office, request)


@attack(put(releasing, "_glass_no_longer", lambda *_: ""))
def glass_broken_for_what_the_policy_takes_out_afterwards() -> bool:
    office = Office()
    request = office.open(tier="high")
    office.act(request, "frank", "break_glass")
    glass = POLICY["break_glass"] | {"verbs": ["db.rollback"]}
    office.give_policy(changed(break_glass=glass))
    return released(office, request)


@attack(put(ExportRules, "requester", lambda _, request: request.requester))
def owner_of_the_topic_declared_after_the_vote() -> bool:
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS)
    nobody = Requester("unverified", "events")
    request = approved(office, requester=nobody)
    owner = f"{account('dan').iss} {account('dan').sub}"
    office.give_policy(POLICY, exports=EXPORTS | {"owners": {"ev*": [owner]}})
    return released(office, request)


@attack(put(ExportRules, "requester", lambda _, request: request.requester))
def topic_given_to_another_writer_after_an_approval_by_rule() -> bool:
    office, auto = Office(), {"rules": [{"id": "r1", "tier": "auto"}]}
    office.give_policy(POLICY, exports=EXPORTS | auto)
    request = office.open(tier="auto")
    assert office.where(request) is ItemState.APPROVED
    office.give_policy(POLICY, exports=EXPORTS | auto | {"principals": {}})
    return released(office, request)


class _Lenient:
    allow_raw = True
    tier = ""


@attack(put(ExportRules, "target", lambda *_: _Lenient()))
def originals_forbidden_after_the_approval() -> bool:
    office = Office()
    lenient = {"destinations": {"default": {"allow_raw": True}}}
    office.give_policy(POLICY, exports=EXPORTS | lenient)
    item = office.item(tier="standard", wants_raw=True, seal_to=X25519PrivateKey.generate().public_key())
    request = office.open(item)
    office.vote(request, "dan")
    office.give_policy(POLICY, exports=EXPORTS | {"destinations": {"default": {}}})
    return RELEASED in moves(_release_raw(office, request))


def _release_raw(office: Office, request: Request) -> list[Any]:
    keys = {key("pipeline").key_id: key("pipeline").public}
    opened = [items.parse_item(office.bytes[i.item_id], keys, i.offset) for i in request.items]
    raw = b'{"email":"a@example.com","n":1}'
    found = tuple(items.recompute(o, ITEM_KEY, raw) for o in opened)
    return office.do(commands.Release(request_id=request.request_id, recomputed=found))


# --- what must still go through ---------------------------------------------------------------------------------------


def test_a_laxer_or_unrelated_policy_releases_on_the_votes_at_hand() -> None:
    """An edit that asks for no more than before supersedes nothing."""
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS)
    request = approved(office)
    more = EXPORTS | {"rules": [*EXPORTS["rules"], {"id": "other", "tier": "high", "when": {"topic": "orders"}}]}
    office.give_policy(changed(verbs={}), exports=more)
    assert released(office, request)


def test_budgets_are_judged_without_the_requests_own_share_and_without_later_ones() -> None:
    """A request that was within its budget stays so, whatever was opened after it."""
    office = Office()
    budget = {"per": "requester", "window": "1h", "records": 2, "tier": "high"}
    office.give_policy(changed(budgets=[budget]))
    office.open(tier="standard")
    request = approved(office)
    assert office.open(tier="standard").tier == "high"
    office.give_policy(changed(budgets=[budget], caps={"open_per_requester": 900}))
    assert released(office, request)


def test_a_successor_is_asked_once() -> None:
    """What was superseded is asked again under the new policy, and released by the votes which that asks for."""
    office = Office()
    office.give_policy(POLICY, exports=EXPORTS)
    request = approved(office)
    office.give_policy(POLICY, exports=EXPORTS | {"rules": [{"id": "r1", "tier": "double"}]})
    again = next(e.request for e in office.release(request) if e.type == "request_opened")
    assert (again.tier, again.supersedes) == ("double", request.request_id)
    office.vote(again, "dan")
    assert not released(office, again)
    office.vote(again, "anna")
    assert released(office, again)


def test_a_request_of_an_earlier_version_is_judged_by_its_tier() -> None:
    """Logs of earlier versions say neither what was asked nor what was spent; the tier of then is asked again."""
    office = Office()
    request = approved(office)
    old = replace(office.of(request).request, asked=None, spent=(), export_rules="")
    office.state.requests[request.request_id] = replace(office.of(request), request=old)
    office.give_policy(changed(default_tier="high"))
    assert released(office, old)


def test_every_attack_is_in_the_documentation() -> None:
    """The page on approvals names each attack that is tested here, and none that is not."""
    page = (Path(__file__).parents[2] / "docs" / "approvals.md").read_text()
    table = page.split("### By way of policy and people", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
    assert set(re.findall(r"`([a-z_]+)`", table)) == set(ATTACKS)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_fails(name: str) -> None:
    """The attacker does not get what they want."""
    ATTACKS.must_fail(name)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_succeeds_without_its_defence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence taken out the attack works: the defence, and nothing else, is what stops it."""
    ATTACKS.must_succeed_without_its_defence(name, monkeypatch)
