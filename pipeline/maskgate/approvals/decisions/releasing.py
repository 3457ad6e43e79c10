"""Release, redemption, expiry: everything is asked again at the last moment.

Authority, policy, destination and deadlines are judged as they are now; digests are compared with those of the bytes
that are about to leave. What no longer holds becomes SUPERSEDED with a successor that needs fresh votes.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Sequence

from maskgate.approvals.commands import Command, Recomputed, Redeem, Release, Tick
from maskgate.approvals.decisions import fresh, judging, opening, risk
from maskgate.approvals.decisions import quorum as quorums
from maskgate.approvals.decisions.refusals import No, meta
from maskgate.approvals.decisions.retracting import standing_votes
from maskgate.approvals.events import (
    Escalated,
    Event,
    Moved,
    PermitIssued,
    PermitRedeemed,
    RequestOpened,
    ReviewOverdue,
)
from maskgate.approvals.messages import actions, manifest, permits
from maskgate.approvals.model import ItemState, Masking, Request, RequestState, item_ids
from maskgate.approvals.state import State, escalation_at, next_escalation
from maskgate.base.errors import RecordError
from maskgate.crypto import canonical

# What no vote can mend: the request has nowhere to go, or nothing that may go there.
FINAL = (
    "destination changed",
    "originals may not go there any more",
    "the key that signed an item was revoked",
)


def release(state: State, command: Release, now: int) -> list[Event]:
    """Events of a release: RELEASED, or LAPSED, SUPERSEDED with a successor, or a refusal. Twice is a no-op."""
    current = state.requests.get(command.request_id)
    if current is None:
        raise No("unknown_request", "there is no such request")
    places = current.places()
    approved = tuple(i for i, (s, _) in places.items() if s is ItemState.APPROVED)
    if not approved:
        if current.in_state(ItemState.RELEASED):
            return []
        raise No("not_approved", f"the request is {current.state}")
    late = tuple(i for i in approved if _is_late(places[i], now))
    if late:
        return [_move(state, command, now, current, ItemState.LAPSED, late, rule="release deadline")]
    gone = no_longer(state, current, approved, now)
    if gone:
        return _supersede(state, command, now, current, approved, gone)
    request = current.request
    if _is_frozen(state, current, now):
        raise No("frozen", "nothing is released during this freeze")
    if request.kind == "action":
        return _permit(state, command, now, current)
    _check_bytes(state, request, command.recomputed)
    return _released(state, command, now, current, approved)


def _is_frozen(state: State, current: RequestState, now: int) -> bool:
    action = current.request.action
    return not current.glass and any(f.covers(action.verb, action.destination, now) for f in state.policy.freeze)


def _is_late(place: tuple[ItemState, int], now: int) -> bool:
    return now >= place[1]


def redeem(state: State, command: Redeem, now: int) -> list[Event]:
    """Spend a permit: once, before its deadline, for exactly the arguments it names, by the word of who asked."""
    try:
        raw, arguments, proof = actions.read_redeem(command.envelope, state.people.role_keys("intake"))
        permit = permits.verify(raw, state.people.earlier_keys("gate"), arguments=arguments, now_ms=now)
    except RecordError as error:
        raise No(error.code, error.detail) from None
    current = state.requests.get(permit.request_id)
    if current is None or current.permit_id != permit.permit_id or permit.request_digest != current.request.digest:
        raise No("unknown_permit", "no such permit was issued")
    _check_holder(state, current, (proof, raw, arguments), now)
    if current.state is not ItemState.RELEASED:
        raise No("permit_recalled", f"the request behind the permit is {current.state}")
    if _is_spent(current):
        raise No("permit_spent", "the permit was used before")
    if now >= current.permit_until:
        raise No("permit_expired", "the permit's time is over")
    if _is_frozen(state, current, now):
        raise No("frozen", "no permit is spent during this freeze; its time goes on")
    if why := permit_void(state, current, now):
        raise No("permit_void", f"{why}, since the permit was issued; ask again")
    return [PermitRedeemed(meta=meta(state, command, now), request_id=permit.request_id, permit_id=permit.permit_id)]


def permit_void(state: State, current: RequestState, now: int) -> str:
    """Why what was approved would give no permit any more; "" if it would. Who was on call then need not be now."""
    if current.glass:
        return _glass_no_longer(state, current, now)
    if fresh.asks_for_more(state, current.request, now):
        return "policy got stricter"
    approvals = [vote for vote in judging.votes_on(current, "action") if vote.decision == "approve"]
    if not all(state.people.key_still_counts(vote.key_id) for vote in approvals):
        return "the key of a vote was revoked"
    return ""


def _check_holder(state: State, current: RequestState, given: tuple[bytes, bytes, str], now: int) -> None:
    """Who read a permit somewhere cannot spend it: that takes a key of the requester."""
    try:
        permits.check_proof(*given, state.people.keys_of(current.request.requester.principal), now)
    except RecordError as error:
        raise No(error.code, error.detail) from None


def _is_spent(current: RequestState) -> bool:
    return current.redeemed


def tick(state: State, command: Tick, now: int) -> list[Event]:
    """What is due: expiry, lapse, escalation, overdue reviews; only as far as all votes have been read."""
    until = min(command.read_until, now) if now else command.read_until
    due = [command.request_id] if command.request_id else state.due(until, command.limit)
    out: list[Event] = []
    for request_id in due:
        current = state.requests.get(request_id)
        if current is not None:
            out += _due(state, command, until, current)
    return out


def _due(state: State, command: Tick, until: int, current: RequestState) -> list[Event]:
    request, when = current.request, meta(state, command, until)
    out: list[Event] = []
    places = current.places()
    pending = tuple(i for i, (s, _) in places.items() if s is ItemState.PENDING)
    if pending and until >= request.expires_at:
        out.append(_move(state, command, until, current, ItemState.EXPIRED, pending, rule="nobody answered in time"))
    elif pending and 0 < next_escalation(current) <= until:
        percent = max(p for p in request.escalate_at if escalation_at(request, p) <= until)
        groups = dict.fromkeys(slot.group for slot in request.quorum.all_of)
        told = dict.fromkeys(p for g in groups for p in state.people.members(g, until, present=True))
        voted = {vote.person_id for vote in standing_votes(current.votes)}
        persons = tuple(p for p in told if p not in voted and p not in request.exclusions.persons)
        out.append(Escalated(meta=when, request_id=request.request_id, percent=percent, persons=persons))
    late = tuple(i for i, (s, by) in places.items() if s is ItemState.APPROVED and until >= by)
    if late:
        out.append(_move(state, command, until, current, ItemState.LAPSED, late, rule="release deadline"))
    if (
        current.review_due
        and not current.overdue
        and current.review_due <= until
        and current.in_state(ItemState.RELEASED)
    ):
        out.append(ReviewOverdue(meta=when, request_id=request.request_id))
    return out


def no_longer(state: State, current: RequestState, approved: Sequence[str], now: int) -> str:
    """Why an approval does not hold any more; "" if it does."""
    request = current.request
    topics = {opening.topic_of(state, request.action.destination, item.source.topic) for item in request.items}
    if request.kind == "export" and topics != {request.action.topic}:
        return "destination changed"
    if request.action.raw and state.exports and not state.exports.target(request.action.destination).allow_raw:
        return "originals may not go there any more"
    workers = state.people.earlier_keys("pipeline")
    if request.kind == "export" and any(i.signer not in workers for i in request.items):
        return "the key that signed an item was revoked"
    if current.glass:
        return _glass_no_longer(state, current, now)
    if fresh.stricter(state, current, approved, now):
        return "policy got stricter"
    if request.auto:
        return ""
    agreed = {i: (m.result, m.pointers) for m in current.masking for i in m.items}
    checked: set[tuple[str, ...]] = set()
    for item_id in approved:
        covering = judging.votes_on(current, item_id)
        mark = (*(vote.nonce for vote in covering), *agreed.get(item_id, ("", ()))[:1])
        if mark in checked:
            continue
        checked.add(mark)
        if judging.winning(state, request, covering, now, only=agreed.get(item_id, ("", ()))) is None:
            return "the votes no longer make a quorum"
    return ""


def _glass_no_longer(state: State, current: RequestState, now: int) -> str:
    rule = state.policy.break_glass
    barred = judging.barred(state, current.request)
    if (
        rule is None
        or rule.group not in state.people.groups_of(current.glass, now)
        or quorums.is_excluded(state.people, barred, current.glass)
    ):
        return "who broke the glass may not do so any more"
    if rule.verbs and current.request.action.verb not in rule.verbs:
        return "the glass is not broken for this any more"
    if current.review is None or risk.is_stricter(rule.review.snapshot(), current.review):
        return "policy got stricter"
    if not state.people.key_still_counts(current.glass_key):
        return "the key that broke the glass was revoked"
    return ""


def _supersede(
    state: State, command: Command, now: int, current: RequestState, approved: Sequence[str], why: str
) -> list[Event]:
    """SUPERSEDED, and the same request again under today's policy, unless it has nowhere to go any more."""
    request = current.request
    reopened = why not in FINAL
    items = tuple(i for i in request.items if i.item_id in approved)
    fresh_id, nonce = _derived(request, approved, now)
    move = _move(
        state, command, now, current, ItemState.SUPERSEDED, approved, rule=why, successor=fresh_id if reopened else ""
    )
    if not reopened:
        return [move]
    again = fresh.successor(state, request, items, move.meta, fresh_id, nonce)
    opened = RequestOpened(meta=move.meta, request=again)
    return [move, opened, *opening.approved_by_rule(state, command, now, again)]


