"""What votes are worth now: who is barred, which groups a person brings, whether a quorum stands.

Asked at the vote and again at the release, on the registry and the policy in force at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence

from maskgate.approvals.decisions import fresh, opening
from maskgate.approvals.decisions import quorum as quorums
from maskgate.approvals.decisions.refusals import No
from maskgate.approvals.decisions.retracting import standing_votes
from maskgate.approvals.model import Exclusions, Request, RequestState, Vote
from maskgate.approvals.state import State

MAX_VOTES = 500
MAX_VOTE_BYTES = 4 << 20


def check_authority(state: State, current: RequestState, vote: Vote, now: int, *, act: bool = False) -> None:
    """The person is not excluded and brings a group that the request needs.

    What a rule approved needs no group; acts on it are open to every group that some tier of the policy needs.
    """
    request = current.request
    out = barred(state, request)
    if quorums.is_excluded(state.people, out, vote.person_id):
        raise No("excluded", "who asks, or stands behind who asks, has no vote on it", vote.person_id)
    brings = quorums.authority(state.people, out, (*standing_votes(current.votes), vote), now)
    asked = {slot.group for slot in request.quorum.all_of}
    if act and request.auto:
        asked = set(state.policy.groups())
    if not brings.get(vote.person_id, frozenset()) & asked:
        raise No("no_authority", "the person is in none of the groups that this request needs", vote.person_id)


def check_room(cast_before: Sequence[Vote], vote: Vote) -> None:
    """All votes of a request fit into one record of the view, however often somebody changes their mind."""
    votes = (*cast_before, vote)
    if len(votes) > MAX_VOTES or sum(map(_weight, votes)) > MAX_VOTE_BYTES:
        raise No("too_many_votes", "the request has more votes than it can need", vote.person_id)


def _weight(vote: Vote) -> int:
    """An upper bound of what a vote takes as JSON, where an escape has six bytes."""
    return 1000 + 6 * (len(vote.reason) + sum(map(len, vote.scope)) + sum(map(len, vote.masking)))


def is_repeated(cast_before: Sequence[Vote], vote: Vote) -> bool:
    """Whether this is the person's last word already, or a copy of an earlier vote."""
    own = [old for old in cast_before if old.person_id == vote.person_id]
    said = _said(vote)
    return bool(own) and (_said(own[-1]) == said or any(o.nonce == vote.nonce and _said(o) == said for o in own))


def _said(vote: Vote) -> tuple[object, ...]:
    return vote.decision, vote.scope, vote.masking, vote.result, vote.key_id


def covering(after: RequestState, live: Sequence[str]) -> list[tuple[list[str], tuple[Vote, ...]]]:
    """Items that the same votes cover, together; votes that were taken back are left out."""
    if not any(vote.scope for vote in after.votes):
        return [(list(live), standing_votes(after.votes, covered=True))]
    groups: dict[tuple[int, ...], list[str]] = {}
    for item_id in live:
        marks = tuple(n for n, vote in enumerate(after.votes) if not vote.scope or item_id in vote.scope)
        groups.setdefault(marks, []).append(item_id)
    return [(ids, standing_votes([after.votes[n] for n in marks], covered=True)) for marks, ids in groups.items()]


def votes_on(current: RequestState, item_id: str) -> tuple[Vote, ...]:
    """Votes that cover an item and were not taken back."""
    return standing_votes([v for v in current.votes if not v.scope or item_id in v.scope], covered=True)


def winning(
    state: State,
    request: Request,
    covering: Sequence[Vote],
    now: int,
    only: tuple[str, tuple[str, ...]] | None = None,
) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """(result digest, pointers, persons counted) of the approval that these votes make; only equal results add up.

    ``only`` asks about one result: the one that was agreed on before.
    """
    last = {vote.person_id: vote for vote in covering}
    approvals = [vote for vote in last.values() if vote.decision == "approve"]
    for result, pointers in dict.fromkeys((vote.result, vote.masking) for vote in approvals):
        if only is not None and (result, pointers) != only:
            continue
        same = [v for v in last.values() if v.decision != "approve" or (v.result, v.masking) == (result, pointers)]
        stands = standing_of(state, request, same, now)
        if stands.approved and not stands.denied:
            return result, pointers, tuple(sorted(stands.counted))
    return None


def closest(state: State, request: Request, covering: Sequence[Vote], now: int) -> quorums.Standing:
    """How these votes stand, by the result of extra masking that lacks the fewest approvals."""
    last = {vote.person_id: vote for vote in covering}
    results = dict.fromkeys((v.result, v.masking) for v in last.values() if v.decision == "approve") or {("", ()): None}
    return min(
        (
            standing_of(
                state,
                request,
                [v for v in last.values() if v.decision != "approve" or (v.result, v.masking) == result],
                now,
            )
            for result in results
        ),
        key=lambda stands: len(stands.missing),
    )


def standing_of(state: State, request: Request, covering: Sequence[Vote], now: int) -> quorums.Standing:
    weak = any(vote.channel == "session" for vote in covering) and not fresh.session_counts(state, request, now)
    counted = [vote for vote in covering if vote.channel != "session" or not weak]
    return quorums.standing(state.people, request.quorum, barred(state, request), counted, now, state.policy.cooling_ms)


def barred(state: State, request: Request) -> Exclusions:
    """Who was excluded when the request was opened, and who has come to stand behind the requester since."""
    requester = fresh.requester_of(state, request)
    return opening.joined(request.exclusions, opening.exclusions(state.people, requester))
