"""A person takes a vote of their own back while nothing is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.fake_office import POLICY, Office, key, moves, refusals
from maskgate.approvals import commands, events, machine
from maskgate.approvals.decisions import judging
from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState as S
from maskgate.approvals.model import Request
from maskgate.audit import replay, story
from maskgate.crypto import signing


def asked() -> tuple[Office, Request]:
    """A request that needs two reviewers, one of whom agreed a second ago."""
    office = Office()
    request = office.open(tier="double")
    office.vote(request, "anna")
    office.now += 1000
    return office, request


def later(office: Office) -> Office:
    office.now += 1000
    return office


def test_a_vote_that_was_taken_back_does_not_count() -> None:
    """One of two agreed and takes it back: the next voter makes one of two, not two."""
    office, request = asked()
    told = office.act(request, "anna", "retract")
    assert [e.type for e in told] == ["vote_retracted"]
    assert moves(office.vote(request, "dan")) == []
    assert office.of(request).state is S.PENDING


def test_who_took_a_vote_back_may_vote_again_with_a_new_signature() -> None:
    """A retraction is no denial: the person may agree after all."""
    office, request = asked()
    office.act(request, "anna", "retract")
    assert moves(later(office).vote(request, "anna")) == []
    assert moves(office.vote(request, "dan")) == [S.APPROVED]
    assert moves(office.release(request)) == [S.RELEASED]


def test_a_replayed_approval_does_not_undo_the_retraction() -> None:
    """The bytes of the first approval, sent again after it was taken back, are nothing."""
    office = Office()
    request = office.open(tier="double")
    ballot = office.ballot(request, "anna")
    office.do(commands.CastVote(envelope=ballot))
    later(office).act(request, "anna", "retract")
    assert office.do(commands.CastVote(envelope=ballot)) == []
    assert moves(office.vote(request, "dan")) == []


def test_an_approval_that_was_held_back_does_not_count_after_the_retraction() -> None:
    """A second approval signed before the retraction and sent after it is refused: somebody kept it for later."""
    office, request = asked()
    kept = office.ballot(request, "anna", decision="abstain")
    held = office.ballot(request, "anna")
    later(office).act(request, "anna", "retract")
    assert refusals(office.do(commands.CastVote(envelope=held))) == ["retracted"]
    assert refusals(office.do(commands.CastVote(envelope=kept))) == ["retracted"]
    bulk = votes.build_bulk([signing.parse(held).payload], signer=key("anna"))
    assert refusals(office.do(commands.CastBulk(envelope=bulk))) == ["retracted"]


def test_a_denial_signed_before_the_retraction_still_counts() -> None:
    """Only what could release something has to be newer than the retraction."""
    office, request = asked()
    denial = office.ballot(request, "anna", "deny")
    later(office).act(request, "anna", "retract")
    assert moves(office.do(commands.CastVote(envelope=denial))) == [S.DENIED]


def test_a_denial_stays() -> None:
    """Where one denial is not enough to end the request it still cannot be taken back."""
    office = Office()
    tiers = {"two": {"quorum": {"all_of": [{"group": "reviewers", "n": 2}], "deny_n": 2}}}
    office.give_policy(POLICY | {"tiers": POLICY["tiers"] | tiers})
    request = office.open(tier="two")
    office.vote(request, "anna", "deny")
    assert refusals(later(office).act(request, "anna", "retract")) == ["denied_before"]
    assert moves(office.vote(request, "dan", "deny")) == [S.DENIED]


def test_a_complete_quorum_is_revoked_not_retracted() -> None:
    """Once the request is approved the refusal says what to do instead; a freeze changes nothing of that."""
    office, request = asked()
    office.vote(request, "dan")
    [refused] = later(office).act(request, "anna", "retract")
    assert isinstance(refused, events.Refused)
    assert (refused.code, "revoke" in refused.message, refused.alarm) == ("not_pending", True, False)


@pytest.mark.parametrize("person", ["dan", "ben"])
def test_nobody_takes_back_what_they_did_not_say(person: str) -> None:
    """Only votes of one's own are taken back, and only once."""
    office, request = asked()
    assert refusals(office.act(request, person, "retract")) == ["nothing_to_retract"]
    office.act(request, "anna", "retract")
    assert refusals(office.act(request, "anna", "retract")) == ["nothing_to_retract"]


