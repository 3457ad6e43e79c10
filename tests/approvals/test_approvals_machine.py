"""The approval machine, behaviour by behaviour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.fake_office import (
    ISS,
    ITEM_KEY,
    MINUTE,
    PEOPLE,
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
from maskgate.approvals import commands, events, machine
from maskgate.approvals.decisions.risk import drawn
from maskgate.approvals.events import Escalated, RequestOpened, RequestRepeated, ReviewOverdue
from maskgate.approvals.messages import actions, items, masking, votes
from maskgate.approvals.model import ACTION_ITEM, ItemState, Requester
from maskgate.approvals.rules import ApprovalPolicy, Tier
from maskgate.approvals.store import to_json
from maskgate.base.errors import RecordError
from maskgate.crypto import canonical, sealing, signing
from maskgate.people import changes as people_changes
from maskgate.people.principal import Principal

S = ItemState


def policy(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps(POLICY)) | changes


def test_two_people_release_what_one_cannot() -> None:
    """A request of two reviewers leaves after the second, different one."""
    office = Office()
    request = office.open(tier="double")
    office.vote(request, "anna")
    assert refusals(office.release(request)) == ["not_approved"]
    assert moves(office.vote(request, "ben")) == [S.APPROVED]
    assert moves(office.release(request)) == [S.RELEASED]
    assert office.log[-1].topic == "events.released"


def test_a_repeated_vote_is_nothing() -> None:
    """The same person saying the same again makes no event, however often and with whatever nonce."""
    office = Office()
    request = office.open(tier="double")
    ballot = office.ballot(request, "anna")
    office.do(commands.CastVote(envelope=ballot))
    assert office.do(commands.CastVote(envelope=ballot)) == []
    assert office.vote(request, "anna") == []


def test_deny_wins_until_release_and_then_is_too_late() -> None:
    """A denial after the approval stops the release; after the release it is refused."""
    office = Office()
    first, second = office.open(tier="standard"), office.open(tier="standard", value=b"[1]")
    office.vote(first, "anna")
    assert moves(office.vote(first, "dan", "deny")) == [S.DENIED]
    assert refusals(office.release(first)) == ["not_approved"]
    office.vote(second, "anna")
    office.release(second)
    assert refusals(office.vote(second, "dan", "deny")) == ["not_open"]


def test_a_denial_needs_a_reason() -> None:
    """A vote against says why."""
    office = Office()
    assert refusals(office.vote(office.open(tier="standard"), "dan", "deny", reason=" ")) == ["no_reason"]


def test_abstaining_counts_for_nothing() -> None:
    """An abstention neither approves nor denies, and can be followed by an approval."""
    office = Office()
    request = office.open(tier="standard")
    assert moves(office.vote(request, "dan", "abstain")) == []
    assert moves(office.vote(request, "dan")) == [S.APPROVED]


def test_unknown_request_is_refused_by_name() -> None:
    """A vote for a request that does not exist says so."""
    office = Office()
    request = replace(office.open(), request_id=commands.new_request_id())
    assert refusals(office.vote(request, "dan")) == ["unknown_request"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", b'{"payload":"!","payloadType":"x","signatures":[]}', b'{"payload":1,"payload":2}', b"\xff"],
)
def test_malformed_envelopes_are_refused_not_raised(raw: bytes) -> None:
    """Whatever bytes lie on the votes topic, the machine answers with a refusal."""
    assert refusals(Office().do(commands.CastVote(envelope=raw))) == ["malformed_envelope"]
    assert refusals(Office().do(commands.CastBulk(envelope=raw))) == ["malformed_envelope"]


# --- items ------------------------------------------------------------------------------------------------------------


def test_items_are_decided_and_released_one_by_one() -> None:
    """A vote on some items moves only those; a partial release leaves the rest waiting."""
    office = Office()
    request = office.open(*(office.item(b'{"n":%d}' % n, tier="standard") for n in range(3)))
    one, two, three = (item.item_id for item in request.items)
    office.vote(request, "dan", scope=[one])
    office.vote(request, "anna", "deny", scope=[two])
    assert office.of(request).states() == {one: S.APPROVED, two: S.DENIED, three: S.PENDING}
    out = office.release(request)
    assert [e.items for e in out] == [(one,)]
    assert office.where(request) is S.PENDING
    assert office.of(request).partial
    office.vote(request, "dan", scope=[three])
    office.release(request)
    assert office.of(request).states() == {one: S.RELEASED, two: S.DENIED, three: S.RELEASED}


def test_an_item_cannot_be_asked_for_twice() -> None:
    """A replay of the same input offset does not open a second request."""
    office = Office()
    opened = office.item(tier="standard")
    office.open(opened)
    assert refusals(office.try_open(opened)) == ["replayed_item"]


def test_extra_masking_is_what_leaves() -> None:
    """Two reviewers who name the same pointers approve the result, and exactly that is released."""
    office = Office()
    request = office.open(tier="double")
    result = office.masked_result(request, ["/email"])
    office.vote(request, "anna", masking=["/email"], result=result)
    assert moves(office.vote(request, "dan", masking=["/email"], result=result)) == [S.APPROVED]
    out = office.release(request)
    assert moves(out) == [S.RELEASED]
    assert out[0].masking == ("/email",)


def test_extra_masking_touches_only_what_it_names() -> None:
    """Bytes around the pointed-at values stay as they are; nested and escaped names work; unknown paths are refused."""
    value = b'{ "a/b" : {"c":[1, {"x": "y"}]},"d":1.10 , "d2":"\\u0041"}'
    out = masking.apply(value, ["/a~1b/c/1/x", "/d"])
    assert out == b'{ "a/b" : {"c":[1, {"x": "<MASKED_BY_REVIEWER>"}]},"d":"<MASKED_BY_REVIEWER>" , "d2":"\\u0041"}'
    assert masking.apply(b"[1,2]", ["", "/0"]) == masking.LABEL
    with pytest.raises(Exception, match="no_such_path"):
        masking.apply(value, ["/nope"])
    assert masking.apply_where(value, ["/nope"]) == value


def test_originals_leave_only_where_they_open_and_are_announced() -> None:
    """A request for raw fields says so in what reviewers sign; without the right original nothing is released."""
    gate = X25519PrivateKey.generate()
    office = Office()
    opened = office.item(tier="standard", wants_raw=True, seal_to=gate.public_key())
    request = office.open(opened)
    assert request.action.raw
    office.vote(request, "dan")
    assert refusals(office.release(request)) == ["bytes_changed"]
    assert opened.sealed is not None
    original = sealing.unseal(opened.sealed, gate, opened.item.item_id)
    for held, wanted in ((original + b" ", []), (original, [S.RELEASED])):
        recomputed = (items.recompute(opened, ITEM_KEY, held),)
        out = office.do(commands.Release(request_id=request.request_id, recomputed=recomputed))
        assert moves(out) == wanted


def test_a_deleted_source_withdraws_what_is_held() -> None:
    """A tombstone for the key on the source topic withdraws the held items of that key, and only those before it."""
    office = Office()
    mine = office.open(office.item(tier="standard", key_=b"k1"))
    other = office.open(office.item(b"[2]", tier="standard", key_=b"k2"))
    raw = items.build_source_deleted("events", 0, 10**6, b"k1", item_key=ITEM_KEY, signer=key("pipeline"))
    out = office.do(commands.SourceDeleted(envelope=raw))
    assert moves(out) == [S.WITHDRAWN]
    assert (office.where(mine), office.where(other)) == (S.WITHDRAWN, S.PENDING)
    forged = items.build_source_deleted("events", 0, 10**6, b"k2", item_key=ITEM_KEY, signer=key("intake"))
    assert refusals(office.do(commands.SourceDeleted(envelope=forged))) == ["bad_signature"]


# --- time -------------------------------------------------------------------------------------------------------------


def test_expiry_waits_until_all_votes_are_read() -> None:
    """A request does not expire while votes before its deadline may still be unread."""
    office = Office()
    request = office.open(tier="standard")
    office.now = request.expires_at + MINUTE
    office.tick(read_until=request.expires_at - 1)
    assert office.where(request) is S.PENDING
    assert S.EXPIRED in moves(office.tick(read_until=request.expires_at))
    assert refusals(office.vote(request, "dan")) == ["not_open"]


def test_an_approval_that_nobody_releases_lapses() -> None:
    """After its release deadline an approval is LAPSED, whether a tick or a release notices."""
    office = Office()
    one, two = office.open(tier="standard"), office.open(tier="standard", value=b"[1]")
    office.vote(one, "dan")
    office.vote(two, "dan")
    office.now += one.release_ttl_ms
    assert moves(office.release(one)) == [S.LAPSED]
    office.tick()
    assert office.where(two) is S.LAPSED


def test_tick_takes_one_request_or_all_that_are_due_in_order() -> None:
    """A tick for one request leaves the others; one for all finds exactly those that are due."""
    office = Office()
    requests = [office.open(tier="standard", value=b"[%d]" % n) for n in range(20)]
    assert machine.deadline_of(office.of(requests[0])) < requests[0].expires_at, "the first escalation comes first"
    office.now = requests[0].expires_at
    office.tick(request_id=requests[7].request_id)
    assert [office.where(r) for r in requests].count(S.EXPIRED) == 1
    office.tick(limit=5)
    assert [office.where(r) for r in requests].count(S.EXPIRED) == 6
    office.tick()
    assert {office.where(r) for r in requests} == {S.EXPIRED}
    assert office.tick() == []


def test_escalation_points_are_exact_for_any_length_of_life() -> None:
    """Whatever the deadline, the tick at an escalation point tells once, and never fails on rounding."""
    for expires in ("0.999s", "7ms", "1s", "12345ms", "101ms"):
        rules = policy(escalate_at=[80, 33, 50])
        rules["tiers"]["standard"]["expires"] = expires
        office = Office(rules)
        request = office.open(tier="standard")
        told = []
        while office.where(request) is S.PENDING:
            office.now = machine.deadline_of(office.of(request))
            told += [e.percent for e in office.tick() if isinstance(e, Escalated)]
        assert told == [33, 50, 80]


def test_escalation_at_half_and_four_fifths_tells_who_is_there() -> None:
    """At 50 % and 80 % of the waiting time those are named who can still vote: not away, not excluded, not voted."""
    tree = people_tree(away=[{"person": "anna", "start": 0, "end": 1 << 44}])
    office = Office(people=tree)
    request = office.open(tier="double", requester=verified("ben"))
    office.vote(request, "chloe")
    life = request.expires_at - request.created
    told = []
    for percent in (49, 51, 60, 81, 90):
        office.now = request.created + life * percent // 100
        told += [(e.percent, e.persons) for e in office.tick() if isinstance(e, Escalated)]
    assert told == [(50, ("dan", "eve")), (80, ("dan", "eve"))]


def test_an_hour_of_clock_skew_is_refused_with_the_reason() -> None:
    """A vote signed far in the future or the past is refused and says that it is the clock."""
    office = Office()
    request = office.open(tier="standard")
    out = office.vote(request, "dan", now_ms=office.now + 60 * MINUTE)
    assert refusals(out) == ["clock_skew"]
    assert "clock" in out[0].message
    office.now += 120 * MINUTE
    assert refusals(office.vote(request, "dan", now_ms=office.now - 60 * MINUTE)) == ["stale"]


# --- acts -------------------------------------------------------------------------------------------------------------


def test_revoke_recall_and_withdraw_by_whom_they_belong_to() -> None:
    """A reviewer revokes before and recalls after the release; only who asked withdraws."""
    office = Office()
    one, two, three = (office.open(tier="standard", value=b"[%d]" % n, requester=verified("frank")) for n in range(3))
    for request in (one, two):
        office.vote(request, "dan")
    assert refusals(office.act(one, "frank", "revoke")) == ["excluded"]
    assert moves(office.act(one, "anna", "revoke")) == [S.REVOKED]
    assert refusals(office.release(one)) == ["not_approved"]
    office.release(two)
    assert refusals(office.act(two, "anna", "revoke")) == ["not_possible"]
    assert moves(office.act(two, "anna", "recall")) == [S.RECALLED]
    assert refusals(office.act(two, "anna", "recall")) == ["not_possible"]
    assert refusals(office.act(three, "anna", "withdraw")) == ["not_yours"]
    assert moves(office.act(three, "frank", "withdraw")) == [S.WITHDRAWN]


def test_intake_withdraws_for_who_asked() -> None:
    """An agent without a key withdraws through the API that authenticated it, and nobody else does."""
    office = Office()
    request = office.asked()
    other = office.act(request, "x", "withdraw", signer=key("intake"), reviewer=account("other"))
    assert refusals(other) == ["not_yours"]
    mine = office.act(request, "x", "withdraw", signer=key("intake"), reviewer=request.requester.principal)
    assert moves(mine) == [S.WITHDRAWN]


def test_break_glass_releases_once_and_stays_open_until_reviewed() -> None:
    """A broken glass releases in its time box, cannot be recalled, goes overdue, and is ratified by somebody else."""
    office = Office()
    request = office.open(tier="high")
    assert refusals(office.act(request, "dan", "break_glass")) == ["no_authority"]
    assert refusals(office.act(request, "eve", "break_glass", reason="")) == ["no_reason"]
    assert moves(office.act(request, "eve", "break_glass")) == [S.APPROVED]
    assert moves(office.release(request)) == [S.RELEASED]
    assert refusals(office.act(request, "eve", "ratify")) == ["excluded"]
    assert refusals(office.act(request, "chloe", "recall")) == ["review_due"]
    office.now += 73 * 60 * MINUTE
    assert [type(e) for e in office.tick()] == [ReviewOverdue]
    assert office.where(request) is S.RELEASED
    assert moves(office.act(request, "dan", "ratify")) == [S.RATIFIED]
    assert refusals(office.act(request, "anna", "condemn")) == ["not_possible"]


def test_a_broken_glass_can_be_condemned_and_its_time_box_ends() -> None:
    """Condemning ends the review the other way; a glass broken and not used in time lapses."""
    office = Office()
    one, two = office.open(tier="high"), office.open(tier="high", value=b"[1]")
    office.act(one, "eve", "break_glass")
    office.act(two, "eve", "break_glass")
    office.release(one)
    assert moves(office.act(one, "dan", "condemn")) == [S.CONDEMNED]
    office.now += 16 * MINUTE
    assert moves(office.release(two)) == [S.LAPSED]


# --- policy, tiers, floods --------------------------------------------------------------------------------------------


def test_auto_approval_names_its_rule_and_never_serves_the_unverified() -> None:
    """A low tier is approved by rule and says so; the same from an unverified requester waits for people."""
    office = Office()
    out = office.try_open(tier="auto")
    assert moves(out) == [S.APPROVED]
    assert out[-1].rule == "auto:auto"
    unverified = office.open(tier="auto", requester=Requester("unverified", "events"), value=b"[1]")
    assert office.where(unverified) is S.PENDING
    assert not unverified.auto
    assert unverified.quorum.all_of


def test_what_a_rule_approved_is_revoked_and_recalled_by_reviewers() -> None:
    """Nobody voted on it, so everybody whom some tier needs may take it back; others and who asked may not."""
    office = Office()
    one, two = office.open(tier="auto"), office.open(tier="auto", value=b"[1]", requester=verified("dan"))
    assert moves(office.act(one, "dan", "revoke")) == [S.REVOKED]
    office.release(two)
    assert refusals(office.act(two, "dan", "recall")) == ["excluded"]
    assert refusals(office.act(two, "frank", "recall")) == ["no_authority"]
    assert moves(office.act(two, "anna", "recall")) == [S.RECALLED]


@pytest.mark.parametrize(
    ("when", "raised"),
    [
        ({"entities": ["EMAIL_ADDRESS"]}, True),
        ({"entities": ["US_SSN"]}, False),
        ({"destinations": ["default"]}, True),
        ({"destinations": ["partner"]}, False),
        ({"requester_kinds": ["agent"]}, False),
        ({"assurance": ["acl"]}, True),
        ({"min_records": 2}, False),
        ({"min_entities": 1}, True),
        ({"novel": True}, True),
        ({"raw": True}, False),
        ({"verbs": ["export"]}, True),
    ],
)
def test_risk_rules_raise_the_tier(when: dict[str, Any], raised: bool) -> None:
    """A risk rule raises the tier of exactly what it matches, and its name is on the request."""
    office = Office(policy(risk=[{"id": "r", "when": when, "tier": "high"}]))
    request = office.open(tier="standard")
    assert (request.tier, request.rule) == (("high", "risk:r") if raised else ("standard", "export rule"))


def test_novelty_is_the_first_time_only() -> None:
    """The second request of the same requester to the same destination is not novel."""
    office = Office(policy(risk=[{"id": "new", "when": {"novel": True}, "tier": "high"}]))
    assert office.open(tier="standard").tier == "high"
    assert office.open(tier="standard", value=b"[1]").tier == "standard"


def test_budgets_slide() -> None:
    """What is over the budget is held at its tier; when the window has passed it is not."""
    office = Office(policy(budgets=[{"per": "destination", "window": "1h", "records": 3, "tier": "double"}]))
    tiers = []
    for _ in range(4):
        request = office.open(tier="auto")
        office.release(request)
        tiers.append(request.tier)
    assert tiers == ["auto", "auto", "auto", "double"]
    office.now += 70 * MINUTE
    assert office.open(office.item(tier="auto", requester=verified("yan"))).tier == "auto"


def test_a_subject_has_a_budget_across_requesters() -> None:
    """Many requesters asking for the same person's data share that person's budget."""
    office = Office(policy(budgets=[{"per": "subject", "window": "1h", "records": 2, "tier": "high"}]))
    mac = "ab" * 16
    seen = [
        office.open(office.item(tier="auto", macs=[mac], requester=verified(name))).tier for name in ("a", "b", "c")
    ]
    assert seen == ["auto", "auto", "high"]


def test_over_the_cap_nobody_is_paged() -> None:
    """Over the cap of open requests data stays held, quietly; deciding makes room again; rules are not slowed."""
    office = Office(policy(caps={"open_per_requester": 2}))
    requests = [office.open(tier="standard", value=b"[%d]" % n) for n in range(2)]
    third = office.open(tier="double", value=b"[9]")
    assert (third.quiet, office.where(third)) == (True, S.PENDING)
    for n in range(5):
        by_rule = office.open(tier="auto", value=b"[1%d]" % n)
        assert (by_rule.auto, by_rule.quiet) == (True, False)
    for request in requests:
        office.vote(request, "dan", "deny")
    office.vote(third, "dan", "deny")
    assert not office.open(tier="standard", value=b"[10]").quiet


def test_alike_exports_wait_quietly_and_are_counted() -> None:
    """The second export of the same kind is a request of its own that pages nobody; the first one counts it."""
    office = Office()
    first, second = office.open(tier="standard"), office.open(tier="standard", value=b"[1]")
    assert (first.quiet, second.quiet) == (False, True)
    assert office.of(first).repeats == 1


def test_the_same_action_is_asked_once_and_counted() -> None:
    """Asking the same again answers with the open request and a count; after its end a new one opens."""
    office = Office()
    request = office.asked()
    again = office.ask()
    assert [(type(e), e.request_id, e.count) for e in again] == [(RequestRepeated, request.request_id, 1)]
    office.vote(request, "dan", "deny")
    assert isinstance(office.ask()[0], RequestOpened)


def test_a_freeze_holds_what_is_approved() -> None:
    """Within a freeze nothing leaves and nothing is approved by rule; a broken glass still goes through."""
    freeze = {"id": "xmas", "start": "2020-01-01T00:00:00Z", "end": "2040-01-01T00:00:00Z"}
    office = Office(policy(freeze=[freeze]))
    request = office.open(tier="standard")
    office.vote(request, "dan")
    assert refusals(office.release(request)) == ["frozen"]
    assert not office.open(tier="auto", value=b"[1]").auto
    urgent = office.open(tier="high", value=b"[2]")
    office.act(urgent, "eve", "break_glass")
    assert moves(office.release(urgent)) == [S.RELEASED]


def test_the_sample_is_drawn_by_the_gate_at_its_rate() -> None:
    """About the configured share of requests needs one more person, and who asks cannot aim at it."""
    tier = Tier.model_validate({"quorum": {"all_of": [{"group": "g"}]}, "sample": 0.25})
    hits = sum(drawn(tier, f"{n:032x}") for n in range(4000))
    assert 850 < hits < 1150


def test_a_stricter_policy_supersedes_and_asks_again() -> None:
    """What was approved under a weaker policy is superseded by the same request under the stricter one."""
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    strict = policy()
    strict["tiers"]["standard"]["quorum"]["all_of"][0]["n"] = 2
    office.give_policy(strict)
    out = office.release(request)
    assert moves(out) == [S.SUPERSEDED]
    fresh = out[1].request
    assert (fresh.supersedes, office.of(request).successor) == (request.request_id, fresh.request_id)
    assert refusals(office.vote(replace(request, request_id=fresh.request_id), "anna")) == ["digest_mismatch"]
    office.vote(fresh, "anna")
    office.vote(fresh, "dan")
    assert moves(office.release(fresh)) == [S.RELEASED]


def test_items_superseded_apart_have_successors_of_their_own() -> None:
    """Two parts of one request that are superseded in the same millisecond become two requests."""
    office = Office()
    request = office.open(office.item(tier="standard"), office.item(b"[1]", tier="standard"))
    strict = policy()
    strict["tiers"]["standard"]["quorum"]["all_of"][0]["n"] = 2
    office.give_policy(strict)
    fresh = []
    for item in request.items:
        office.vote(request, "dan", scope=[item.item_id])
        fresh += [e.request for e in office.release(request) if isinstance(e, RequestOpened)]
    assert len({r.request_id for r in fresh}) == 2
    assert [[i.item_id for i in r.items] for r in fresh] == [[i.item_id] for i in request.items]


def test_a_laxer_policy_changes_nothing() -> None:
    """Votes stay good where the new policy asks for less."""
    office = Office()
    request = office.open(tier="double")
    office.vote(request, "anna")
    lax = policy()
    lax["tiers"]["double"]["quorum"]["all_of"][0]["n"] = 1
    office.give_policy(lax)
    office.vote(request, "dan")
    assert moves(office.release(request)) == [S.RELEASED]


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_lent_vote_counts_for_its_period() -> None:
    """A delegate votes with the giver's group while the loan lasts, not before and not after."""
    tree = people_tree()
    tree["delegations"] = [
        {"giver": "dan", "taker": "frank", "groups": ["reviewers"], "start": START, "end": START + 60 * MINUTE}
    ]
    office = Office(people=tree)
    assert moves(office.vote(office.open(tier="standard"), "frank")) == [S.APPROVED]
    late = office.open(tier="standard", value=b"[1]")
    office.now += 61 * MINUTE
    assert refusals(office.vote(late, "frank")) == ["no_authority"]


