"""Attacks by way of the policy, got stricter after the approval in each of its parts, and of the people: puppets."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fakes.attack_book import Book, put
from fakes.fake_office import (
    ISS,
    ITEM_KEY,
    MINUTE,
    POLICY,
    START,
    Office,
    account,
    key,
    moves,
    people_tree,
    refusals,
    verified,
)
from maskgate.approvals import commands
from maskgate.approvals.decisions import cooling, fresh, opening, releasing, risk
from maskgate.approvals.events import PermitRedeemed
from maskgate.approvals.export_rules import ExportRules
from maskgate.approvals.messages import items
from maskgate.approvals.model import ItemState, Request, Requester
from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.crypto import points, signing
from maskgate.kafka import people_feed
from maskgate.people import changes as people_changes
from maskgate.people import grants
from maskgate.people import registry as people_registry
from maskgate.people.registry import People
from maskgate.policy import published
from maskgate.policy.published import Admins, Succession

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


# --- puppets ----------------------------------------------------------------------------------------------------------

at_once = put(cooling, "made_by", lambda *_: ())
DAY = 24 * 60 * MINUTE


def owned_admin() -> dict[str, Any]:
    """People whose one admin key is eve's."""
    tree = people_tree(admin_n=1)
    for service in tree["services"]:
        if service["role"] == "admin":
            service |= {"iss": ISS, "sub": account("eve").sub}
    return tree


def change(office: Office, what: str, body: dict[str, Any], *signers: str) -> list[str]:
    """A signed change of the people; codes of its refusal."""
    keys = [key(who) for who in signers]
    envelope = people_changes.build_change(what, body, signers=keys, now_ms=office.now)
    return refusals(office.do(commands.ChangePeople(envelope=envelope)))


def enrol(office: Office, name: str, *groups: str, signers: tuple[str, ...] = ("admin",)) -> list[str]:
    """Enrol a person with a key of their own."""
    body = {
        "id": name,
        "name": f"{name.title()} New",
        "accounts": [{"iss": ISS, "sub": account(name).sub}],
        "keys": [{"public": key(name).public.hex()}],
        "groups": list(groups),
    }
    return change(office, "enrol", body, *signers, name)


def carried(office: Office, *voters: str, tier: str = "double", **fields: Any) -> bool:
    """Whether a request leaves on the votes of these."""
    request = office.open(tier=tier, value=b'{"n":%d}' % office.state.position)
    for voter in voters:
        office.vote(request, voter, **fields)
    return released(office, request)


@attack(at_once)
def two_puppets_enrolled_by_one_admin() -> bool:
    office = Office(people=owned_admin())
    for puppet in ("puppeta", "puppetb"):
        assert enrol(office, puppet, "reviewers") == []
    return carried(office, "puppeta", "puppetb")


@attack(at_once)
def puppet_and_the_admin_who_enrolled_it() -> bool:
    office = Office(people=owned_admin())
    assert enrol(office, "puppeta", "reviewers") == []
    return carried(office, "puppeta", "eve")


@attack(at_once)
def friends_put_into_the_group_by_one_admin() -> bool:
    office = Office(people=owned_admin())
    assert change(office, "group", {"group": "privacy", "members": ["frank"]}, "admin") == []
    assert change(office, "group", {"group": "security", "members": ["dan"]}, "admin") == []
    return carried(office, "frank", "dan", tier="high")


@attack(at_once)
def friends_put_on_call_by_one_admin() -> bool:
    office = Office(people=owned_admin())
    for group, person in (("privacy", "frank"), ("security", "dan")):
        rota = {"group": group, "persons": [person], "start": office.now - DAY, "period": 10 * 86400}
        assert change(office, "oncall", rota, "admin") == []
    return carried(office, "frank", "dan", tier="high")


@attack(at_once)
def vote_lent_by_the_one_whom_it_needs() -> bool:
    office = Office(people=owned_admin())
    lent = {"groups": ["reviewers"], "start": office.now - 1, "end": office.now + DAY}
    assert change(office, "delegate", {"giver": "eve", "taker": "frank"} | lent, "eve") == []
    return carried(office, "frank", tier="standard")


_POWERS = grants._powers


def _named_by_group(people: People) -> frozenset[str]:
    """Powers as if a loan, a turn and a membership were one thing."""
    out = {p for p in _POWERS(people) if not p.startswith(("loan ", "rota "))}
    out |= {f"group {group} {d.taker}" for d in people.delegations for group in d.groups}
    return frozenset(out | {f"group {r.group} {person}" for r in people.rotas for person in r.persons})


