"""What the policy and the people in force would say if an open request were asked now.

Only what is stricter matters: the quorum that was promised to the voters stays needed as well. A request that does not
hold any more gets a successor, which this module makes of the same judgement, so that a successor is never superseded
for the reason it was made for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from maskgate.approvals.decisions import opening, risk
from maskgate.approvals.decisions.retracting import standing_votes
from maskgate.approvals.decisions.risk import Assessment, Spent
from maskgate.approvals.messages import manifest, preview
from maskgate.approvals.model import Item, Meta, Quorum, Request, Requester, RequestState
from maskgate.approvals.state import State


@dataclass(frozen=True, slots=True)
class Judgement:
    """A request under the policy in force."""

    found: Assessment
    quorum: Quorum
    requester: Requester
    asked: str
    spent: Spent
    sampled: bool


def requester_of(state: State, request: Request) -> Requester:
    """Who asks, as far as the policy in force vouches for it."""
    if request.kind == "action" or state.exports is None:
        return request.requester
    return state.exports.requester(request)


def judge(state: State, request: Request, now: int) -> Judgement:
    """The tier, quorum and sums of a request if it were asked under the policy in force."""
    requester, spent = requester_of(state, request), {name: (r, e, b) for name, r, e, b in request.spent}
    if state.policy_ref.digest == request.policy.digest:
        found = Assessment(request.tier, request.rule, request.floor, request.auto)
        return Judgement(found, request.quorum, requester, request.asked or "", spent, request.sampled)
    asked = _asked(state, request)
    facts = risk.facts_of(request, requester, asked)
    spent = risk.spent_before(state, request, facts, now)
    found = risk.assess(state.policy, facts, *risk.over_budget(state.policy, spent))
    drawn = request.sampled or risk.drawn(state.policy.tiers[found.tier], request.nonce)
    sampled = drawn and not found.auto
    return Judgement(found, risk.quorum_of(state.policy, found, sampled), requester, asked, spent, sampled)


def _asked(state: State, request: Request) -> str:
    """The tier that the exports in force propose; "" is the default."""
    policy = state.policy
    if request.kind == "action":
        return ""
    if state.exports is None:
        return request.tier if request.asked is None else request.asked
    tiers = [tier or policy.default_tier or policy.top for tier in state.exports.tiers(request)]
    return policy.highest(*tiers) if tiers else policy.top


def stricter(state: State, current: RequestState, approved: Sequence[str], now: int) -> bool:
    """Whether the policy in force asks for more than the approvals of these items have."""
    request = current.request
    if asks_for_more(state, request, now):
        return True
    new = judge(state, request, now)
    if state.policy_ref.digest == request.policy.digest:
        return False
    if _is_about_other_rules(state, request):
        return True
    tier = state.policy.tiers[new.found.tier]
    places, late = current.places(), request.created + int(tier.expires * 1000)
    waits = max(now - (places[i][1] - request.release_ttl_ms) for i in approved)
    stand = standing_votes(current.votes)
    return waits >= int(tier.release_ttl * 1000) or any(v.decision == "approve" and v.at >= late for v in stand)


def asks_for_more(state: State, request: Request, now: int) -> bool:
    """Whether the policy in force asks for people whom the request did not need."""
    new = judge(state, request, now)
    return risk.is_stricter(new.quorum, request.quorum) or (request.auto and not new.found.auto)


def _is_about_other_rules(state: State, request: Request) -> bool:
    """Whether the rule that held it may not be the one that would hold it now: nobody can say what that one asks."""
    if state.exports is None or request.kind == "action":
        return False
    return request.export_rules != state.exports.about(request.action, request.items)


def session_counts(state: State, request: Request, now: int) -> bool:
    """Whether votes that the console signed count: then and now."""
    tiers = {request.tier, judge(state, request, now).found.tier}
    rules = [state.policy.tiers.get(name) for name in tiers]
    return state.policy.session_votes and all(tier is not None and tier.session_votes for tier in rules)


def successor(state: State, old: Request, items: tuple[Item, ...], when: Meta, request_id: str, nonce: str) -> Request:
    """The same request for these of its items, under the policy and registry in force; it needs fresh votes."""
    new = judge(state, old, when.at)
    tier = state.policy.tiers.get(new.found.tier)
    exports = state.exports.about(old.action, items) if state.exports and old.kind == "export" else ""
    return manifest.sealed(
        replace(
            old,
            request_id=request_id,
            requester=new.requester,
            items=items,
            manifest_root=old.manifest_root if old.kind == "action" else manifest.root(items, old.action.topic),
            policy=state.policy_ref,
            tier=new.found.tier,
            rule=new.found.rule,
            quorum=new.quorum,
            exclusions=opening.joined(old.exclusions, opening.exclusions(state.people, new.requester)),
            created=when.at,
            expires_at=when.at + (int(tier.expires * 1000) if tier else old.expires_at - old.created),
            release_ttl_ms=int(tier.release_ttl * 1000) if tier else old.release_ttl_ms,
            nonce=nonce,
            supersedes=old.request_id,
            quiet=False,
            sampled=new.sampled,
            auto=new.found.auto,
            floor=new.found.floor,
            origin="",
            escalate_at=state.policy.escalate_at,
            seen_digest=preview.seen(old.action, [item.preview for item in items]),
            asked=new.asked,
            export_rules=exports,
            spent=tuple((name, *amount) for name, amount in new.spent.items()),
        )
    )


__all__ = ["Judgement", "asks_for_more", "judge", "requester_of", "session_counts", "stricter", "successor"]