def test_a_rota_gives_the_vote_to_who_is_on_call() -> None:
    """The person on call is a member of the rota's group, the others are not, and it turns."""
    tree = people_tree(oncall=[{"group": "oncall", "persons": ["eve", "frank"], "start": START, "period": "1h"}])
    rules = policy()
    rules["tiers"]["standard"]["quorum"] = {"all_of": [{"group": "oncall"}]}
    office = Office(rules, tree)
    request = office.open(tier="standard")
    assert refusals(office.vote(request, "frank")) == ["no_authority"]
    office.now += 60 * MINUTE
    assert moves(office.vote(request, "frank")) == [S.APPROVED]


def test_key_rotation_keeps_old_votes_and_revocation_does_not() -> None:
    """A retired key's earlier votes are spent; a revoked key's are not, and the request is asked again."""
    for change, wanted in (("retire_key", [S.RELEASED]), ("revoke_key", [S.SUPERSEDED])):
        office = Office()
        request = office.open(tier="standard")
        office.vote(request, "dan")
        envelope = people_changes.build_change(
            change, {"key_id": key("dan").key_id}, signers=[key("admin")], now_ms=office.now
        )
        office.do(commands.ChangePeople(envelope=envelope))
        assert moves(office.release(request)) == wanted
        later = office.open(tier="standard", value=b"[1]")
        assert refusals(office.vote(later, "dan")) == ["bad_signature"]