one_name_for_all = put(grants, "_powers", _named_by_group)


def _after_three_days_in_the_group(office: Office) -> bool:
    office.now += 3 * DAY
    members = ["anna", "ben", "chloe", "dan", "eve", "frank"]
    assert change(office, "group", {"group": "reviewers", "members": members}, "admin") == []
    return carried(office, "eve", "frank")


@attack(one_name_for_all)
def friend_put_into_the_group_behind_an_old_loan() -> bool:
    office = Office(people=owned_admin())
    lent = {"groups": ["reviewers"], "start": office.now, "end": office.now + 60 * MINUTE}
    assert change(office, "delegate", {"giver": "dan", "taker": "frank"} | lent, "dan") == []
    return _after_three_days_in_the_group(office)


@attack(one_name_for_all)
def friend_put_into_the_group_behind_an_old_turn_on_call() -> bool:
    office = Office(people=owned_admin())
    rota = {"group": "reviewers", "persons": ["dan", "frank"], "start": office.now, "period": 300 * 86400}
    assert change(office, "oncall", rota, "admin") == []
    return _after_three_days_in_the_group(office)


@attack(one_name_for_all)
def vote_lent_again_behind_an_old_loan() -> bool:
    office = Office(people=owned_admin())
    for giver in ("dan", "eve"):
        lent = {"groups": ["reviewers"], "start": office.now, "end": office.now + DAY}
        assert change(office, "delegate", {"giver": giver, "taker": "frank"} | lent, giver) == []
        office.now += 3 * DAY * (giver == "dan")
    return carried(office, "frank", tier="standard")


@attack(at_once)
def admin_made_by_an_admin_makes_the_puppets() -> bool:
    office = Office(people=owned_admin())
    body = {"name": "second", "role": "admin", "public": key("second").public.hex()}
    assert change(office, "service", body, "admin", "second") == []
    assert enrol(office, "puppeta", "reviewers") == []
    assert enrol(office, "puppetb", "reviewers", signers=("second",)) == []
    return carried(office, "puppeta", "puppetb")


@attack(at_once)
def puppet_breaks_the_glass() -> bool:
    office = Office(people=owned_admin())
    assert enrol(office, "puppeta", "leads") == []
    request = office.open(tier="high")
    office.act(request, "puppeta", "break_glass")
    return released(office, request)


@attack(at_once)
def groups_claimed_by_the_key_of_the_console() -> bool:
    office = Office(people=owned_admin())
    tiers = json.loads(json.dumps(POLICY["tiers"]))
    tiers["double"]["quorum"]["all_of"] = [{"group": "oidc:staff", "n": 2}]
    office.give_policy(changed(tiers=tiers))
    for person in ("dan", "frank"):
        claim = {"person": person, "groups": ["oidc:staff"], "start": office.now, "end": office.now + DAY}
        assert change(office, "claims", claim, "console") == []
    return carried(office, "dan", "frank")


@attack(at_once)
def people_file_with_new_friends_read_again() -> bool:
    office = Office(people=owned_admin())
    tree = owned_admin()
    tree["groups"] |= {"privacy": ["anna", "chloe", "frank"], "security": ["ben", "chloe", "dan"]}
    assert refusals(office.give_people(tree)) == []
    return carried(office, "frank", "dan", tier="high")


one_is_enough = put(People, "admins_needed", 1)
TWO_ADMINS = [{"name": "admin2", "role": "admin", "public": key("admin2").public.hex()}]


@attack(one_is_enough)
def one_of_two_admins_enrols_alone() -> bool:
    tree = people_tree()
    tree["services"] += TWO_ADMINS
    return enrol(Office(people=tree), "puppeta", "reviewers") == []


@attack(one_is_enough)
def one_of_two_admins_revokes_the_other_and_goes_on_alone() -> bool:
    tree = people_tree()
    tree["services"] += TWO_ADMINS
    office = Office(people=tree)
    assert change(office, "revoke_key", {"key_id": key("admin2").key_id}, "admin") == [], "one may always revoke"
    return enrol(office, "puppeta", "reviewers") == []


# --- permits, between their issue and their use


