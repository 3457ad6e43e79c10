"""Whether an approval is more than one person and the voters whom they made.

A person whom X enrolled, linked or put into a group completes no quorum within the cooling time unless somebody votes
whom X did not make, and who is not X.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from maskgate.approvals.model import Vote
from maskgate.people import grants
from maskgate.people.registry import People


def made_by(
    people: People, approvers: Mapping[str, Vote], asked: Collection[str], now: int, cooling_ms: int
) -> tuple[str, ...]:
    """Makers of voters among these without whom nobody else approves; empty: the approval stands."""
    if cooling_ms <= 0 or not people.grants:
        return ()
    since = now - cooling_ms
    made = {p: grants.makers(people, p, vote.key_id, asked, since) for p, vote in approvers.items()}
    everybody = sorted({maker for makers in made.values() for maker in makers})
    return tuple(m for m in everybody if all(m == person or m in makers for person, makers in made.items()))