def test_the_same_retraction_delivered_twice_is_nothing() -> None:
    """A copy of a retraction makes no event, also after a new vote: it cannot take the new one back."""
    office, request = asked()
    envelope = office.acted(request, "anna", "retract")
    assert len(office.do(commands.CastVote(envelope=envelope))) == 1
    assert office.do(commands.CastVote(envelope=envelope)) == []
    later(office).vote(request, "anna")
    assert office.do(commands.CastVote(envelope=envelope)) == []
    assert moves(office.vote(request, "dan")) == [S.APPROVED]


def test_a_retraction_after_the_deadline_is_refused() -> None:
    """What nobody decided in time is over for retractions as well."""
    office, request = asked()
    office.now = request.expires_at
    assert refusals(office.act(request, "anna", "retract")) == ["expired"]


def test_a_retraction_for_another_content_is_refused() -> None:
    """It binds the same digests that a vote binds."""
    office, request = asked()
    assert refusals(office.act(replace(request, digest="0" * 64), "anna", "retract")) == ["digest_mismatch"]


def test_a_retraction_of_some_records_leaves_the_others() -> None:
    """By item: the vote stands on what was not taken back, and what is approved already stays so."""
    office = Office()
    request = office.open(*(office.item(b'{"n":%d}' % n, tier="double") for n in range(3)))
    first, second, third = (item.item_id for item in request.items)
    office.vote(request, "anna")
    office.vote(request, "dan", scope=[first])
    assert office.of(request).states()[first] is S.APPROVED
    assert refusals(later(office).act(request, "anna", "retract", scope=[first, second])) == ["not_pending"]
    [told] = office.act(request, "anna", "retract", scope=[second])
    assert isinstance(told, events.VoteRetracted)
    assert told.vote.scope == (second,)
    office.vote(request, "dan", scope=[second, third])
    assert office.of(request).states() == {first: S.APPROVED, second: S.PENDING, third: S.APPROVED}


def test_a_retraction_of_all_takes_back_what_is_pending() -> None:
    """Without a scope the approved record stays approved and leaves; the others wait."""
    office = Office()
    request = office.open(*(office.item(b'{"n":%d}' % n, tier="double") for n in range(2)))
    first, second = (item.item_id for item in request.items)
    office.vote(request, "anna")
    office.vote(request, "dan", scope=[first])
    [told] = later(office).act(request, "anna", "retract")
    assert isinstance(told, events.VoteRetracted)
    assert told.vote.scope == (second,)
    assert moves(office.release(request)) == [S.RELEASED]
    assert office.of(request).states() == {first: S.RELEASED, second: S.PENDING}


def test_a_vote_of_a_list_can_be_taken_back() -> None:
    """What one signature said of several requests is taken back one by one."""
    office = Office()
    one, two = office.open(tier="double"), office.open(tier="double", value=b"[1]")
    payloads = [signing.parse(office.ballot(r, "anna")).payload for r in (one, two)]
    office.do(commands.CastBulk(envelope=votes.build_bulk(payloads, signer=key("anna"))))
    later(office).act(one, "anna", "retract")
    assert moves(office.vote(one, "dan")) == []
    assert moves(office.vote(two, "dan")) == [S.APPROVED]


def test_the_log_alone_gives_the_same_and_an_auditor_finds_nothing() -> None:
    """A retraction is an event with its signed envelope: folded, audited, told as a sentence."""
    office, request = asked()
    office.act(request, "anna", "retract", reason="the wrong one")
    assert office.replayed().requests[request.request_id] == office.of(request)
    findings = replay.audit([events.encode(e) for e in office.log])
    assert findings.good, findings.problems
    restored = machine.restore(machine.split(b"".join(machine.snapshot(office.state))))
    assert restored.requests[request.request_id] == office.of(request)
    told = [line.text for line in story.of_log(office.log, lambda e: isinstance(e, events.VoteRetracted))]
    assert "anna took the vote back" in " ".join(told)


def test_a_forged_retraction_in_the_log_is_found() -> None:
    """An auditor decides every retraction again from its envelope: one without a signature of its person is told."""
    office, request = asked()
    office.act(request, "anna", "retract")
    log = [
        replace(e, vote=replace(e.vote, person_id="dan")) if isinstance(e, events.VoteRetracted) else e
        for e in office.log
    ]
    assert not replay.audit([events.encode(e) for e in log]).good


def test_standing_votes_leave_out_what_was_taken_back() -> None:
    """The console, the notices and the escalation read the same list."""
    office, request = asked()
    office.vote(request, "dan", "abstain")
    office.act(request, "anna", "retract")
    assert [v.person_id for v in judging.standing_votes(office.of(request).votes)] == ["dan"]