def test_rotating_the_workers_key_keeps_what_is_held() -> None:
    """Items signed before a worker's key was retired are released; new ones need the new key."""
    office = Office()
    request, late = office.open(tier="standard"), office.item(b"[1]", tier="standard")
    new = {"name": "pipeline2", "role": "pipeline", "public": key("pipeline2").public.hex()}
    for change, body, signers in (
        ("service", new, ("admin", "pipeline2")),
        ("retire_key", {"key_id": key("pipeline").key_id}, ("admin",)),
    ):
        envelope = people_changes.build_change(change, body, signers=[key(s) for s in signers], now_ms=office.now)
        assert refusals(office.do(commands.ChangePeople(envelope=envelope))) == []
    office.vote(request, "dan")
    assert moves(office.release(request)) == [S.RELEASED]
    assert refusals(office.try_open(late)) == ["wrong_signer"]


def test_what_was_revoked_stays_revoked_when_the_file_is_loaded_again() -> None:
    """An old people file cannot bring back a revoked key or person."""
    office = Office()
    for change, body in (("revoke_key", {"key_id": key("dan").key_id}), ("revoke_person", {"person": "ben"})):
        envelope = people_changes.build_change(change, body, signers=[key("admin")], now_ms=office.now)
        office.do(commands.ChangePeople(envelope=envelope))
    office.give_people(people_tree(away=[]) | {"version": 1})
    request = office.open(tier="standard")
    assert refusals(office.vote(request, "dan")) == ["bad_signature"]
    assert refusals(office.vote(request, "ben")) == ["bad_signature"]


