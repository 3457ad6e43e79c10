"""Whether people and policy together leave somebody who can approve."""

from __future__ import annotations

from maskgate.approvals.decisions.quorum import can_be_filled
from maskgate.approvals.rules import ApprovalPolicy, QuorumRule
from maskgate.base.errors import ConfigurationError
from maskgate.people.registry import People


def lock_outs(people: People, policy: ApprovalPolicy, now: int) -> list[str]:
    """Quorums that nobody could ever satisfy: a person counts only with a usable key (or where session votes count)."""
    out = []
    for name, tier in policy.tiers.items():
        session = tier.session_votes and policy.session_votes
        if tier.quorum.all_of and not _possible(people, tier.quorum, now, session):
            out.append(
                f"tier '{name}': {_wants(tier.quorum)}; the people file has not so many different persons with a key"
            )
    if policy.break_glass and not _possible(people, policy.break_glass.review, now, False):
        out.append(f"break_glass.review: {_wants(policy.break_glass.review)}; not so many persons with a key")
    return out


def refuse_lock_out(people: People, policy: ApprovalPolicy, now: int) -> None:
    """Raise ConfigurationError where the people and the policy together would hold everything for ever."""
    problems = lock_outs(people, policy, now)
    if problems:
        raise ConfigurationError("nobody could approve: " + "; ".join(problems))


def _possible(people: People, quorum: QuorumRule, now: int, session: bool) -> bool:
    def able(person_id: str) -> bool:
        person = people.persons[person_id]
        return not person.revoked_at and (session or any(key.usable for key in person.keys))

    return can_be_filled(people, quorum.snapshot(), now, able=able)


def _wants(quorum: QuorumRule) -> str:
    return "needs " + " and ".join(f"{slot.n} of '{slot.group}'" for slot in quorum.all_of)
