"""Applying one event. The log is trusted for what was decided, not for what is impossible: that raises."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import replace

from maskgate.approvals import events as ev
from maskgate.approvals.compact import KEY
from maskgate.approvals.decisions import opening, risk
from maskgate.approvals.export_rules import ExportRules
from maskgate.approvals.messages import votes
from maskgate.approvals.model import (
    OPEN,
    TRANSITIONS,
    ItemState,
    Masking,
    Request,
    RequestState,
    item_ids,
)
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.approvals.state import NONCE_LIFE_MS, State, Usage, deadline_of
from maskgate.approvals.store import opened_at, short_id
from maskgate.crypto import signing
from maskgate.people import changes as people_changes


def apply(state: State, event: ev.Event) -> None:
    """Change the state as the event says.

    Raises:
        ValueError: the event contradicts the state.
    """
    match event:
        case ev.PolicyLoaded():
            _policy(state, event)
        case ev.PeopleLoaded():
            state.people = people_changes.reload(state.people, event.document.encode(), event.digest, event.meta.at)
        case ev.PeopleChanged():
            raw = people_changes.from_text(event.envelope)
            state.people = people_changes.applied(state.people, raw, event.meta.at)
        case ev.RequestOpened():
            _opened(state, event)
        case ev.Refused():
            pass
        case _:
            _changed(state, event)


def refuse_unsound(event: ev.Event) -> None:
    """Refuse an event that could not be folded, before it is: it would stop every gate that reads the log.

    Raises:
        ValueError: ids or digests that are not hex, or numbers that no log holds.
    """
    if not isinstance(event, ev.RequestOpened):
        return
    request = event.request
    if len(short_id(request.request_id)) != KEY or len(bytes.fromhex(request.semantic_key)) != KEY:
        raise ValueError("not an id")
    for item in request.items:
        if len(bytes.fromhex(item.item_id)) != 16 or len(bytes.fromhex(item.key_mac)) not in (0, 16):
            raise ValueError("not an id")
        if not 0 <= item.size < 1 << 53 or any(not 0 <= n < 1 << 53 for _, n in item.entities):
            raise ValueError("not a size")


def _policy(state: State, event: ev.PolicyLoaded) -> None:
    had = {risk.window_of(budget) for budget in state.policy.budgets}
    state.policy = ApprovalPolicy.model_validate_json(event.approvals)
    state.policy_ref, state.destinations = event.ref, dict(event.destinations)
    state.exports = ExportRules.model_validate_json(event.exports) if event.exports else None
    fresh = tuple(b for b in state.policy.budgets if risk.window_of(b) not in had)
    if fresh:
        _count_what_was_opened(state, state.policy.model_copy(update={"budgets": fresh}), event.meta.at)


def _count_what_was_opened(state: State, policy: ApprovalPolicy, now: int) -> None:
    """Sums of windows that no budget had before: what was opened in them counts as if the budget had been there."""
    since = now - max(int(budget.window * 1000) for budget in policy.budgets)
    names = {risk.window_of(budget) for budget in policy.budgets}
    for key in [key for key in state.usage if " ".join(key.split(" ", 2)[:2]) in names]:
        del state.usage[key]  # left from a time when there was such a budget
    recent = (state.requests[i].request for i in sorted(i for i in state.requests if opened_at(short_id(i)) >= since))
    counted = [r for r in recent if r.created >= since and not r.supersedes]
    for request in sorted(counted, key=lambda r: (r.created, r.request_id)):
        _charge(state, policy, request)


def _changed(state: State, event: ev.Event) -> None:
    request_id: str = getattr(event, "request_id", "")
    current = state.requests.get(request_id)
    if current is None:
        raise ValueError(f"the log names a request that was never opened: {request_id}")
    was_open = is_open(current)
    after = step(current, event)
    state.requests[request_id] = after
    _note_counter(state, event)
    state.agenda.set(short_id(request_id), deadline_of(after))
    if was_open and not is_open(after):
        _closed(state, after.request)
    if isinstance(event, ev.Moved) and event.to is ItemState.RELEASED:
        state.last_approved[bytes.fromhex(after.request.semantic_key)] = short_id(request_id)


def _note_counter(state: State, event: ev.Event) -> None:
    """Remember the counter of the security key that signed what the log holds."""
    if isinstance(event, (ev.VoteAccepted, ev.VoteRetracted, ev.GlassBroken, ev.Moved)) and event.envelope:
        counted = votes.counter(signing.parse(base64.b64decode(event.envelope)))
        if counted is not None:
            state.sign_counts[counted[0]] = counted[1]


def step(current: RequestState, event: ev.Event) -> RequestState:
    """A request after one event that is about it.

    Raises:
        ValueError: the event is about something else, or moves an item where it cannot go.
    """
    match event:
        case ev.RequestRepeated():
            return replace(current, repeats=event.count)
        case ev.VoteAccepted() if event.review:
            return replace(current, reviews=(*current.reviews, event.vote))
        case ev.VoteAccepted() | ev.VoteRetracted():
            return replace(current, votes=(*current.votes, event.vote))
        case ev.Moved():
            return _moved(current, event)
        case ev.GlassBroken():
            return replace(
                current,
                glass=event.person_id,
                glass_key=event.key_id,
                glass_until=event.until,
                review=event.review,
                review_due=event.review_due,
            )
        case ev.PermitIssued():
            return replace(current, permit_id=event.permit_id, permit_until=event.not_after)
        case ev.PermitRedeemed():
            return replace(current, redeemed=True)
        case ev.Escalated():
            return replace(current, escalated=event.percent)
        case ev.ReviewOverdue():
            return replace(current, overdue=True)
    raise ValueError("an event of another kind")


def _moved(current: RequestState, event: ev.Moved) -> RequestState:
    places = current.places()
    for item_id in event.items or tuple(places):
        if item_id not in places or event.to not in TRANSITIONS.get(places[item_id][0], frozenset()):
            raise ValueError(f"the log moves an item of {event.request_id} where it cannot go: {event.to}")
        places[item_id] = (event.to, event.deadline)
    rest, by = Counter(places.values()).most_common(1)[0][0]
    moved = tuple((i, state, due) for i, (state, due) in places.items() if (state, due) != (rest, by))
    masking = current.masking
    if event.to is ItemState.APPROVED and event.masking:
        masking = (*masking, Masking(event.items or tuple(places), event.masking, event.result))
    return replace(
        current,
        rest=rest,
        release_by=by,
        moved=moved,
        masking=masking,
        successor=event.successor or current.successor,
    )


def is_open(current: RequestState) -> bool:
    """Whether a request still waits for a vote or its release."""
    if not current.moved:
        return current.rest in OPEN
    return any(place in OPEN for place in current.states().values())


def _opened(state: State, event: ev.RequestOpened) -> None:
    request = event.request
    if request.request_id in state.requests:
        raise ValueError(f"the log opens a request twice: {request.request_id}")
    current = RequestState(request)
    state.requests[request.request_id] = current
    short = short_id(request.request_id)
    state.agenda.set(short, deadline_of(current))
    for item in request.items:
        state.items.add(bytes.fromhex(item.item_id))
        if item.key_mac:
            state.by_key.add(bytes.fromhex(item.key_mac), short)
    if not request.auto:  # what a rule approves takes nobody's attention
        state.open_count.add(request.whose, 1)
        state.alike.setdefault(bytes.fromhex(request.semantic_key), short)
    state.known.add(opening.known_pair(state, request))
    if not request.supersedes:
        _charge(state, state.policy, request)
        _remember_nonces(state, request, event.meta.at)


def _closed(state: State, request: Request) -> None:
    short = short_id(request.request_id)
    if not request.auto:
        state.open_count.add(request.whose, -1)
    semantic = bytes.fromhex(request.semantic_key)
    if state.alike.get(semantic) == short:
        del state.alike[semantic]
    for item in request.items:
        if item.key_mac:
            state.by_key.discard(bytes.fromhex(item.key_mac), short)


def _charge(state: State, policy: ApprovalPolicy, request: Request) -> None:
    facts = risk.facts_of(request)
    charged: set[str] = set()
    for budget, key, amount in risk.charges(policy, request.whose, facts):
        if key in charged:
            continue
        charged.add(key)
        start, oldest = risk.slice_of(budget, request.created)
        usage = state.usage.pop(key, None) or Usage()  # last used at the end, so stale ones gather in front
        usage.add(start, amount, oldest)
        state.usage[key] = usage
    for key in [k for _, k in zip(range(2 * len(charged)), state.usage, strict=False)]:
        if not any(state.usage[key].total(risk.oldest_of(key, request.created))):
            del state.usage[key]


def _remember_nonces(state: State, request: Request, now: int) -> None:
    fresh = [item.origin for item in request.items if item.origin]
    fresh += [request.origin] if request.origin else []
    for nonce in fresh:
        state.nonces[nonce] = now + NONCE_LIFE_MS
    while state.nonces:
        oldest = next(iter(state.nonces))
        if state.nonces[oldest] > now:
            break
        del state.nonces[oldest]


__all__ = ["apply", "is_open", "item_ids"]