# --- bulk -------------------------------------------------------------------------------------------------------------


def test_a_bulk_decision_counts_for_each_listed_request() -> None:
    """One signature over a list of votes decides each of them, and says what it could not decide."""
    office = Office()
    requests = [office.open(tier="standard", value=b"[%d]" % n) for n in range(3)]
    office.vote(requests[2], "anna", "deny")
    payloads = [signing.parse(office.ballot(r, "dan")).payload for r in requests]
    raw = votes.build_bulk(payloads, signer=key("dan"))
    assert votes.requests_of(raw) == tuple(r.request_id for r in requests)
    out = office.do(commands.CastBulk(envelope=raw))
    assert moves(out) == [S.APPROVED, S.APPROVED]
    assert refusals(out) == ["not_open"]


# --- actions and permits ----------------------------------------------------------------------------------------------


def test_an_action_becomes_a_permit_that_is_used_once() -> None:
    """Approval of an action gives a permit for its exact arguments; a recall makes it worthless."""
    office = Office()
    request = office.asked(arguments={"to": 3, "name": "ü", "list": [1, 2.5]})
    assert office.of(request).states() == {ACTION_ITEM: S.PENDING}
    office.vote(request, "dan")
    out = office.release(request)
    permit = office.permit(out)
    assert office.release(request) == []
    assert refusals(office.redeem(permit, '{"to":4}')) == ["permit_arguments"]
    assert refusals(office.redeem(permit, '{"list":[1,2.5],"name":"ü","to":3}')) == []
    assert refusals(office.redeem(permit, request.action.arguments)) == ["permit_spent"]
    recalled = office.asked(arguments={"to": 5})
    office.vote(recalled, "dan")
    permit = office.permit(office.release(recalled))
    office.act(recalled, "anna", "recall")
    assert refusals(office.redeem(permit, '{"to":5}')) == ["permit_recalled"]