def spends(office: Office, issued: list[Any], edit: Any) -> bool:
    """Whether who asked spends the permit after something was changed."""
    permit = office.permit(issued)
    edit(office)
    return any(isinstance(event, PermitRedeemed) for event in office.redeem(permit, '{"to":3}'))


def issued(office: Office) -> list[Any]:
    """The events of a permit for a rollback on which one person voted."""
    request = next(e.request for e in office.ask("db.rollback") if e.type == "request_opened")
    office.vote(request, "dan")
    return office.release(request)


@attack(put(releasing, "_is_frozen", lambda *_: False))
def permit_spent_in_a_freeze() -> bool:
    office = Office()
    return spends(office, issued(office), lambda o: o.give_policy(changed(freeze=[FROZEN])))


permits_stay = put(releasing, "permit_void", lambda *_: "")


@attack(permits_stay)
def permit_spent_after_the_tier_of_its_verb_was_raised() -> bool:
    office = Office()
    stricter = changed(verbs={"db.rollback": {"tier": "double"}})
    return spends(office, issued(office), lambda o: o.give_policy(stricter))


@attack(permits_stay)
def permit_spent_after_the_key_that_approved_it_was_revoked() -> bool:
    office = Office()
    revoked = {"key_id": key("dan").key_id}
    return spends(office, issued(office), lambda o: change(o, "revoke_key", revoked, "admin"))


def test_a_permit_is_spent_after_a_freeze_and_under_a_laxer_policy() -> None:
    """A freeze only waits, within the permit's time; what asks for less takes nothing away."""
    office = Office()
    permit = office.permit(issued(office))
    office.give_policy(changed(freeze=[FROZEN]))
    assert refusals(office.redeem(permit, '{"to":3}')) == ["frozen"]
    office.give_policy(changed(verbs={"db.rollback": {"tier": "auto"}}))
    assert refusals(office.redeem(permit, '{"to":3}')) == []


# --- policies published by administrators


def published_by(
    policies: Succession, approvals: dict[str, Any], *admins: str, number: int = 0, more: str = ""
) -> bool:
    """Whether a policy comes into force that these administrators signed."""
    text = json.dumps({"id": "shop", "revision": more or None, "approvals": approvals}).encode()
    try:
        raw = published.envelope(text, "shop.yaml", [key(admin) for admin in admins], number or policies.newest + 1)
        policies.take(raw, START)
    except RecordError:
        return False
    return True


def two_admins() -> Succession:
    """The policies of an office with two administrators, who published one together."""
    tree = people_tree()
    tree["services"] += TWO_ADMINS
    people = Office(people=tree).state.people
    policies = Succession(lambda: Admins.of(people))
    assert published_by(policies, POLICY, "admin", "admin2", number=10)
    return policies


everything_passes_for_stricter = put(published, "looser", lambda *_: "")
ON_ONE_VOTE = changed(default_tier="standard")


@attack(one_is_enough)
def policy_loosened_by_one_of_two_admins() -> bool:
    return published_by(two_admins(), ON_ONE_VOTE, "admin")


@attack(everything_passes_for_stricter)
def freeze_lifted_by_the_admin_who_set_it() -> bool:
    policies = two_admins()
    assert published_by(policies, changed(freeze=[FROZEN]), "admin"), "an emergency does not wait for two"
    return published_by(policies, POLICY, "admin")


@attack(put(published, "AHEAD_MS", 1 << 60))
def freeze_that_nobody_can_lift() -> bool:
    policies = two_admins()
    published_by(policies, changed(freeze=[FROZEN]), "admin", number=2**53 - 1)
    return not published_by(policies, ON_ONE_VOTE, "admin", "admin2")


@attack(everything_passes_for_stricter)
def policy_loosened_behind_a_freeze() -> bool:
    return published_by(two_admins(), changed(freeze=[FROZEN], default_tier="standard"), "admin")


@attack(one_is_enough)
def policy_signed_twice_by_one_admin() -> bool:
    return published_by(two_admins(), ON_ONE_VOTE, "admin", "admin")


@attack(put(Succession, "_is_old", lambda *_: False))
def policy_of_before_the_freeze_published_again() -> bool:
    policies = two_admins()
    assert published_by(policies, changed(freeze=[FROZEN]), "admin2", number=12)
    return published_by(policies, POLICY, "admin", "admin2", number=10)


