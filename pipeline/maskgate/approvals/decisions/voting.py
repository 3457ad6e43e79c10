"""Votes and acts: who signed, whether they may, and where that takes the items.

The order of the checks is the order of trust: form, request, signature, person, digests, time, exclusion, authority.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from maskgate.approvals.commands import CastBulk, CastVote, Command
from maskgate.approvals.decisions import acting, fresh, judging, retracting
from maskgate.approvals.decisions.refusals import No, meta, refused
from maskgate.approvals.events import Event, Moved, VoteAccepted
from maskgate.approvals.messages import votes
from maskgate.approvals.messages.votes import VOTE_TYPE, Signed
from maskgate.approvals.model import (
    OPEN,
    Channel,
    Decision,
    ItemState,
    Request,
    RequestState,
    Vote,
    item_ids,
)
from maskgate.approvals.state import State
from maskgate.base.errors import RecordError
from maskgate.crypto import webauthn
from maskgate.crypto.signing import parse, verify
from maskgate.people.registry import Key, People, Person

SKEW_MS = 300_000
NEEDS_REASON = frozenset({"deny", "revoke", "recall", "break_glass", "condemn"})


def cast_vote(state: State, command: CastVote, now: int) -> list[Event]:
    """Events of one vote or act."""
    try:
        signed = votes.read(command.envelope)
    except RecordError as error:
        raise No(error.code, error.detail) from None
    return _cast(state, command, now, signed, command.envelope)


def cast_bulk(state: State, command: CastBulk, now: int) -> list[Event]:
    """Events of a bulk decision: one signature, one vote for each listed request, all of one tier.

    Refused as a whole where the tiers differ: a risky request must not ride along with harmless ones.
    """
    try:
        envelope, listed = votes.read_bulk(command.envelope)
    except RecordError as error:
        raise No(error.code, error.detail) from None
    known = [state.requests[v.request_id].request for v in listed if v.request_id in state.requests]
    _check_one_tier(known)
    if len({v.request_id for v in listed}) < len(listed):
        raise No("malformed_vote", "a bulk decision lists each request once")
    good = {key: found for key, _ in envelope.signatures if (found := state.people.voter(key))}
    keys = {key: bytes.fromhex(found[1].public) for key, found in good.items() if found[1].kind == "ed25519"}
    checked = verify(envelope, keys)
    if not checked:
        raise No("bad_signature", "no signature of an enrolled key over the list")
    out: list[Event] = []
    for vote in listed:
        try:
            out += _cast(state, command, now, vote, command.envelope, signer=good[checked[0]])
        except No as no:
            out.append(refused(state, command, now, no, vote.request_id))
    return out


def _check_one_tier(known: Sequence[Request]) -> None:
    if len({request.tier for request in known}) > 1:
        raise No("mixed_tiers", "a bulk decision covers requests of one tier; decide the others one by one")


def _cast(
    state: State, command: Command, now: int, signed: Signed, raw: bytes, signer: tuple[Person, Key] | None = None
) -> list[Event]:
    current = state.requests.get(signed.request_id)
    if current is None:
        raise No("unknown_request", "there is no such request")
    if signer is None:
        if signed.what == "withdraw" and _by_intake(state, current.request, signed):
            _check_time(signed, now)
            _check_scope(current, signed)
            return acting.withdraw(state, command, now, current, signed, raw, str(signed.reviewer))
        signer = _signer(state, current.request, signed, now)
    person, key = signer
    _check_person(person, signed)
    _check_digests(current.request, signed)
    _check_time(signed, now)
    _check_scope(current, signed)
    _check_shown(current.request, signed)
    if signed.what in NEEDS_REASON and not signed.reason.strip():
        raise No("no_reason", f"{signed.what} needs a reason", person.person_id)
    if state.guard is not None and state.guard(signed.reason):
        raise No("secret_in_text", "the reason holds personal data or a secret; write it without", person.person_id)
    vote = _vote(state, signed, person, key, now)
    if signed.envelope.payload_type == VOTE_TYPE:
        out = _decide_vote(state, command, now, current, vote, raw)
    else:
        out = acting.act(state, command, now, current, signed, vote, raw)
    if out:  # the same vote delivered twice is nothing, and no sign of a copied key
        _check_counter(state, signed, person.person_id)
    return out


# --- who signed -------------------------------------------------------------------------------------------------------


def _signer(state: State, request: Request, signed: Signed, now: int) -> tuple[Person, Key]:
    people = state.people
    for key_id, signature in signed.envelope.signatures:
        found = people.voter(key_id)
        if found is None:
            continue
        if found[1].kind == "webauthn":
            if webauthn.verify_vote(signed.envelope, signature, bytes.fromhex(found[1].public), state.relying_party):
                return found
        elif verify(signed.envelope, {key_id: bytes.fromhex(found[1].public)}):
            return found
    return _session(state, request, signed, now)


def _session(state: State, request: Request, signed: Signed, now: int) -> tuple[Person, Key]:
    """A vote that the console signed for somebody who is signed in: weaker, and only where the policy says so."""
    good = verify(signed.envelope, state.people.role_keys("console"))
    if not good:
        raise No("bad_signature", "no signature of an enrolled key that is in force")
    is_act = signed.envelope.payload_type != VOTE_TYPE and signed.what != "retract"
    if is_act or not fresh.session_counts(state, request, now) or signed.channel != "session":
        raise No("session_vote", "this tier wants a vote signed with the reviewer's own key")
    person = state.people.persons.get(state.people.person_of(signed.reviewer))
    if person is None or person.revoked_at:
        raise No("wrong_person", "the account belongs to nobody in the registry")
    service = next(s for s in state.people.services.values() if s.key.key_id == good[0])
    return person, service.key


def _check_person(person: Person, signed: Signed) -> None:
    if signed.person_id != person.person_id or signed.reviewer not in person.accounts:
        raise No("wrong_person", "the key belongs to somebody else than the vote names", person.person_id)


def is_known(people: People, party: webauthn.RelyingParty, raw: bytes) -> bool:
    """Whether any enrolled key signed this envelope: asked before anything costly is done with its text."""
    try:
        envelope = parse(raw)
    except RecordError:
        return False
    keys = people.role_keys("console", "intake")
    for key_id, signature in envelope.signatures:
        found = people.voter(key_id)
        if found is None:
            continue
        if found[1].kind == "ed25519":
            keys[key_id] = bytes.fromhex(found[1].public)
        elif webauthn.verify_vote(envelope, signature, bytes.fromhex(found[1].public), party):
            return True
    return bool(verify(envelope, keys))


def _check_counter(state: State, signed: Signed, person_id: str) -> None:
    counted = votes.counter(signed.envelope)
    if counted is not None and not webauthn.has_advanced(state.sign_counts.get(counted[0], 0), counted[1]):
        raise No(
            "counter_went_back",
            "the security key's counter did not go on; sign again, and if that is refused too somebody may hold a copy "
            "of the key: have it revoked",
            person_id,
        )


# --- what it covers ---------------------------------------------------------------------------------------------------


def _check_digests(request: Request, signed: Signed) -> None:
    if signed.request_digest != request.digest or signed.manifest_root != request.manifest_root:
        raise No("digest_mismatch", "the vote is for another content; look at the request again", signed.person_id)
    if signed.policy_digest != request.policy.digest:
        raise No("digest_mismatch", "the vote is for another policy; look at the request again", signed.person_id)
    if signed.envelope.payload_type == VOTE_TYPE and signed.seen_digest != request.seen_digest:
        raise No("digest_mismatch", "the preview that was shown is not that of the held bytes", signed.person_id)


def _check_shown(request: Request, signed: Signed) -> None:
    """Nobody approves what nobody can look through."""
    wanted = set(signed.scope) or set(item_ids(request))
    if signed.what == "approve" and any(i.item_id in wanted and not i.preview for i in request.items):
        raise No(
            "not_shown",
            "a record is too long to be shown whole, so it cannot be approved; deny it, or approve the others by item, "
            "and have the sender split it or the policy drop what is long",
            signed.person_id,
        )


def _check_time(signed: Signed, now: int) -> None:
    if signed.iat > now + SKEW_MS:
        raise No("clock_skew", "the vote was signed in the future; set the clock", signed.person_id)
    if signed.exp + SKEW_MS < now:
        raise No("stale", "the vote was signed too long ago; vote again", signed.person_id)


def _check_scope(current: RequestState, signed: Signed) -> None:
    if not set(signed.scope) <= set(item_ids(current.request)):
        raise No("unknown_item", "the request has no such item", signed.person_id)
    if signed.masking and (signed.what != "approve" or current.request.kind != "export" or not signed.result):
        raise No("malformed_vote", "extra masking comes with an approval of an export and its result digest")


def _vote(state: State, signed: Signed, person: Person, key: Key, now: int) -> Vote:
    decision = signed.what if signed.what in votes.DECISIONS else {"condemn": "deny"}.get(signed.what, "approve")
    return Vote(
        person_id=person.person_id,
        decision=cast(Decision, decision),
        groups=state.people.groups_of(person.person_id, now),
        key_id=key.key_id,
        channel="webauthn" if key.kind == "webauthn" else cast(Channel, signed.channel),
        at=now,
        nonce=signed.nonce,
        scope=signed.scope,
        masking=signed.masking,
        result=signed.result if signed.masking else "",
        reason=signed.reason,
        seen_digest=signed.seen_digest,
        delegators=tuple(loan.giver for loan in state.people.lent_to(person.person_id, now)),
        signed=signed.iat,
    )


# --- votes ------------------------------------------------------------------------------------------------------------


def _decide_vote(
    state: State, command: Command, now: int, current: RequestState, vote: Vote, raw: bytes
) -> list[Event]:
    request = current.request
    if judging.is_repeated(current.votes, vote):
        return []
    if vote.nonce in _nonces(current):
        raise No("replayed", "this vote was cast before", vote.person_id)
    retracting.refuse_older(current, vote)
    judging.check_room(current.votes, vote)
    scope = vote.scope or item_ids(request)
    states = current.states()
    live = tuple(item_id for item_id in scope if states[item_id] in OPEN)
    if not live:
        raise No("not_open", f"the request is {current.state}; nothing is left to decide", vote.person_id)
    if vote.scope and len(live) < len(scope):
        raise No("not_open", "some of these items are decided already", vote.person_id)
    _check_in_time(request, tuple(states[i] for i in live), vote, now)
    judging.check_authority(state, current, vote, now)
    if vote.decision != "deny" and _denied_before(current, vote, live):
        raise No("denied_before", "a denial stands; it cannot be taken back", vote.person_id)
    if vote.decision == "approve" and _differs_from_agreed(current, vote, live, states):
        raise No("not_open", "these items are approved with another masking; deny or revoke them first", vote.person_id)
    after = replace(current, votes=(*current.votes, vote))
    accepted = VoteAccepted(
        meta=meta(state, command, now),
        request_id=request.request_id,
        vote=vote,
        envelope=base64.b64encode(raw).decode(),
    )
    return [accepted, *_consequences(state, command, now, after, live)]


def _nonces(current: RequestState) -> frozenset[str]:
    """Those of every vote and retraction so far: none of them counts a second time."""
    return frozenset(old.nonce for old in current.votes)


def _check_in_time(request: Request, states: Sequence[ItemState], vote: Vote, now: int) -> None:
    """A vote counts if the broker appended it before the deadline, whatever its own clock says."""
    if now >= request.expires_at and ItemState.PENDING in states:
        raise No("expired", "the request expired before the vote arrived", vote.person_id)


def _denied_before(current: RequestState, vote: Vote, live: Sequence[str]) -> bool:
    return any(
        old.person_id == vote.person_id and old.decision == "deny" and (not old.scope or set(old.scope) & set(live))
        for old in current.votes
    )


def _differs_from_agreed(current: RequestState, vote: Vote, live: Sequence[str], states: dict[str, ItemState]) -> bool:
    agreed = {i: m.result for m in current.masking for i in m.items}
    return any(states[i] is ItemState.APPROVED and agreed.get(i, "") != vote.result for i in live)


def _consequences(state: State, command: Command, now: int, after: RequestState, live: Sequence[str]) -> list[Event]:
    """Moves that follow from the votes so far: denials of open items, approvals of pending ones."""
    denied: list[str] = []
    approved: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    by_item = judging.covering(after, live)
    for item_ids_, covering in by_item:
        states = after.states()
        if judging.standing_of(state, after.request, covering, now).denied:
            denied += item_ids_
            continue
        pending = [i for i in item_ids_ if _undecided(states[i])]
        found = judging.winning(state, after.request, covering, now) if pending else None
        if found is not None:
            result, pointers, counted = found
            approved.setdefault((result, pointers, counted), []).extend(pending)
    out: list[Event] = []
    when, total = meta(state, command, now), len(item_ids(after.request))
    if denied:
        items = tuple(denied) if len(denied) < total else ()
        deniers = tuple(sorted({v.person_id for v in after.votes if v.decision == "deny"}))
        out.append(Moved(meta=when, request_id=after.request.request_id, to=ItemState.DENIED, items=items, by=deniers))
    for (result, pointers, counted), pending in approved.items():
        out.append(
            Moved(
                meta=when,
                request_id=after.request.request_id,
                to=ItemState.APPROVED,
                items=tuple(pending) if len(pending) < total or pointers else (),
                by=counted,
                rule="quorum",
                deadline=now + after.request.release_ttl_ms,
                masking=pointers,
                result=result,
            )
        )
    return out


def _undecided(state: ItemState) -> bool:
    """Approving again changes nothing: a release deadline is set once."""
    return state is ItemState.PENDING


def _by_intake(state: State, request: Request, signed: Signed) -> bool:
    """Whether the intake API vouches that the requester itself withdraws."""
    if not verify(signed.envelope, state.people.role_keys("intake")):
        return False
    _check_digests(request, signed)
    if signed.reviewer != request.requester.principal or request.requester.assurance == "unverified":
        raise No("not_yours", "only who asked can withdraw")
    return True