def test_an_unknown_verb_needs_the_highest_tier() -> None:
    """A verb that no rule names, and the built-in ones, are held at the top."""
    office = Office()
    assert office.asked("anything.else").tier == "high"
    assert office.asked("privilege.escalate").tier == "high"
    assert office.asked("unmask").tier == "high"


def test_a_replayed_or_old_action_request_is_refused() -> None:
    """The same signed request again, or one signed long ago, opens nothing."""
    office = Office()
    nonce = "n" * 32
    office.vote(office.asked(nonce=nonce), "dan", "deny")
    assert refusals(office.ask(nonce=nonce)) == ["replayed"]
    assert refusals(office.ask(now_ms=office.now - 20 * MINUTE, arguments={"to": 9})) == ["stale"]


# --- set-up -----------------------------------------------------------------------------------------------------------


def test_a_policy_or_people_file_that_locks_everyone_out_is_refused_at_load() -> None:
    """A quorum that nobody can fill is refused when it is loaded, with the tier and the group."""
    office = Office()
    strict = policy()
    strict["tiers"]["high"]["quorum"]["all_of"] = [{"group": "nobody", "n": 1}]
    out = office.give_policy(strict)
    assert refusals(out) == ["lock_out"]
    assert "'high'" in out[0].message
    assert "'nobody'" in out[0].message
    lonely = {name: groups for name, groups in PEOPLE.items() if name == "chloe"}
    assert refusals(office.give_people(people_tree(lonely))) == ["bad_people"]