@attack(put(Succession, "_is_old", lambda *_: False))
def second_signature_under_what_was_proposed_before_the_freeze() -> bool:
    policies = two_admins()
    assert not published_by(policies, ON_ONE_VOTE, "admin", number=11)
    assert published_by(policies, changed(freeze=[FROZEN]), "admin2", number=12)
    assert policies.waiting == {}
    return published_by(policies, ON_ONE_VOTE, "admin", "admin2", number=11)


def test_a_policy_that_was_in_force_stays_whatever_became_of_its_administrators() -> None:
    """A process that starts anew takes what it had, though two are needed by now; a copy of it later counts nothing."""
    old, new = changed(default_tier="standard"), POLICY
    texts = [json.dumps({"id": "shop", "revision": None, "approvals": tree}).encode() for tree in (old, new)]
    admins = Admins({key(name).key_id: key(name).public for name in ("admin", "admin2")}, 2)
    for known, taken in ((texts[0], True), (b"", False), (texts[1], False)):
        policies = Succession(lambda: admins, known)
        assert published_by(policies, old, "admin", number=1) is taken
    policies = Succession(lambda: admins, texts[0])
    assert published_by(policies, old, "frank", number=1), "an administrator who was revoked since"
    assert published_by(policies, new, "admin", "admin2", number=2)
    assert not published_by(policies, old, "frank", number=3)
    policies = Succession(lambda: admins, texts[0])
    policies.caught_up()
    assert not published_by(policies, old, "frank", number=1)


def test_who_has_no_log_follows_the_administrators_of_the_topic() -> None:
    """A worker's registry: the people file, and the changes that the gate would take."""
    tree = people_tree()
    tree["services"] += TWO_ADMINS
    office = Office(people=tree)
    people, now = office.state.people, office.now
    for change_, body, signers in (
        ("service", {"name": "admin3", "role": "admin", "public": key("admin3").public.hex()}, ("admin", "admin3")),
        ("revoke_key", {"key_id": key("admin2").key_id}, ("dan",)),
        ("revoke_key", {"key_id": key("admin2").key_id}, ("admin",)),
    ):
        envelope = people_changes.build_change(change_, body, signers=[key(name) for name in signers], now_ms=now)
        office.do(commands.ChangePeople(envelope=envelope))
        people = people_feed.after(people, envelope, now)
        assert Admins.of(people) == Admins.of(office.state.people)
    assert set(Admins.of(people).keys) == {key("admin").key_id}
    assert people_feed.after(people, b"junk", now) is people


def test_the_first_policy_is_for_two() -> None:
    """Nothing says that it is stricter than the files that every host has."""
    tree = people_tree()
    tree["services"] += TWO_ADMINS
    people = Office(people=tree).state.people
    policies = Succession(lambda: Admins.of(people))
    assert not published_by(policies, POLICY, "admin")
    assert [why for _, why in policies.waiting.values()] == [
        "signed by 1 of 2 administrators, and not proven to be stricter: no policy was published before it"
    ]


def test_a_lone_admin_publishes_as_ever() -> None:
    """One administrator, or a people file that says 1: nothing waits."""
    for tree in (people_tree(), people_tree(admin_n=1)):
        people = Office(people=tree).state.people
        policies = Succession(lambda people=people: Admins.of(people))  # type: ignore[misc]
        assert published_by(policies, POLICY, "admin")
        assert published_by(policies, ON_ONE_VOTE, "admin")


def test_new_voters_complete_a_quorum_with_somebody_else_or_after_the_cooling_time() -> None:
    """A puppet's vote counts beside one of a person whom its maker did not make, and alone a day later."""
    office = Office(people=owned_admin())
    for puppet in ("puppeta", "puppetb"):
        enrol(office, puppet, "reviewers")
    assert carried(office, "puppeta", "dan")
    assert carried(office, "puppeta", "puppetb", "dan")
    office.now += DAY
    assert carried(office, "puppeta", "puppetb")


