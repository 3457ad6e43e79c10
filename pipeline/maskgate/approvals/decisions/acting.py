"""Acts on a request: retract, revoke, recall, withdraw, break the glass, ratify, condemn."""

from __future__ import annotations

import base64

from maskgate.approvals.commands import Command
from maskgate.approvals.decisions import cooling, judging, retracting
from maskgate.approvals.decisions import quorum as quorums
from maskgate.approvals.decisions.refusals import No, meta
from maskgate.approvals.events import Event, GlassBroken, Moved, VoteAccepted
from maskgate.approvals.messages.votes import Signed
from maskgate.approvals.model import TRANSITIONS, ItemState, RequestState, Vote, item_ids
from maskgate.approvals.state import State, accounts


def act(
    state: State, command: Command, now: int, current: RequestState, signed: Signed, vote: Vote, raw: bytes
) -> list[Event]:
    if signed.what == "withdraw":
        person = state.people.persons[vote.person_id]
        if not set(person.accounts) & set(accounts(current.request.requester)):
            raise No("not_yours", "only who asked can withdraw", vote.person_id)
        return withdraw(state, command, now, current, signed, raw, vote.person_id)
    if signed.what == "retract":
        return retracting.retract(state, command, now, current, vote, raw)
    if signed.what == "break_glass":
        return _break_glass(state, command, now, current, vote, raw)
    if signed.what in ("ratify", "condemn"):
        return _review(state, command, now, current, vote, raw)
    to = ItemState.REVOKED if signed.what == "revoke" else ItemState.RECALLED
    if to is ItemState.RECALLED and _review_due(current):
        raise No("review_due", "a broken glass is ratified or condemned; condemning recalls as well", vote.person_id)
    judging.check_authority(state, current, vote, now, act=True)
    return [_moved(state, command, now, current, signed, raw, to, vote.person_id)]


def _review_due(current: RequestState) -> bool:
    return bool(current.glass)


def withdraw(
    state: State, command: Command, now: int, current: RequestState, signed: Signed, raw: bytes, by: str
) -> list[Event]:
    return [_moved(state, command, now, current, signed, raw, ItemState.WITHDRAWN, by)]


def _moved(
    state: State,
    command: Command,
    now: int,
    current: RequestState,
    signed: Signed,
    raw: bytes,
    to: ItemState,
    by: str,
) -> Moved:
    states = current.states()
    wanted = signed.scope or tuple(states)
    can = tuple(i for i in wanted if to in TRANSITIONS.get(states[i], frozenset()))
    if not can or (signed.scope and len(can) < len(wanted)):
        raise No("not_possible", f"what is {current.state} cannot become {to}", by)
    return Moved(
        meta=meta(state, command, now),
        request_id=current.request.request_id,
        to=to,
        items=can if len(can) < len(states) else (),
        by=(by,),
        rule=signed.what,
        reason=signed.reason,
        envelope=base64.b64encode(raw).decode(),
    )


def _break_glass(
    state: State, command: Command, now: int, current: RequestState, vote: Vote, raw: bytes
) -> list[Event]:
    rule, request = state.policy.break_glass, current.request
    if rule is None or (rule.verbs and request.action.verb not in rule.verbs):
        raise No("no_break_glass", "the policy has no emergency release for this", vote.person_id)
    if rule.group not in state.people.groups_of(vote.person_id, now):
        raise No("no_authority", "the person is not one of those who may break the glass", vote.person_id)
    if quorums.is_excluded(state.people, judging.barred(state, request), vote.person_id):
        raise No("excluded", "who asks, or stands behind who asks, cannot break the glass for it", vote.person_id)
    if cooling.made_by(state.people, {vote.person_id: vote}, (rule.group,), now, state.policy.cooling_ms):
        message = "who was enrolled, linked or put into the group just now cannot break the glass yet"
        raise No("cooling", message, vote.person_id)
    pending = current.in_state(ItemState.PENDING)
    if vote.scope or len(pending) < len(item_ids(request)) or now >= request.expires_at:
        raise No("not_possible", "the glass is broken for a whole request that is pending", vote.person_id)
    until = now + int(rule.time_box * 1000)
    when = meta(state, command, now)
    broken = GlassBroken(
        meta=when,
        request_id=request.request_id,
        person_id=vote.person_id,
        key_id=vote.key_id,
        reason=vote.reason,
        until=until,
        review=rule.review.snapshot(),
        review_due=now + int(rule.review_due * 1000),
        envelope=base64.b64encode(raw).decode(),
    )
    approved = Moved(
        meta=when,
        request_id=request.request_id,
        to=ItemState.APPROVED,
        by=(vote.person_id,),
        rule="break_glass",
        deadline=until,
    )
    return [broken, approved]


def _is_breaker(current: RequestState, vote: Vote) -> bool:
    return vote.person_id == current.glass


def _review(state: State, command: Command, now: int, current: RequestState, vote: Vote, raw: bytes) -> list[Event]:
    """Ratify or condemn a broken glass; never by who broke it."""
    others_out = judging.barred(state, current.request)
    released = current.in_state(ItemState.RELEASED)
    if not current.glass or current.review is None or not released:
        raise No("not_possible", "there is no released emergency to review", vote.person_id)
    if _is_breaker(current, vote) or quorums.is_excluded(state.people, others_out, vote.person_id):
        raise No("excluded", "who broke the glass, or asked, has no vote in the review", vote.person_id)
    if judging.is_repeated(current.reviews, vote):
        return []
    judging.check_room(current.reviews, vote)
    reviews = (*current.reviews, vote)
    brings = quorums.authority(state.people, others_out, reviews, now)
    if not brings.get(vote.person_id, frozenset()) & {slot.group for slot in current.review.all_of}:
        raise No("no_authority", "the person is in none of the groups that review emergencies", vote.person_id)
    stands = quorums.standing(state.people, current.review, others_out, reviews, now, state.policy.cooling_ms)
    when = meta(state, command, now)
    out: list[Event] = [
        VoteAccepted(
            meta=when,
            request_id=current.request.request_id,
            vote=vote,
            envelope=base64.b64encode(raw).decode(),
            review=True,
        )
    ]
    if stands.denied or stands.approved:
        to = ItemState.CONDEMNED if stands.denied else ItemState.RATIFIED
        by = tuple(sorted({v.person_id for v in reviews}))
        out.append(
            Moved(
                meta=when,
                request_id=current.request.request_id,
                to=to,
                items=released if len(released) < len(item_ids(current.request)) else (),
                by=by,
                rule="review",
                reason=vote.reason,
            )
        )
    return out