def test_the_same_policy_or_people_again_is_nothing() -> None:
    """Loading what is in force already makes no event."""
    office = Office()
    assert office.give_policy(POLICY) == []
    assert office.give_people(people_tree()) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"tiers": {}},
        {"tiers": {"only": {"auto_approve": True}}},
        {"tiers": {"t": {}}},
        {"default_tier": "nope"},
        {"risk": [{"id": "r", "tier": "nope"}]},
        {"budgets": [{"per": "requester", "tier": "standard"}]},
        {"freeze": [{"id": "f", "start": "2030-01-02T00:00:00Z", "end": "2030-01-01T00:00:00Z"}]},
        {"break_glass": {"group": "g", "review": {"all_of": []}}},
        {"escalate_at": [120]},
        {"unknown": 1},
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(bad: dict[str, Any]) -> None:
    """Tiers without people, unknown names and empty limits are errors, not defaults."""
    with pytest.raises(ValueError, match="validation error"):
        ApprovalPolicy.model_validate(bad)


def test_the_log_is_refused_where_it_cannot_be() -> None:
    """Folding an impossible event raises instead of guessing."""
    office = Office()
    request = office.open(tier="standard")
    opened = next(e for e in office.log if isinstance(e, RequestOpened))
    moved = events.Moved(meta=opened.meta, request_id=request.request_id, to=S.RELEASED)
    with pytest.raises(ValueError, match="cannot go"):
        machine.fold(office.state, moved)
    with pytest.raises(ValueError, match="twice"):
        machine.fold(office.state, opened)
    with pytest.raises(ValueError, match="never opened"):
        machine.fold(office.state, replace(moved, request_id="x"))


def test_events_survive_their_encoding() -> None:
    """Every event is read back as it was written, and written the same again."""
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "frank")
    office.vote(request, "dan")
    office.release(request)
    office.act(office.open(tier="high", value=b"[1]"), "eve", "break_glass")
    for event in office.log:
        raw = events.encode(event)
        assert events.decode(raw) == event
        assert events.encode(events.decode(raw)) == raw
    with pytest.raises(ValueError, match="validation error"):
        events.decode(b'{"type":"nope"}')


JUNK = st.sampled_from([None, True, -1, 2**53 - 1, 1.5, "", "x" * 600, "\u202e", [], {}, [[]], ["x"], {"iss": 1}, [1]])