def _derived(request: Request, items: Sequence[str], now: int) -> tuple[str, str]:
    """Id (UUIDv7) and nonce of the successor for these items; derived, so that deciding twice gives the same."""
    parts = ["successor.v1", request.request_id, request.nonce, sorted(items), now]
    seed = hashlib.sha256(canonical.dumps(parts)).digest()
    raw = bytearray(now.to_bytes(6, "big") + seed[:10])
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return str(uuid.UUID(bytes=bytes(raw))), seed[16:].hex()


def _check_bytes(state: State, request: Request, recomputed: Sequence[Recomputed]) -> None:
    """Refuse where the bytes about to leave are not, item by item and as a whole, those that were voted on."""
    found = {r.item_id: r for r in recomputed}
    if len(found) != len(recomputed) or set(found) != set(item_ids(request)):
        raise No("bytes_changed", "the items that were read are not the items of the request")
    for item in request.items:
        new = found[item.item_id]
        same = hmac.compare_digest(new.content_mac, item.content_mac)
        if not same or new.masked_digest != item.masked_digest or new.topic != request.action.topic:
            raise No("bytes_changed", "the bytes or their destination are not those that were approved")
    leaves = [(item, found[item.item_id]) for item in request.items]
    rows = [(i.item_id, r.content_mac, r.masked_digest, r.topic, i.blind) for i, r in leaves]
    if manifest.root_over(rows) != request.manifest_root:
        raise No("bytes_changed", "the manifest root is not the one that was approved")
    current = state.requests[request.request_id]
    for masking in current.masking:
        wanted = [(i, found[i].result) for i in masking.items]
        covered = _covered(current, masking)
        if any(not result for _, result in wanted):
            raise No("bytes_changed", "the extra masking was not applied")
        whole = [(i, found[i].result) for i in covered]
        if manifest.result_digest(whole) != masking.result:
            raise No("bytes_changed", "the extra masking gives another result than the one that was approved")


