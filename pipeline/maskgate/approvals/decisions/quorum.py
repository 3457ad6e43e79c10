"""Whether these votes satisfy this quorum: persons are matched to slots, one slot a person.

A vote is worth the groups that its person has *now* (the registry is asked again at every decision), in their own right
or lent by somebody who has not used them: a giver who voted, who is excluded, or whose loan an earlier voter used lends
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from maskgate.approvals.decisions import cooling
from maskgate.approvals.model import Exclusions, Quorum, Vote
from maskgate.people import confusables
from maskgate.people.registry import CLAIMED, People


@dataclass(frozen=True, slots=True)
class Standing:
    """How a set of votes stands: ``missing`` are the groups of the unfilled slots."""

    approved: bool
    denied: bool
    missing: tuple[str, ...]
    counted: tuple[str, ...]
    made_by: tuple[str, ...] = ()  # who made these voters: somebody else has to approve as well


def is_excluded(people: People, exclusions: Exclusions, person_id: str) -> bool:
    """Whether a person may not vote: by name, or by any account linked to them *today*, in whatever spelling."""
    if person_id in exclusions.persons:
        return True
    person = people.persons.get(person_id)
    if person is None:
        return False
    out = {confusables.account(principal) for principal in exclusions.principals}
    return any(confusables.account(account) in out for account in person.accounts)


def authority(people: People, exclusions: Exclusions, votes: Sequence[Vote], now: int) -> dict[str, frozenset[str]]:
    """Person → groups each voter brings now; voters without authority are left out."""
    voters = [
        v.person_id
        for v in votes
        if people.key_still_counts(v.key_id) and not is_excluded(people, exclusions, v.person_id)
    ]
    used = set(voters)
    out: dict[str, frozenset[str]] = {}
    for person_id in dict.fromkeys(voters):
        groups = set(people.groups_of(person_id, now))
        for loan in people.lent_to(person_id, now):
            if loan.giver in used or is_excluded(people, exclusions, loan.giver):
                continue
            lent = set(loan.groups) & set(people.groups_of(loan.giver, now))
            if lent - groups:
                groups |= lent
                used.add(loan.giver)
        if groups:
            out[person_id] = frozenset(groups)
    return out


def standing(
    people: People, quorum: Quorum, exclusions: Exclusions, votes: Sequence[Vote], now: int, cooling_ms: int = 0
) -> Standing:
    """How these votes stand against the quorum with the authority that holds now."""
    worth = authority(people, exclusions, votes, now)
    last = {v.person_id: v for v in votes}
    asked = {slot.group for slot in quorum.all_of}
    deniers = [p for p, v in last.items() if v.decision == "deny" and worth.get(p, frozenset()) & asked]
    approvers = {p: worth[p] for p, v in last.items() if v.decision == "approve" and p in worth}
    seats = [slot.group for slot in quorum.all_of for _ in range(slot.n)]
    taken = match(seats, approvers)
    missing = tuple(seat for seat, person in zip(seats, taken, strict=True) if person is None)
    counted = tuple(person for person in taken if person is not None)
    voices = {p: last[p] for p, groups in approvers.items() if groups & asked}
    made_by = cooling.made_by(people, voices, asked, now, cooling_ms)
    return Standing(
        bool(seats) and not missing and not made_by, len(deniers) >= quorum.deny_n, missing, counted, made_by
    )


def eligible(
    people: People, quorum: Quorum, exclusions: Exclusions, votes: Sequence[Vote], now: int, cooling_ms: int = 0
) -> tuple[str, ...]:
    """Persons whose approval would bring the quorum nearer now, who is on call first.

    Who is absent is left out and whoever stands in for them is in; so is nobody who is excluded, has no usable key,
    has approved already, or would fill the last slot without completing the quorum, because all voters were made by one
    person within the cooling time. Where every slot is filled, that is whoever lifts just this.
    """
    before = standing(people, quorum, exclusions, votes, now, cooling_ms)
    missing = len(before.missing)
    if not missing and not before.made_by:
        return ()
    groups = [slot.group for slot in quorum.all_of]
    on_call = [rota.on_call(now) for rota in people.rotas if rota.group in groups]
    present = [person for group in groups for person in people.members(group, now, present=True)]
    approved = {vote.person_id for vote in votes if vote.decision == "approve"}

    def helps(person_id: str) -> bool:
        person = people.persons.get(person_id)
        if person is None or person_id in approved or is_excluded(people, exclusions, person_id):
            return False
        return any(
            nearer(Vote(person_id, "approve", (), key.key_id, "api", now, "")) for key in person.keys if key.usable
        )

    def nearer(vote: Vote) -> bool:
        after = standing(people, quorum, exclusions, [*votes, vote], now, cooling_ms)
        return not after.made_by if not after.missing else len(after.missing) < missing

    return tuple(p for p in dict.fromkeys([*(p for p in on_call if p in present), *present]) if helps(p))


def match(seats: Sequence[str], persons: dict[str, frozenset[str]]) -> list[str | None]:
    """A largest assignment of persons to seats (Kuhn's augmenting paths), each person at most one seat."""
    seat_of: dict[str, int] = {}
    for index in range(len(seats)):
        _augment(index, seats, persons, seat_of, set())
    taken: list[str | None] = [None] * len(seats)
    for person, index in seat_of.items():
        taken[index] = person
    return taken


def _augment(
    index: int,
    seats: Sequence[str],
    persons: dict[str, frozenset[str]],
    seat_of: dict[str, int],
    visited: set[str],
) -> bool:
    for person, groups in persons.items():
        if seats[index] not in groups or person in visited:
            continue
        visited.add(person)
        if person not in seat_of or _augment(seat_of[person], seats, persons, seat_of, visited):
            seat_of[person] = index
            return True
    return False


def can_be_filled(
    people: People, quorum: Quorum, now: int, *, without: Collection[str] = (), able: Callable[[str], bool]
) -> bool:
    """Whether enough different persons exist for every slot, but for ``without`` and who is not ``able`` to vote."""
    claimed = {slot.group for slot in quorum.all_of if slot.group.startswith(CLAIMED)}  # known at the sign-in only
    persons = {
        p: frozenset(people.groups_of(p, now)) | {r.group for r in people.rotas if p in r.persons} | claimed
        for p in people.persons
        if p not in without and able(p)
    }
    seats = [slot.group for slot in quorum.all_of for _ in range(slot.n)]
    return None not in match(seats, persons)