PERIOD = {"start": START, "end": START + 1000}
CHANGES: dict[str, dict[str, Any]] = {
    "enrol": {
        "id": "new",
        "name": "New",
        "accounts": [{"iss": ISS, "sub": "new"}],
        "keys": [{"public": key("new").public.hex()}, {"webauthn": {"credential_id": "ab", "public": "cd"}}],
        "groups": ["reviewers"],
    },
    "account": {"person": "dan", "account": {"iss": ISS, "sub": "alt"}},
    "key": {"person": "dan", "key": {"public": key("new").public.hex()}},
    "service": {"name": "s", "role": "producer", "public": key("new").public.hex(), "owner": {"iss": ISS, "sub": "x"}},
    "delegate": {"giver": "dan", "taker": "eve", "groups": ["reviewers"]} | PERIOD,
    "away": {"person": "dan"} | PERIOD,
    "claims": {"person": "dan", "groups": ["oidc:g"]} | PERIOD,
    "oncall": {"group": "g", "persons": ["dan"], "start": START, "period": "7d"},
    "owns": {"person": "dan", "agents": [{"iss": ISS, "sub": "bot"}]},
    "group": {"group": "g", "members": ["dan"]},
    "revoke_person": {"person": "dan"},
    "revoke_key": {"key_id": key("dan").key_id},
}


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_insiders_sign_never_breaks_the_machine(data: st.DataObject) -> None:
    """Well-signed payloads with any member replaced by junk, left out or added are answered, never raised."""
    office = Office()
    request = office.open(tier="standard")
    made: dict[str, tuple[type[Any], bytes, str]] = {
        "vote": (commands.CastVote, office.ballot(request, "dan"), "dan"),
        "bulk": (commands.CastBulk, votes.build_bulk([b"{}"], signer=key("dan")), "dan"),
        "redeem": (commands.Redeem, actions.build_redeem(b"{}", "{}", b"", key("intake")), "intake"),
        "action": (commands.OpenAction, _action(), "intake"),
    }
    made |= {
        f"people {name}": (
            commands.ChangePeople,
            people_changes.build_change(name, body, signers=[key("admin")], now_ms=START),
            "*",
        )
        for name, body in CHANGES.items()
    }
    command, raw, signer = made[data.draw(st.sampled_from(sorted(made)))]
    envelope = signing.parse(raw)
    tree = canonical.loads(envelope.payload)
    holder, name = data.draw(st.sampled_from(list(_members(tree))))
    how = data.draw(st.sampled_from(["replace", "drop", "add"]))
    if how == "drop":
        del holder[name]
    else:
        holder[name if how == "replace" else "more"] = data.draw(JUNK)
    signers = ("admin", "dan", "console", "new") if signer == "*" else (signer,)
    forged = signing.seal(envelope.payload_type, json.dumps(tree).encode(), [key(s) for s in signers])
    opening = command is commands.OpenAction
    fresh = {"request_id": commands.new_request_id(), "nonce": office.nonce()} if opening else {}
    out = office.do(command(envelope=forged, **fresh))
    assert all(events.decode(events.encode(event)) == event for event in out)
    half = json.dumps(tree).replace('"', '"\\ud800', 1).encode()
    assert refusals(office.do(commands.CastVote(envelope=signing.seal(votes.VOTE_TYPE, half, [key("dan")]))))


def _action() -> bytes:
    return actions.build_action(
        signer=key("intake"),
        requester=verified("bot", "agent", owner=account("dan"), on_behalf_of=(account("zoe"),)),
        verb="db.rollback",
        arguments={"to": 1},
        expected_outcome="ok",
        now_ms=START,
    )


