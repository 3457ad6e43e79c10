"""Every attack of the list, each proved twice: it fails, and it succeeds once its defence is taken out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fakes.attack_book import Book, nothing, put
from fakes.fake_office import (
    ISS,
    MINUTE,
    POLICY,
    Office,
    account,
    key,
    moves,
    people_tree,
    refusals,
    verified,
)
from fakes.fake_passkey import Passkey
from maskgate.approvals import commands, events, lock_out, machine, model
from maskgate.approvals.decisions import acting, fresh, judging, opening, quorum, releasing, retracting, risk, voting
from maskgate.approvals.messages import items, permits, plain, preview, shown, votes
from maskgate.approvals.model import ItemState, Requester
from maskgate.audit import replay
from maskgate.audit.checkpoint import Checkpoint
from maskgate.base.errors import RecordError, RefusedError
from maskgate.base.records import StandIn
from maskgate.crypto import canonical, sealing, signing, webauthn
from maskgate.crypto.merkle import Frontier, leaf_hash
from maskgate.people import changes as people_changes
from maskgate.people import confusables
from maskgate.people import registry as people
from maskgate.people.principal import Principal

RELEASED = ItemState.RELEASED
ATTACKS = Book()
attack = ATTACKS.attack


no_exclusion = put(quorum, "is_excluded", lambda *_: False)
no_recheck = put(releasing, "no_longer", lambda *_: "")
no_digests = put(voting, "_check_digests", nothing)
no_byte_check = put(releasing, "_check_bytes", nothing)
any_role = put(
    people.People,
    "role_keys",
    lambda self, *_: {s.key.key_id: bytes.fromhex(s.key.public) for s in self.services.values()},
)


any_signer_of_permits = put(
    people.People,
    "earlier_keys",
    lambda self, *_: {s.key.key_id: bytes.fromhex(s.key.public) for s in self.services.values()},
)


def released(office: Office, request: model.Request) -> bool:
    """Whether the gate lets the request out now."""
    return RELEASED in moves(office.release(request))


# --- 1-3: self-approval -----------------------------------------------------------------------------------------------


@attack(no_exclusion)
def self_approval_through_a_second_account() -> bool:
    tree = people_tree()
    tree["persons"][3]["accounts"].append({"iss": "https://other.example", "sub": "dd"})
    office = Office(people=tree)
    request = office.open(tier="standard", requester=replace(verified(), iss="https://other.example", sub="dd"))
    office.vote(request, "dan")
    return released(office, request)


as_spelt = put(confusables, "account", lambda principal: principal)


@attack(as_spelt)
def self_approval_through_another_spelling() -> bool:
    spellings = [
        {"sub": account("dan").sub.upper()},
        {"iss": ISS + "/"},
        {"sub": "\u200bdan@example.com"},
        {"sub": "dan\uff20example.com"},
    ]
    won = []
    for spelling in spellings:
        office = Office()
        request = office.open(
            tier="standard", requester=replace(verified(), **({"sub": account("dan").sub} | spelling))
        )
        office.vote(request, "dan")
        won.append(released(office, request))
    assert len(set(won)) == 1, "all spellings are one matter"
    return won[0]


@attack(as_spelt)
def approval_by_the_owner_of_an_agent_spelt_otherwise() -> bool:
    tree = people_tree()
    tree["persons"][3]["owns"] = [{"iss": ISS, "sub": account("bot").sub}]
    office = Office(people=tree)
    request = office.open(tier="standard", requester=replace(verified("bot", "agent"), sub=account("bot").sub.title()))
    office.vote(request, "dan")
    return released(office, request)


@attack(as_spelt)
def on_behalf_of_somebody_spelt_otherwise() -> bool:
    office = Office()
    other = Principal(ISS.upper(), account("dan").sub)
    request = office.open(tier="standard", requester=verified("bot", "agent", on_behalf_of=(other,)))
    office.vote(request, "dan")
    return released(office, request)


@attack(no_exclusion)
def approval_by_the_owner_of_the_agent() -> bool:
    tree = people_tree()
    tree["persons"][3]["owns"] = [{"iss": ISS, "sub": account("bot").sub}]
    office = Office(people=tree)
    request = office.open(tier="standard", requester=verified("bot", "agent"))
    office.vote(request, "dan")
    return released(office, request)


@attack(no_exclusion)
def approval_by_somebody_on_whose_behalf_it_is_asked() -> bool:
    office = Office()
    request = office.open(tier="standard", requester=verified("bot", "agent", on_behalf_of=(account("dan"),)))
    office.vote(request, "dan")
    return released(office, request)


@attack(no_exclusion)
def approval_with_the_vote_that_the_requester_lent() -> bool:
    tree = people_tree()
    tree["delegations"] = [
        {"giver": "dan", "taker": "frank", "groups": ["reviewers"], "start": 0, "end": 1 << 44},
    ]
    office = Office(people=tree)
    request = office.open(tier="standard", requester=verified("dan"))
    office.vote(request, "frank")
    return released(office, request)


@attack(
    put(
        quorum,
        "authority",
        lambda p, _x, votes, now: {
            v.person_id: frozenset(
                {*p.groups_of(v.person_id, now), *(g for d in p.lent_to(v.person_id, now) for g in d.groups)}
            )
            for v in votes
        },
    )
)
def lending_a_vote_and_voting_as_well() -> bool:
    tree = people_tree()
    tree["delegations"] = [{"giver": "dan", "taker": "frank", "groups": ["reviewers"], "start": 0, "end": 1 << 44}]
    office = Office(people=tree)
    request = office.open(tier="double")
    office.vote(request, "dan")
    office.vote(request, "frank")
    return released(office, request)


@attack(no_recheck)
def account_linked_to_the_requester_after_the_vote() -> bool:
    office = Office()
    request = office.open(tier="standard", requester=verified("dan.alias"))
    office.vote(request, "dan")
    body = {"person": "dan", "account": {"iss": ISS, "sub": account("dan.alias").sub}}
    change = people_changes.build_change("account", body, signers=[key("admin"), key("dan")], now_ms=office.now)
    office.do(commands.ChangePeople(envelope=change))
    assert office.state.people.person_of(account("dan.alias")) == "dan"
    return released(office, request)


@attack(put(judging, "barred", lambda _state, request: request.exclusions))
def becoming_the_owner_of_the_agent_after_the_vote() -> bool:
    office = Office()
    request = office.open(tier="standard", requester=verified("bot", "agent"))
    office.vote(request, "dan")
    body = {"person": "dan", "agents": [{"iss": ISS, "sub": account("bot").sub}]}
    change = people_changes.build_change("owns", body, signers=[key("admin")], now_ms=office.now)
    assert not refusals(office.do(commands.ChangePeople(envelope=change)))
    return released(office, request)


@attack(no_exclusion)
def producer_of_an_unverified_topic_approves() -> bool:
    office = Office()
    requester = Requester("unverified", "events", declared=(account("dan"),))
    request = office.open(tier="standard", requester=requester)
    office.vote(request, "dan")
    return released(office, request)


@attack(no_exclusion)
def admin_approves_the_own_request() -> bool:
    tree = people_tree()
    tree["groups"]["admins"] = ["chloe"]
    office = Office(people=tree)
    request = office.open(tier="standard", requester=verified("chloe"))
    office.vote(request, "chloe")
    return released(office, request)


@attack(no_exclusion)
def breaking_the_glass_for_oneself() -> bool:
    office = Office()
    request = office.open(tier="high", requester=verified("eve"))
    office.act(request, "eve", "break_glass")
    return released(office, request)


@attack(no_exclusion, put(acting, "_is_breaker", lambda *_: False))
def ratifying_the_own_broken_glass() -> bool:
    office = Office()
    request = office.open(tier="high")
    office.act(request, "eve", "break_glass")
    assert released(office, request)
    return ItemState.RATIFIED in moves(office.act(request, "eve", "ratify"))


@attack(
    put(
        quorum,
        "match",
        lambda seats, persons: [next((p for p, groups in persons.items() if seat in groups), None) for seat in seats],
    )
)
def one_person_in_two_groups_counts_twice() -> bool:
    office = Office()
    request = office.open(tier="high")
    office.vote(request, "chloe")
    return released(office, request)


# --- 4-6: forgery and replay ------------------------------------------------------------------------------------------


@attack(put(voting, "verify", lambda envelope, keys: tuple(k for k, _ in envelope.signatures if k in keys)))
def forged_vote_on_the_topic() -> bool:
    office = Office()
    request = office.open(tier="standard")
    honest = signing.parse(office.ballot(request, "dan"))
    forged = signing.wrap(honest.payload_type, honest.payload, [(key("dan").key_id, key("mallory").sign(b"whatever"))])
    office.do(commands.CastVote(envelope=forged))
    return released(office, request)


@attack(put(signing, "pae", lambda _type, payload: payload))
def signature_over_something_else_relabelled_as_a_vote() -> bool:
    office = Office()
    request = office.open(tier="standard")
    payload = signing.parse(office.ballot(request, "dan")).payload
    other = signing.parse(signing.seal("text/plain", payload, [key("dan")]))
    office.do(commands.CastVote(envelope=signing.wrap(votes.VOTE_TYPE, payload, other.signatures)))
    return released(office, request)


@attack(put(voting, "_check_person", nothing))
def vote_in_the_name_of_somebody_else() -> bool:
    office = Office()
    request = office.open(tier="standard")
    events_ = office.vote(request, "anna", signer=key("dan"))
    return not refusals(events_)


@attack(any_role)
def export_item_signed_by_the_intake_api() -> bool:
    office = Office()
    raw = office.item(tier="standard")
    forged = signing.seal(items.PAYLOAD_TYPE, signing.parse(office.bytes[raw.item.item_id]).payload, [key("intake")])
    try:
        opened = items.parse_item(forged, office.state.people.role_keys("pipeline"), 7)
    except RecordError:
        return False
    return not refusals(office.try_open(opened))


@attack(any_role)
def action_signed_by_a_mask_worker() -> bool:
    return not refusals(Office().ask(signer=key("pipeline")))


@attack(put(opening, "_check_items", nothing))
def item_of_a_worker_whose_key_was_revoked() -> bool:
    office = Office()
    opened = office.item(tier="standard")
    revoke(office, key("pipeline").key_id)
    return not refusals(office.try_open(opened))


@attack(
    put(
        people.People,
        "earlier_keys",
        lambda self, role: {
            s.key.key_id: bytes.fromhex(s.key.public) for s in self.services.values() if s.role == role
        },
    )
)
def approved_item_of_a_worker_whose_key_was_stolen() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    revoke(office, key("pipeline").key_id)
    return released(office, request)


@attack(no_digests)
def benign_preview_shown_for_another_payload() -> bool:
    office = Office()
    benign = office.open(tier="standard", value=b'{"weather":"fine"}')
    request = office.open(tier="standard")
    office.vote(request, "dan", seen_digest=benign.seen_digest)
    return released(office, request)


@attack(no_digests)
def old_approval_for_new_content() -> bool:
    office = Office()
    old, new = office.open(tier="standard"), office.open(tier="standard", value=b'{"all":"of it"}')
    graft = replace(old, request_id=new.request_id)
    office.do(commands.CastVote(envelope=office.ballot(graft, "dan")))
    return released(office, new)


@attack(
    put(judging, "is_repeated", lambda *_: False),
    put(voting, "_nonces", lambda _: frozenset()),
    put(retracting, "refuse_older", nothing),
)
def replay_of_an_approval_that_was_taken_back() -> bool:
    office = Office()
    request = office.open(tier="double")
    ballot = office.ballot(request, "anna")
    office.do(commands.CastVote(envelope=ballot))
    office.now += 1000
    office.act(request, "anna", "retract")
    office.do(commands.CastVote(envelope=ballot))
    office.vote(request, "dan")
    return released(office, request)


@attack(put(retracting, "refuse_older", nothing))
def approval_kept_back_until_it_was_taken_back() -> bool:
    office = Office()
    request = office.open(tier="double")
    office.vote(request, "anna")
    kept = office.ballot(request, "anna")
    office.now += 1000
    office.act(request, "anna", "retract")
    office.do(commands.CastVote(envelope=kept))
    office.vote(request, "dan")
    return released(office, request)


@attack(put(judging, "standing_votes", lambda votes, **_: tuple(v for v in votes if v.decision != "retract")))
def approval_spent_after_it_was_taken_back() -> bool:
    office = Office()
    request = office.open(tier="double")
    office.vote(request, "anna")
    office.now += 1000
    office.act(request, "anna", "retract")
    office.vote(request, "dan")
    return released(office, request)


@attack(put(retracting, "_last_on", lambda *_: "approve"))
def own_denial_taken_back() -> bool:
    policy = json.loads(json.dumps(POLICY))
    policy["tiers"]["standard"]["quorum"]["deny_n"] = 2
    office = Office(policy)
    request = office.open(tier="standard")
    office.vote(request, "dan", "deny")
    office.now += 1000
    return "vote_retracted" in [e.type for e in office.act(request, "dan", "retract")]


@attack(put(opening, "_fresh", lambda _state, command: command.requester))
def signed_header_used_a_second_time() -> bool:
    policy = POLICY | {"default_tier": "auto"}
    office = Office(policy)
    signed = replace(verified(), assurance="signed", session="nonce-of-the-producer")
    first, second = office.item(tier="auto", requester=signed), office.item(tier="auto", requester=signed)
    assert office.open(first, tier="auto").auto
    office.release(office.state.requests[next(iter(office.state.requests))].request)
    return office.open(second).auto


# --- 7-9: what leaves is what was approved ----------------------------------------------------------------------------


@attack(no_byte_check)
def bytes_changed_between_review_and_release() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    swapped = swap(office, request, value=b'{"email":"real@example.com"}')
    return RELEASED in moves(office.release(request, bytes_=swapped))


@attack(no_byte_check)
def destination_swapped_in_the_held_bytes() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    swapped = swap(office, request, topic="attacker")
    return RELEASED in moves(office.release(request, bytes_=swapped))


@attack(no_recheck)
def alias_pointed_elsewhere_after_the_approval() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    office.give_policy(POLICY, {"default": "attacker"})
    return released(office, request)


@attack(put(opening, "topic_of", lambda state, alias, _topic: state.destinations.get(alias, alias)))
def unknown_destination() -> bool:
    return not refusals(Office().try_open(destination="attacker", topic="attacker"))


@attack(put(risk, "is_stricter", lambda *_: False))
def policy_got_stricter_after_the_approval() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    stricter = json.loads(json.dumps(POLICY))
    stricter["tiers"]["standard"]["quorum"]["all_of"][0]["n"] = 2
    office.give_policy(stricter)
    return released(office, request)


@attack(no_byte_check)
def extra_masking_not_applied_at_release() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan", masking=["/email"], result=office.masked_result(request, ["/email"]))
    plain_bytes = tuple(replace(r, result="") for r in office.recomputed(request))
    return RELEASED in moves(office.do(commands.Release(request_id=request.request_id, recomputed=plain_bytes)))


@attack(
    put(
        judging,
        "winning",
        lambda state, request, covering, now, only=None: (
            ("", (), ()) if judging.standing_of(state, request, covering, now).approved else None
        ),
    )
)
def votes_for_different_masking_added_up() -> bool:
    office = Office()
    request = office.open(tier="double")
    office.vote(request, "anna")
    office.vote(request, "dan", masking=["/email"], result=office.masked_result(request, ["/email"]))
    return ItemState.APPROVED in moves(office.log)


# --- 10-13: time ------------------------------------------------------------------------------------------------------


@attack(
    put(
        judging,
        "standing_of",
        lambda s, r, v, now: replace(quorum.standing(s.people, r.quorum, r.exclusions, v, now), denied=False),
    )
)
def release_after_a_denial() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    office.vote(request, "anna", "deny")
    return released(office, request)


@attack(put(voting, "_denied_before", lambda *_: False))
def own_denial_overwritten_by_an_approval() -> bool:
    policy = json.loads(json.dumps(POLICY))
    policy["tiers"]["standard"]["quorum"]["deny_n"] = 2
    office = Office(policy)
    request = office.open(tier="standard")
    office.vote(request, "dan", "deny")
    office.vote(request, "dan", "approve")
    return released(office, request)


@attack(put(voting, "_check_in_time", nothing))
def back_dated_vote_after_the_deadline() -> bool:
    office = Office()
    request = office.open(tier="standard")
    signed_before = office.ballot(request, "dan", now_ms=request.expires_at - MINUTE)
    office.now = request.expires_at + 1
    office.do(commands.CastVote(envelope=signed_before))
    return released(office, request)


@attack(put(voting, "_check_time", nothing))
def vote_signed_an_hour_in_the_future() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan", now_ms=office.now + 60 * MINUTE)
    return released(office, request)


@attack(
    put(voting, "_undecided", lambda _state: True),
    lambda patch: patch.setitem(
        model.TRANSITIONS, ItemState.APPROVED, model.TRANSITIONS[ItemState.APPROVED] | {ItemState.APPROVED}
    ),
)
def approving_again_renews_the_deadline() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    office.now += request.release_ttl_ms - MINUTE
    office.vote(request, "anna")
    office.now += 2 * MINUTE
    return released(office, request)


@attack(lambda patch: patch.setitem(model.TRANSITIONS, RELEASED, frozenset({RELEASED})))
def second_release_by_a_paused_twin() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    twin = machine.decide(
        office.state, commands.Release(request_id=request.request_id, recomputed=office.recomputed(request)), office.now
    )
    assert released(office, request)
    assert not released(office, request), "a retry is a no-op"
    try:
        machine.fold(office.state, twin)
    except ValueError:
        return False
    return True


@attack(put(acting, "_review_due", lambda *_: False))
def recall_to_get_out_of_the_review() -> bool:
    office = Office()
    request = office.open(tier="high")
    office.act(request, "eve", "break_glass")
    assert released(office, request)
    return ItemState.RECALLED in moves(office.act(request, "chloe", "recall"))


# --- 14-18: texts, previews, names ------------------------------------------------------------------------------------


def guarded(office: Office) -> Office:
    office.state.guard = lambda text: "AKIA" in text
    return office


@attack(lambda patch: patch.setitem(globals(), "guarded", lambda office: office))
def raw_secret_in_a_reason() -> bool:
    office = guarded(Office())
    request = office.open(tier="standard")
    office.vote(request, "dan", reason="key is AKIA1234")
    return any(b"AKIA1234" in events.encode(e) or isinstance(e, events.VoteAccepted) for e in office.log)


@attack(put(sealing, "_info", lambda _item: b"same"))
def sealed_original_moved_to_another_item() -> bool:
    gate = X25519PrivateKey.generate()
    sealed = sealing.seal(b"original", gate.public_key(), "a" * 32)
    try:
        return sealing.unseal(sealed, gate, "b" * 32) == b"original"
    except RecordError:
        return False


@attack(put(preview, "band", str))
def small_counts_in_the_preview() -> bool:
    return "2" in preview.summary([("EMAIL_ADDRESS", 2)], 3).split()[-1]


def _spell_out(data: bytes, *_: object) -> tuple[str, list[str]]:
    return data.decode(), []


@attack(put(shown, "_replaced", _spell_out))
def token_in_the_preview() -> bool:
    value = b'{"a":"mg1.abcdef","b":"4929 1234"}'
    found = (StandIn("value", 6, 16, "EMAIL_ADDRESS"), StandIn("value", 23, 32, "CREDIT_CARD"))
    text = shown.record(value, None, (), found, b"b" * 32)
    return "mg1." in text or "4929" in text


_all_shown = shown.record


@attack(put(shown, "record", lambda value, _key, _headers, found, blind: _all_shown(value, None, (), found, blind)))
def payload_in_key_and_headers_that_nobody_sees() -> bool:
    item = Office().item(key_=b"Q1 merger with Northwind at 91.40", headers=(("b", b"c2VjcmV0IHBsYW4="),))
    return b"merger" in (item.key or b"") and not ("merger" in item.text and "c2VjcmV0" in item.text)


_TAIL = re.compile(rb"mg1\.[A-Za-z0-9._~:/+=-]+")


def _by_pattern(data: bytes, *_: object) -> tuple[str, list[str]]:
    return _TAIL.sub(b"(token)", data).decode(), []


@attack(put(shown, "_replaced", _by_pattern))
def words_glued_to_a_token_that_nobody_sees() -> bool:
    value = b'{"email":"ref mg1.abc/Q1-merger-with-Northwind:91.40=per+share ok"}'
    return "Northwind" not in Office().item(value).text


@attack(put(voting, "_check_shown", nothing))
def approval_of_what_is_too_long_to_be_seen() -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shown, "MAX_CHARS", 20)
        office = Office()
        request = office.open(tier="standard")
    office.vote(request, "dan")
    return released(office, request)


@attack(put(plain, "visible", lambda text: plain.one_line(text, 2000)), put(plain, "_mark", lambda _: ""))
def tail_and_unseen_characters_of_an_argument() -> bool:
    sql = "x" * 3000 + "\u202e ; DROP TABLE customers"
    text = preview.action_text(model.Action("db.run", arguments=canonical.snapshot({"sql": sql})))
    return "DROP TABLE customers" not in text or "U+202E" not in text


@attack(put(plain, "visible", lambda text: text))
def fake_fields_and_bidi_in_the_request() -> bool:
    action = model.Action("db.drop", purpose="tidy\nverb: db.read \u202egnihtemos", resource="x")
    text = preview.action_text(action)
    return "\u202e" in text or text.count("\nverb:") > 0


@attack(put(confusables, "skeleton", lambda t: t), put(confusables, "mixes_scripts", lambda _: False))
def homograph_of_a_reviewer_enrolled() -> bool:
    tree = people_tree()
    twin = dict(tree["persons"][0], id="anna2", name="Аnna Example", accounts=[{"iss": ISS, "sub": "x"}])
    tree["persons"].append(dict(twin, keys=[{"public": key("anna2").public.hex()}]))
    return not refusals(Office().give_people(tree))


@attack(put(voting, "_check_person", nothing))
def account_that_differs_by_case() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan", reviewer=Principal(ISS, account("dan").sub.upper()))
    return released(office, request)


# --- 20-25: floods, salami, bulk, sessions, collusion -----------------------------------------------------------------


@attack(put(opening, "_over_cap", lambda *_: False))
def flood_of_requests() -> bool:
    office = Office(POLICY | {"caps": {"open_per_requester": 10}})
    for n in range(30):
        office.ask(arguments={"to": n})
    return len(office.state.requests) > 10


@attack(
    lambda patch: patch.setattr(
        opening, "semantic_key", lambda *_: hashlib.sha256(str(next(COUNTER)).encode()).hexdigest()[:32]
    )
)
def the_same_asked_again_and_again() -> bool:
    office = Office()
    for _ in range(5):
        office.ask()
    return len(office.state.requests) > 1


COUNTER = iter(range(10**9))


def _for_whom_left_out(requester: Requester, *rest: object) -> str:
    return _semantic_key(replace(requester, on_behalf_of=()), *rest)  # type: ignore[arg-type]


_semantic_key = opening.semantic_key


@attack(put(opening, "semantic_key", _for_whom_left_out))
def own_question_answered_with_the_request_of_another() -> bool:
    office = Office()
    agent = replace(verified("bot", "agent"), assurance="intake")
    office.ask(requester=replace(agent, on_behalf_of=(account("frank"),)))
    answered = office.ask(requester=replace(agent, on_behalf_of=(account("dan"),)))
    request = office.state.requests[answered[-1].request_id].request  # what dan is told to wait for
    office.vote(request, "dan")
    return released(office, request)


@attack(put(risk, "over_budget", lambda *_: ("", "")))
def salami_under_the_line() -> bool:
    policy = POLICY | {"budgets": [{"per": "requester", "window": "24h", "records": 10, "tier": "double"}]}
    office = Office(policy)
    out = 0
    for _ in range(30):
        office.now += MINUTE
        request = office.open(tier="auto")
        out += released(office, request)
    return out > 10


@attack(put(voting, "verify", lambda envelope, keys: tuple(k for k, _ in envelope.signatures if k in keys)))
def new_arrival_added_to_a_bulk_list() -> bool:
    office = Office()
    listed, late = office.open(tier="standard"), office.open(tier="standard", value=b'{"x":1}')
    payload = signing.parse(office.ballot(listed, "dan")).payload
    bulk = signing.parse(votes.build_bulk([payload], signer=key("dan")))
    tree = json.loads(bulk.payload)
    tree["votes"].append(signing.parse(office.ballot(late, "dan")).payload.decode())
    forged = signing.wrap(bulk.payload_type, canonical.dumps(tree), bulk.signatures)
    office.do(commands.CastBulk(envelope=forged))
    return released(office, late)


@attack(put(voting, "_check_one_tier", nothing))
def risky_request_among_harmless_ones_in_bulk() -> bool:
    office = Office()
    harmless, risky = office.open(tier="standard"), office.open(tier="double", value=b'{"x":1}')
    payloads = [signing.parse(office.ballot(r, "dan")).payload for r in (harmless, risky)]
    office.do(commands.CastBulk(envelope=votes.build_bulk(payloads, signer=key("dan"))))
    return bool(office.of(risky).votes)


def with_passkey(passkey: Passkey) -> Office:
    tree = people_tree()
    tree["persons"][3]["keys"].append(passkey.entry())
    return Office(people=tree)


def passkey_ballot(office: Office, request: model.Request, passkey: Passkey) -> signing.Envelope:
    payload = signing.parse(office.ballot(request, "dan", channel="webauthn")).payload
    return signing.parse(passkey.seal(votes.VOTE_TYPE, payload))


@attack(put(webauthn, "has_advanced", lambda *_: True))
def vote_with_a_copied_security_key() -> bool:
    passkey, copy = Passkey(b"dan", 7), Passkey(b"dan", 7)
    office = with_passkey(passkey)
    first, second = office.open(tier="standard"), office.open(tier="standard", value=b'{"x":1}')
    for request, used in ((first, passkey), (second, copy)):
        ballot = passkey_ballot(office, request, used)
        office.do(commands.CastVote(envelope=signing.wrap(ballot.payload_type, ballot.payload, ballot.signatures)))
    assert released(office, first)
    return released(office, second)


@attack(put(votes, "_check_one_signature", nothing))
def counter_of_somebody_else_spoilt() -> bool:
    passkey = Passkey(b"dan", 7)
    office = with_passkey(passkey)
    request, other = office.open(tier="double"), office.open(tier="standard", value=b'{"x":1}')
    mine = signing.parse(office.ballot(request, "anna"))
    high = Passkey(b"dan", 2**32 - 1).signature(votes.VOTE_TYPE, b"whatever")
    office.do(commands.CastVote(envelope=signing.wrap(mine.payload_type, mine.payload, (high, *mine.signatures))))
    ballot = passkey_ballot(office, other, passkey)
    honest = commands.CastVote(envelope=signing.wrap(ballot.payload_type, ballot.payload, ballot.signatures))
    return bool(refusals(office.do(honest)))


@attack(put(fresh, "session_counts", lambda *_: True))
def vote_with_a_stolen_session() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan", signer=key("console"), channel="session")
    return released(office, request)


@attack(put(fresh, "session_counts", lambda *_: True))
def session_vote_spent_after_the_policy_forbade_it() -> bool:
    policy = json.loads(json.dumps(POLICY)) | {"session_votes": True}
    policy["tiers"]["standard"]["session_votes"] = True
    office = Office(policy)
    request = office.open(tier="standard")
    office.vote(request, "dan", signer=key("console"), channel="session")
    office.give_policy(POLICY)
    return released(office, request)


@attack(no_recheck)
def reviewer_removed_after_voting() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    change = people_changes.build_change("revoke_person", {"person": "dan"}, signers=[key("admin")], now_ms=office.now)
    office.do(commands.ChangePeople(envelope=change))
    return released(office, request)


@attack(no_recheck)
def vote_spent_with_a_key_revoked_meanwhile() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    revoke(office, key("dan").key_id)
    return released(office, request)


@attack(put(people.Key, "usable", True), put(people_changes, "_still_revoked", lambda _people, person: person))
def vote_with_a_revoked_key() -> bool:
    office = Office()
    request = office.open(tier="standard")
    revoke(office, key("dan").key_id)
    office.give_people(people_tree(oncall=[]) | {"admin_n": 1, "away": []})
    return not refusals(office.vote(request, "dan"))


@attack(put(risk, "drawn", lambda *_: False))
def two_reviewers_collude() -> bool:
    policy = json.loads(json.dumps(POLICY))
    policy["tiers"]["double"] |= {"sample": 1.0, "sample_group": "leads"}
    office = Office(policy)
    request = office.open(tier="double")
    office.vote(request, "anna")
    office.vote(request, "dan")
    return released(office, request)


@attack(put(people_changes, "_authorise", nothing))
def enrolment_that_no_admin_signed() -> bool:
    office = Office()
    body = {
        "id": "mallory",
        "name": "Mallory",
        "accounts": [{"iss": ISS, "sub": "mallory"}],
        "keys": [{"public": key("mallory").public.hex()}],
        "groups": ["reviewers"],
    }
    change = people_changes.build_change("enrol", body, signers=[key("mallory")], now_ms=office.now)
    office.do(commands.ChangePeople(envelope=change))
    return "mallory" in office.state.people.persons


@attack(put(people, "_shared", lambda *_: []))
def two_persons_with_one_key() -> bool:
    tree = people_tree()
    tree["persons"][1]["keys"] = tree["persons"][0]["keys"]
    return not refusals(Office().give_people(tree))


# --- 26-27: the log, parsers ------------------------------------------------------------------------------------------


def _log_of_a_day() -> tuple[list[bytes], Checkpoint]:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "frank")
    office.vote(request, "dan")
    office.release(request)
    lines = [events.encode(e) for e in office.log]
    frontier = Frontier()
    for line in lines:
        frontier.append(leaf_hash(line))
    return lines, Checkpoint(frontier.size, frontier.root().hex(), office.now, "k")


@attack(put(replay, "_cut_off", nothing))
def log_cut_off() -> bool:
    lines, head = _log_of_a_day()
    return replay.audit(lines[:-1], [head]).good


@attack(put(replay, "_compare", nothing))
def refusal_rewritten_in_the_log() -> bool:
    lines, head = _log_of_a_day()
    edited = [line.replace(b'"by":"frank"', b'"by":"other"') for line in lines]
    assert edited != lines
    return replay.audit(edited, [head]).good


@attack(put(replay.Auditor, "_check", lambda *_: ""))
def gate_that_logs_a_vote_nobody_cast() -> bool:
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    lines = [events.encode(e).replace(b'"person_id":"dan"', b'"person_id":"anna"') for e in office.log]
    return replay.audit(lines).good


@attack(put(items, "refuse_duplicate_members", nothing))
def export_item_with_duplicate_members() -> bool:
    try:
        Office().item(value=b'{"a":1,"a":2}')
    except RecordError as error:
        return error.code != "duplicate_keys"
    return True


@attack(put(permits, "arguments_digest", lambda text: str(sorted((k, float(v)) for k, v in json.loads(text).items()))))
def other_type_of_the_same_number() -> bool:
    office = Office()
    request = office.asked(arguments={"n": 1})
    office.vote(request, "dan")
    permit = office.permit(office.release(request))
    return not refusals(office.redeem(permit, '{"n":1.0}'))


@attack(put(canonical, "_unique", dict))
def vote_with_two_decisions() -> bool:
    office = Office()
    request = office.open(tier="standard")
    payload = signing.parse(office.ballot(request, "dan", "deny")).payload
    double = payload.replace(b'"decision":"deny"', b'"decision":"deny","decision":"approve"')
    office.do(commands.CastVote(envelope=signing.seal(votes.VOTE_TYPE, double, [key("dan")])))
    return released(office, request)


@attack(put(canonical, "MAX_INT", 2**80))
def integer_that_other_parsers_round() -> bool:
    try:
        canonical.snapshot({"amount": 2**53 + 1})
    except RecordError:
        return False
    return True


@attack(put(releasing, "_is_spent", lambda _state: False))
def permit_used_twice() -> bool:
    office = Office()
    request = office.asked(arguments={"n": 1})
    office.vote(request, "dan")
    permit = office.permit(office.release(request))
    assert not refusals(office.redeem(permit, '{"n":1}'))
    return not refusals(office.redeem(permit, '{"n":1}'))


def with_a_permit(tree: dict[str, Any] | None = None) -> tuple[Office, bytes]:
    office = Office(people=tree)
    request = office.asked(arguments={"n": 1})
    office.vote(request, "dan")
    return office, office.permit(office.release(request))


anybody_holds_it = put(releasing, "_check_holder", nothing)


@attack(anybody_holds_it)
def permit_spent_by_a_reviewer_who_read_it() -> bool:
    office, permit = with_a_permit()
    return not refusals(office.redeem(permit, '{"n":1}', who="dan"))


@attack(anybody_holds_it)
def permit_spent_by_another_agent() -> bool:
    tree = people_tree()
    agent = {"iss": ISS, "sub": "agent-8", "kind": "agent", "owner": {"iss": ISS, "sub": account("anna").sub}}
    tree["services"].append({"name": "agent-8", "role": "producer", "public": key("agent-8").public.hex()} | agent)
    office, permit = with_a_permit(tree)
    return not refusals(office.redeem(permit, '{"n":1}', who="agent-8"))


@attack(anybody_holds_it)
def permit_spent_by_the_intake_alone() -> bool:
    office, permit = with_a_permit()
    return not refusals(office.redeem(permit, '{"n":1}', proof=b""))


@attack(put(permits, "PROOF_LIFE_MS", 10**9))
def permit_spent_with_an_old_word_of_who_asked() -> bool:
    office, permit = with_a_permit()
    proof = permits.prove(permit, '{"n":1}', key("agent-7"), office.now)
    office.now += 6 * MINUTE
    return not refusals(office.redeem(permit, '{"n":1}', proof=proof))


@attack(put(permits, "_fingerprint", lambda _permit: "the same"))
def permit_spent_with_the_word_for_another() -> bool:
    office, spent = with_a_permit()
    proof = permits.prove(spent, '{"n":1}', key("agent-7"), office.now)
    assert not refusals(office.redeem(spent, '{"n":1}', proof=proof))
    request = office.asked(arguments={"n": 1})
    office.vote(request, "dan")
    return not refusals(office.redeem(office.permit(office.release(request)), '{"n":1}', proof=proof))


@attack(put(releasing, "_is_spent", lambda _state: False))
def redemption_played_again() -> bool:
    office, permit = with_a_permit()
    proof = permits.prove(permit, '{"n":1}', key("agent-7"), office.now)
    assert not refusals(office.redeem(permit, '{"n":1}', proof=proof))
    return not refusals(office.redeem(permit, '{"n":1}', proof=proof))


@attack(any_signer_of_permits)
def permit_that_the_gate_did_not_sign() -> bool:
    office = Office()
    request = office.asked(arguments={"n": 1})
    office.vote(request, "dan")
    event = next(e for e in office.release(request) if isinstance(e, events.PermitIssued))
    forged = permits.issue(event, key("intake"))
    return not refusals(office.redeem(forged, '{"n":1}'))


@attack(put(lock_out, "refuse_lock_out", nothing))
def people_file_that_locks_everyone_out() -> bool:
    return not refusals(Office().give_people(people_tree({"anna": ("privacy",)})))


# --- helpers ----------------------------------------------------------------------------------------------------------


def revoke(office: Office, key_id: str) -> None:
    change = people_changes.build_change("revoke_key", {"key_id": key_id}, signers=[key("admin")], now_ms=office.now)
    assert not refusals(office.do(commands.ChangePeople(envelope=change)))


def swap(
    office: Office, request: model.Request, value: bytes | None = None, topic: str | None = None
) -> dict[str, bytes]:
    """The held bytes, replaced by somebody who has the worker's keys and writes at the same offset."""
    item = request.items[0]
    tree = json.loads(signing.parse(office.bytes[item.item_id]).payload)
    if value is not None:
        tree["value"] = base64.b64encode(value).decode()
        tree["masked_digest"] = items.masked_digest(base64.b64decode(tree["key"]), value, ())
    if topic is not None:
        tree["topic"] = topic
    raw = signing.seal(items.PAYLOAD_TYPE, json.dumps(tree).encode(), [key("pipeline")])
    return {item.item_id: raw}