def _covered(current: RequestState, masking: Masking) -> tuple[str, ...]:
    """Items that the agreed result digest is over: the scope of the votes that carry it."""
    vote = next(v for v in current.votes if v.result == masking.result and v.masking == masking.pointers)
    return vote.scope or item_ids(current.request)


def _released(state: State, command: Command, now: int, current: RequestState, approved: Sequence[str]) -> list[Event]:
    """One event for each group of items with the same extra masking."""
    agreed = {i: m for m in current.masking for i in m.items}
    groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for item_id in approved:
        masking = agreed.get(item_id)
        groups.setdefault((masking.pointers, masking.result) if masking else ((), ""), []).append(item_id)
    whole = len(groups) == 1 and len(approved) == len(item_ids(current.request))
    return [
        Moved(
            meta=meta(state, command, now),
            request_id=current.request.request_id,
            to=ItemState.RELEASED,
            items=() if whole else tuple(ids),
            by=_counted(state, current, ids[0], now, (result, pointers)),
            rule="break_glass" if current.glass else ("auto" if current.request.auto else "quorum"),
            release_id=release_id(current.request, ids),
            topic=current.request.action.topic,
            masking=pointers,
            result=result,
        )
        for (pointers, result), ids in groups.items()
    ]


def _counted(
    state: State, current: RequestState, item_id: str, now: int, only: tuple[str, tuple[str, ...]]
) -> tuple[str, ...]:
    if current.glass:
        return (current.glass,)
    found = judging.winning(state, current.request, judging.votes_on(current, item_id), now, only=only)
    return found[2] if found else ()


def release_id(request: Request, items: Sequence[str]) -> str:
    """The same for the same items of the same request: a second release of them is recognised."""
    return canonical.digest(["release.v1", request.request_id, sorted(items)])[:32]


def _permit(state: State, command: Command, now: int, current: RequestState) -> list[Event]:
    request = current.request
    if manifest.action_root(request.action.arguments) != request.manifest_root:
        raise No("bytes_changed", "the arguments are not those that were approved")
    verb = state.policy.verbs.get(request.action.verb)
    ttl_ms = int((verb.permit_ttl if verb else 600.0) * 1000)
    permit_id = canonical.digest(["permit.v1", request.request_id, request.nonce])[:32]
    when = meta(state, command, now)
    issued = PermitIssued(
        meta=when,
        request_id=request.request_id,
        permit_id=permit_id,
        request_digest=request.digest,
        verb=request.action.verb,
        resource=request.action.resource,
        arguments=request.action.arguments,
        arguments_digest=permits.arguments_digest(request.action.arguments),
        requester=str(request.requester.principal),
        not_after=now + ttl_ms,
    )
    only: tuple[str, tuple[str, ...]] = ("", ())
    released = Moved(
        meta=when,
        request_id=request.request_id,
        to=ItemState.RELEASED,
        by=_counted(state, current, "action", now, only),
        rule="break_glass" if current.glass else ("auto" if request.auto else "quorum"),
        release_id=release_id(request, ["action"]),
    )
    return [released, issued]


def _move(
    state: State,
    command: Command,
    now: int,
    current: RequestState,
    to: ItemState,
    items: Sequence[str],
    *,
    rule: str = "",
    successor: str = "",
) -> Moved:
    whole = len(items) == len(item_ids(current.request))
    return Moved(
        meta=meta(state, command, now),
        request_id=current.request.request_id,
        to=to,
        items=() if whole else tuple(items),
        rule=rule,
        successor=successor,
    )
