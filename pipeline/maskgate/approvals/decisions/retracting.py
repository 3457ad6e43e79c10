"""Taking a vote of one's own back while nothing is decided: what it needs, and which votes stand afterwards.

It only ever takes away: no approval follows from it, a denial stays, and what is complete is revoked instead.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace

from maskgate.approvals.commands import Command
from maskgate.approvals.decisions.refusals import No, meta
from maskgate.approvals.events import Event, VoteRetracted
from maskgate.approvals.model import ItemState, RequestState, Vote, item_ids
from maskgate.approvals.state import State


def retract(state: State, command: Command, now: int, current: RequestState, vote: Vote, raw: bytes) -> list[Event]:
    """Events of a retraction; it needs no group: who lost the right to vote may still take a vote back."""
    own = [old for old in current.votes if old.person_id == vote.person_id]
    if any(old.nonce == vote.nonce for old in own):
        return []
    request, places = current.request, current.states()
    wanted = vote.scope or tuple(places)
    pending = tuple(i for i in wanted if places[i] is ItemState.PENDING)
    if not pending or (vote.scope and len(pending) < len(wanted)):
        _refuse_decided(current, [places[i] for i in wanted], vote)
    if now >= request.expires_at:
        raise No("expired", "the request expired before the vote was taken back; nothing leaves", vote.person_id)
    stood = {i: _last_on(own, i) for i in pending}
    scope = tuple(i for i, decision in stood.items() if decision in ("approve", "abstain"))
    if not scope or (vote.scope and len(scope) < len(wanted)):
        if "deny" in stood.values():
            raise No("denied_before", "a denial stands; it cannot be taken back", vote.person_id)
        raise No("nothing_to_retract", "no vote of yours stands on this", vote.person_id)
    kept = replace(vote, decision="retract", scope=scope if len(scope) < len(item_ids(request)) else ())
    envelope = base64.b64encode(raw).decode()
    return [VoteRetracted(meta=meta(state, command, now), request_id=request.request_id, vote=kept, envelope=envelope)]


def _refuse_decided(current: RequestState, states: Sequence[ItemState], vote: Vote) -> None:
    if ItemState.APPROVED in states:
        raise No("not_pending", "the quorum is complete; revoke the approval instead", vote.person_id)
    raise No("not_pending", f"the request is {current.state}; no vote can be taken back any more", vote.person_id)


def _last_on(own: Sequence[Vote], item_id: str) -> str:
    return next((v.decision for v in reversed(own) if not v.scope or item_id in v.scope), "")


def refuse_older(current: RequestState, vote: Vote) -> None:
    """A vote that was signed before its person took votes back does not count, however late it is sent."""
    backs = [v.signed for v in current.votes if v.person_id == vote.person_id and v.decision == "retract"]
    if backs and vote.decision != "deny" and vote.signed <= max(backs):
        raise No("retracted", "this was signed before you took your vote back; sign again", vote.person_id)


def standing_votes(cast_before: Sequence[Vote], *, covered: bool = False) -> tuple[Vote, ...]:
    """Votes without those that were taken back, and without the retractions themselves.

    ``covered``: all of them are about one and the same item. Else a vote that was taken back for some of its items
    still stands for the others.
    """
    taken: dict[str, list[Vote]] = {}
    out: list[Vote] = []
    for vote in reversed(cast_before):
        if vote.decision == "retract":
            taken.setdefault(vote.person_id, []).append(vote)
        elif not any(covered or _takes_back(back, vote) for back in taken.get(vote.person_id, ())):
            out.append(vote)
    return tuple(reversed(out))


def _takes_back(back: Vote, vote: Vote) -> bool:
    """Never a denial: a retraction of all items leaves one of some of them as it is."""
    if vote.decision == "deny":
        return False
    return not back.scope or (bool(vote.scope) and set(vote.scope) <= set(back.scope))
