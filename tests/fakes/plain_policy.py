"""A plain, slow reading of what the policy in force asks of a request, for the random test to hold the machine against.

Shares no code with the decisions: it counts budgets over a list of requests instead of over slices of a window.
A higher tier may ask other groups than a lower one, so only the tier in force is asked for, not those below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maskgate.approvals.model import Request, RequestState
from maskgate.approvals.rules import ApprovalPolicy, Budget

PARTS = 48  # slices of a window: how far a sum of slices may be from the sum of its records


def asks_for_more(
    policy: ApprovalPolicy,
    opened: Sequence[Request],
    states: Mapping[str, RequestState],
    request: Request,
    now: int,
) -> bool:
    """Whether no tier that the policy in force may mean for the request is content with its quorum."""
    return not any(_is_content(policy, name, request) for name in _tiers(policy, opened, states, request, now))


def asks_for_less(
    was: ApprovalPolicy,
    now_: ApprovalPolicy,
    opened: Sequence[Request],
    states: Mapping[str, RequestState],
    request: Request,
    now: int,
) -> bool:
    """Whether the request, asked now, could leave under the second policy where the first one would hold it."""
    verb, destination = request.action.verb, request.action.destination
    frozen, still = (any(f.covers(verb, destination, now) for f in p.freeze) for p in (was, now_))
    if (frozen and not still) or now_.cooling_ms < was.cooling_ms:
        return True
    old, new = (_tiers(p, opened, states, request, now) for p in (was, now_))
    if len(old) != 1 or len(new) != 1:
        return False
    before, after = was.tiers[old.pop()], now_.tiers[new.pop()]
    had = {slot.group: slot.n for slot in after.quorum.all_of}
    return any(slot.n > had.get(slot.group, 0) for slot in before.quorum.all_of)


def _is_content(policy: ApprovalPolicy, name: str, request: Request) -> bool:
    wants, had = policy.tiers[name].quorum, {slot.group: slot.n for slot in request.quorum.all_of}
    if not wants.all_of:
        return True
    return all(s.n <= had.get(s.group, 0) for s in wants.all_of) and wants.deny_n >= request.quorum.deny_n


def _tiers(
    policy: ApprovalPolicy,
    opened: Sequence[Request],
    states: Mapping[str, RequestState],
    request: Request,
    now: int,
) -> set[str]:
    """The tier in force; several where only the slices of a window say whether a budget is exceeded."""
    found = {entity for item in request.items for entity, _ in item.entities}
    sure = [_asked(policy, request), *(r.tier for r in policy.risk if found & set(r.when.entities))]
    maybe: list[str] = []
    for budget in policy.budgets:
        least, most = _records(budget, opened, states, request, now)
        if least > budget.records:
            sure.append(budget.tier)
        elif most > budget.records:
            maybe.append(budget.tier)
    return {policy.highest(*sure), *(policy.highest(*sure, tier) for tier in maybe)}


def _asked(policy: ApprovalPolicy, request: Request) -> str:
    if request.kind == "action":
        rule = policy.verbs.get(request.action.verb)
        return rule.tier if rule else policy.top
    return request.asked or policy.default_tier or policy.top


def _records(
    budget: Budget, opened: Sequence[Request], states: Mapping[str, RequestState], request: Request, now: int
) -> tuple[int, int]:
    """The fewest and the most records that the budget can have counted when the request was first opened."""
    first = request
    while first.supersedes:
        first = states[first.supersedes].request
    window = int(budget.window * 1000)
    part = window // PARTS + 1
    counted = [r for r in opened if not r.supersedes and _is_of(budget, r, request)]
    ids = [r.request_id for r in counted]
    before = counted[: ids.index(first.request_id) + 1]
    least = sum(len(r.items) or 1 for r in before if r.created > now - window)
    early, late = first.created - window - part, request.created + part
    return least, sum(len(r.items) or 1 for r in counted if early <= r.created <= late)


def _is_of(budget: Budget, one: Request, other: Request) -> bool:
    if budget.per == "requester":
        return one.whose == other.whose
    return one.action.destination == other.action.destination


__all__ = ["asks_for_less", "asks_for_more"]