def test_a_claim_that_is_said_again_stays_as_old_as_it_is() -> None:
    """Signing in every day does not make a person new every day."""
    office = Office(people=owned_admin())
    tiers = json.loads(json.dumps(POLICY["tiers"]))
    tiers["double"]["quorum"]["all_of"] = [{"group": "oidc:staff", "n": 2}]
    office.give_policy(changed(tiers=tiers))
    for _ in range(3):
        for person in ("dan", "frank"):
            claim = {"person": person, "groups": ["oidc:staff"], "start": office.now, "end": office.now + DAY // 2}
            change(office, "claims", claim, "console")
        office.now += DAY
    for person in ("dan", "frank"):
        claim = {"person": person, "groups": ["oidc:staff"], "start": office.now, "end": office.now + DAY // 2}
        change(office, "claims", claim, "console")
    assert carried(office, "dan", "frank")


def test_the_founding_document_is_nobodys_enrolment_and_a_cooling_time_of_none_is_none() -> None:
    """People who were there first vote at once; a policy may do without the time."""
    assert carried(Office(people=owned_admin()), "anna", "dan")
    office = Office(people=owned_admin())
    office.give_policy(changed(enrolment_cooling="0s"))
    for puppet in ("puppeta", "puppetb"):
        enrol(office, puppet, "reviewers")
    assert carried(office, "puppeta", "puppetb")


def test_an_installation_keeps_its_number_of_admins() -> None:
    """A file that says nothing keeps what holds; one that says 1 is believed, and a lone admin needs nobody."""
    tree = people_tree(admin_n=1)
    tree["services"] += TWO_ADMINS
    office = Office(people=tree)
    office.give_people({k: v for k, v in tree.items() if k != "admin_n"})
    assert office.state.people.admins_needed == 1
    assert Office().state.people.admins_needed == 1
    assert enrol(office, "gina", "reviewers") == []


def test_who_enrolled_somebody_and_when_can_be_told() -> None:
    """The registry tells when a person got a vote last, and from whom."""
    office = Office(people=owned_admin())
    office.now += MINUTE
    enrol(office, "gina", "reviewers")
    told = grants.enrolment(office.state.people, "gina")
    assert told is not None
    assert (told.at, grants.holders(office.state.people, told.by[0])) == (office.now, ("eve",))
    assert grants.enrolment(office.state.people, "dan") is None


# --- keys of nobody, subjects behind decoys ---------------------------------------------------------------------------

any_point = put(points, "is_weak", lambda _: False)
IDENTITY = b"\x01" + bytes(31)
SIGNED_BY_ANYBODY = b"\x58" + b"\x66" * 31 + b"\x01" + bytes(31)  # the base point, and 1: good for every message


@attack(any_point)
def key_of_low_order_enrolled() -> bool:
    tree = people_tree()
    tree["persons"][3]["keys"] = [{"public": IDENTITY.hex()}]
    try:
        return "dan" in Office(people=tree).state.people.persons
    except ConfigurationError:
        return False


@attack(any_point)
def vote_by_anybody_under_a_key_of_low_order() -> bool:
    office = Office()
    weak = people_registry.Key(signing.key_id(IDENTITY), IDENTITY.hex())
    dan = office.state.people.persons["dan"]
    persons = dict(office.state.people.persons) | {"dan": replace(dan, keys=(weak,))}
    office.state.people = replace(office.state.people, persons=persons)
    request = office.open(tier="standard")
    vote = signing.parse(office.ballot(request, "dan"))
    forged = signing.wrap(vote.payload_type, vote.payload, [(weak.key_id, SIGNED_BY_ANYBODY)])
    office.do(commands.CastVote(envelope=forged))
    return released(office, request)


@attack(any_point)
def one_key_spelt_in_a_second_way() -> bool:
    other = (1 + points.P).to_bytes(32, "little")
    try:
        return bool(signing.parse_public(other.hex()))
    except ConfigurationError:
        return False


PER_PERSON = {"per": "subject", "window": "1h", "records": 2, "tier": "high"}


def export_of(office: Office, *macs: str) -> Request:
    return office.open(tier="standard", macs=macs, value=b'{"n":%d}' % office.state.position)


@attack(put(items, "MAX_SUBJECTS", 32), put(risk, "too_many_subjects", lambda *_: False))
def person_exported_behind_decoys() -> bool:
    office = Office(changed(budgets=[PER_PERSON]))
    tiers = []
    for turn in range(4):
        decoys = [f"{turn * 100 + n:032x}" for n in range(60)]
        tiers.append(export_of(office, *decoys, "f" * 32).tier)
    return tiers[-1] == "standard"


@attack(put(risk, "too_many_subjects", lambda *_: False))
def more_decoys_than_are_counted() -> bool:
    office = Office(changed(budgets=[PER_PERSON]))
    decoys = [f"{n:032x}" for n in range(items.MAX_SUBJECTS + 50)]
    return export_of(office, *decoys, "f" * 32).tier == "standard"


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