def test_two_identities_that_nobody_links_are_two_persons() -> None:
    """What is not defended: the registry knows one human as two; linked, the same vote does not count."""
    for linked in (False, True):
        tree = people_tree()
        if linked:
            tree["persons"][3]["accounts"].append({"iss": "https://other.example", "sub": "dd"})
        office = Office(people=tree)
        request = office.open(tier="standard", requester=replace(verified(), iss="https://other.example", sub="dd"))
        office.vote(request, "dan")
        assert released(office, request) is not linked


def test_a_ledger_of_another_host_knows_nothing_of_a_permit(tmp_path: Path) -> None:
    """What is not defended: it is spent once on each host, by whoever holds it; ask the gate where that matters."""
    permit = permits.Permit("p", "", "", "", "", "", "", "", 0, 0)
    for host in ("a", "b"):
        permits.SpentLedger(tmp_path / host).spend(permit)
        with pytest.raises(RefusedError):
            permits.SpentLedger(tmp_path / host).spend(permit)


def test_every_attack_is_in_the_documentation() -> None:
    """The page on approvals names each attack that is tested here, and none that is not."""
    page = (Path(__file__).parents[2] / "docs" / "approvals.md").read_text()
    table = page.split("## Attacks", 1)[1].split("\n### ", 1)[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert named == set(ATTACKS)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_fails(name: str) -> None:
    """The attacker does not get what they want."""
    ATTACKS.must_fail(name)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_succeeds_without_its_defence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence taken out the attack works: the defence, and nothing else, is what stops it."""
    ATTACKS.must_succeed_without_its_defence(name, monkeypatch)