def _members(tree: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield tree, name
            yield from _members(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _members(value)


def test_a_guard_keeps_secrets_out_of_the_log() -> None:
    """A text in which the gate's detector sees a secret is refused, and the refusal does not repeat it."""
    office = Office()
    office.state.guard = lambda text: "hunter2" in text
    out = office.ask(purpose="login with hunter2")
    assert refusals(out) == ["secret_in_text"]
    request = office.asked()
    out += office.vote(request, "dan", reason="hunter2 says yes")
    assert refusals(out) == ["secret_in_text"] * 2
    assert b"hunter2" not in b"".join(events.encode(e) for e in out)


# --- what one insider, worker or program gone wrong can do ------------------------------------------------------------


@pytest.mark.parametrize(
    "requester",
    [
        pytest.param(Requester(ISS, "bot-a", "agent", "acl"), id="agent of a mapped topic"),
        pytest.param(Requester(ISS, "bot-b", "agent", "acl", owner=Principal(ISS, "bot-a")), id="agent of an agent"),
        pytest.param(verified(on_behalf_of=(Principal(ISS, "bot-a"),)), id="on behalf of an agent"),
    ],
)
def test_the_owner_behind_an_agent_of_the_registry_has_no_vote(requester: Requester) -> None:
    """Whoever owns the service that asks, directly or through another service, is excluded."""
    bots = [
        {"name": name, "role": "producer", "public": key(name).public.hex(), "iss": ISS, "sub": name, "owner": owner}
        for name, owner in (
            ("bot-a", {"iss": ISS, "sub": account("anna").sub}),
            ("bot-b", {"iss": ISS, "sub": "bot-a"}),
        )
    ]
    tree = people_tree()
    office = Office(people=tree | {"services": [*tree["services"], *bots]})
    request = office.open(requester=requester, tier="standard")
    assert refusals(office.vote(request, "anna")) == ["excluded"]
    assert moves(office.vote(request, "ben")) == [ItemState.APPROVED]


def test_owners_that_own_each_other_end() -> None:
    """Two services that name each other as owner are looked through once."""
    bots = [
        {
            "name": a,
            "role": "producer",
            "public": key(a).public.hex(),
            "iss": ISS,
            "sub": a,
            "owner": {"iss": ISS, "sub": b},
        }
        for a, b in (("bot-a", "bot-b"), ("bot-b", "bot-a"))
    ]
    tree = people_tree()
    office = Office(people=tree | {"services": [*tree["services"], *bots]})
    request = office.open(requester=Requester(ISS, "bot-a", "agent", "acl"), tier="standard")
    assert {p.sub for p in request.exclusions.principals} == {"bot-a", "bot-b"}


def test_the_console_cannot_act_for_a_person() -> None:
    """Where session votes count, they are votes: breaking the glass takes the person's own key."""
    policy = POLICY | {"session_votes": True}
    policy["tiers"] = POLICY["tiers"] | {"double": POLICY["tiers"]["double"] | {"session_votes": True}}
    office = Office(policy=policy)
    request = office.open()
    assert refusals(office.act(request, "frank", "break_glass", signer=key("console"), channel="session")) == [
        "session_vote"
    ]
    assert not refusals(office.vote(request, "dan", signer=key("console"), channel="session"))


def test_a_withdrawal_by_the_intake_names_items_that_there_are() -> None:
    """An unknown item, or an old signature, in a withdrawal that the intake signs is refused, not raised."""
    office = Office()
    request = office.asked()
    by_intake: dict[str, Any] = {"signer": key("intake"), "reviewer": request.requester.principal, "person_id": ""}
    assert refusals(office.act(request, "anna", "withdraw", scope=["none"], **by_intake)) == ["unknown_item"]
    old = office.now - 3_600_000
    assert refusals(office.act(request, "anna", "withdraw", now_ms=old, **by_intake)) == ["stale"]
    assert moves(office.act(request, "anna", "withdraw", **by_intake)) == [ItemState.WITHDRAWN]


@pytest.mark.parametrize(
    "fields",
    [
        {"masking": [f"/{n}" for n in range(51)], "result": "ab"},
        {"masking": ["/" + "x" * 1000], "result": "ab"},
        {"masking": ["/email"], "result": "ab" * 2000},
        {"scope": ["x" * 600_000]},
    ],
)
def test_a_vote_too_large_for_the_log_is_refused(fields: dict[str, Any]) -> None:
    """What is logged with every vote is bounded, so no reviewer makes a record that the broker does not take."""
    office = Office()
    assert refusals(office.vote(office.open(), "anna", **fields)) == ["malformed_vote"]


def test_a_padded_envelope_is_refused() -> None:
    """A signature field of a megabyte beside a good signature does not get into the log."""
    office = Office()
    good = signing.parse(office.ballot(office.open(), "anna"))
    raw = signing.wrap(good.payload_type, good.payload, [*good.signatures, ("x", b"x" * 500_000)])
    assert refusals(office.do(commands.CastVote(envelope=raw))) == ["malformed_vote"]


@pytest.mark.slow
def test_somebody_who_changes_their_mind_for_ever_is_stopped() -> None:
    """All votes of a request together stay small enough for one record of the view."""
    office = Office()
    request = office.open()
    codes: list[str] = []
    for n in range(600):
        choice = ("approve", "abstain")[n % 2]
        codes = refusals(office.vote(request, "anna", choice, reason="\x01" * 2000))
        if codes:
            break
    assert codes == ["too_many_votes"]
    assert len(to_json(office.of(request))) < 5 << 20


@pytest.mark.parametrize(
    "change",
    [
        {"item_id": "z" * 32},
        {"content_mac": "é" * 64},
        {"key_mac": "zz"},
        {"source": {"topic": "t", "partition": 0, "offset": 1e300}},
        {"created": 1e300},
        {"export": {"declared": ["x"]}},
        {"fields": [{"entity": "X", "count": 1}]},
        {"fields": [{"path": 1, "entity": 2, "operator": 3, "score": 1.0, "count": 1}]},
        {"fields": [{"path": "/a", "entity": "X", "operator": "hash", "score": 1.0, "count": -5}]},
        {"policy": {"id": [], "version": "", "digest": ["x"]}},
        {"subjects": ["s"] * (items.MAX_SUBJECTS + 2)},
    ],
)
def test_an_item_of_another_shape_is_refused_by_the_reader(change: dict[str, Any]) -> None:
    """What a worker gone wrong signs is refused before the gate stores or looks up anything of it."""
    office = Office()
    opened = office.item()
    tree = canonical.loads(signing.parse(office.bytes[opened.item.item_id]).payload) | change
    raw = signing.seal(items.PAYLOAD_TYPE, json.dumps(tree).encode(), [key("pipeline")])
    keys = {key("pipeline").key_id: key("pipeline").public}
    if "policy" in change:
        assert items.group_key(items.parse_item(raw, keys, 0))
        assert hash(items.group_key(items.parse_item(raw, keys, 0)))
        return
    with pytest.raises(RecordError):
        items.parse_item(raw, keys, 0)


@pytest.mark.parametrize("period", [1e308, 1e300, 1e-300])
def test_a_rota_of_no_sensible_length_is_refused(period: float) -> None:
    """A period that no snapshot could hold, or that is nothing, is refused as a change."""
    office = Office()
    body = {"group": "g", "persons": ["dan"], "start": 0, "period": period}
    change = people_changes.build_change("oncall", body, signers=[key("admin")], now_ms=START)
    assert refusals(office.do(commands.ChangePeople(envelope=change))) == ["bad_change"]
