"""How risky a request is: its tier, whether it may be approved by rule, and what says so.

Nothing lowers a tier. Budgets count everything that was asked for in a sliding window (held and denied as well), so
many small exports add up to a large one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from maskgate.approvals.messages import items
from maskgate.approvals.model import Item, Quorum, Request, Requester, Slot
from maskgate.approvals.rules import BUILT_IN_VERBS, ApprovalPolicy, Budget, Tier, When
from maskgate.approvals.state import BUCKETS, State

MAX_SUBJECTS = 20_000  # of a request


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy may look at."""

    requester: Requester
    verb: str
    destination: str
    asked_tier: str
    items: tuple[Item, ...] = ()
    novel: bool = False
    is_action: bool = False

    def entities(self) -> dict[str, int]:
        """Findings by entity."""
        out: dict[str, int] = {}
        for item in self.items:
            for entity, count in item.entities:
                out[entity] = out.get(entity, 0) + count
        return out


def facts_of(request: Request, requester: Requester | None = None, asked: str = "") -> Facts:
    """What the policy may look at in a request that is open, asked for by this requester with this tier."""
    return Facts(
        requester or request.requester,
        request.action.verb,
        request.action.destination,
        asked,
        request.items,
        novel=request.novel,
        is_action=request.kind == "action",
    )


@dataclass(frozen=True, slots=True)
class Assessment:
    """The tier, the rule that set it, and the part that came from budgets (kept for later comparisons)."""

    tier: str
    rule: str
    floor: str
    auto: bool


def assess(policy: ApprovalPolicy, facts: Facts, floor: str = "", floor_rule: str = "") -> Assessment:
    """The tier of a request under a policy; ``floor`` is what budgets asked for."""
    name, rule = _asked(policy, facts)
    for risk in policy.risk:
        if policy.rank(risk.tier) > policy.rank(name) and _holds(risk.when, facts):
            name, rule = risk.tier, f"risk:{risk.id}"
    if too_many_subjects(policy, facts):
        floor, floor_rule = policy.top, "budget:subject, more people than can be counted"
    if floor and policy.rank(floor) > policy.rank(name):
        name, rule = floor, floor_rule or "floor"
    auto = policy.tiers[name].auto_approve and facts.requester.assurance != "unverified"
    if not auto and not policy.tiers[name].quorum.all_of:
        name = next(n for n, t in policy.tiers.items() if policy.rank(n) > policy.rank(name) and t.quorum.all_of)
        rule = f"{rule}, but nobody vouches for the requester"
        auto = False
    return Assessment(name, rule, floor, auto)


def too_many_subjects(policy: ApprovalPolicy, facts: Facts) -> bool:
    """Whether a budget per person cannot be kept: who is not counted would be hidden behind those who are."""
    if not any(budget.per == "subject" for budget in policy.budgets):
        return False
    if any(len(item.subjects) > items.MAX_SUBJECTS for item in facts.items):
        return True
    return len({subject for item in facts.items for subject in item.subjects}) > MAX_SUBJECTS


Spent = dict[str, tuple[int, int, int]]


def spent(state: State, whose: str, facts: Facts, now: int) -> Spent:
    """Per window and whose sum: the records, entities and bytes that a new request brings it to, the largest of each.

    It is kept with the request, so that a later policy is held against what was opened before it and nothing else.
    """
    out: Spent = {}
    for budget, key, amount in charges(state.policy, whose, facts):
        usage = state.usage.get(key)
        used = usage.total(slice_of(budget, now)[1]) if usage else (0, 0, 0)
        _raise(out, window_of(budget), (used[0] + amount[0], used[1] + amount[1], used[2] + amount[2]))
    return out


def spent_before(state: State, request: Request, facts: Facts, now: int) -> Spent:
    """The same for a request that is open: as it was when it was opened, or, for a window that no budget had then, what
    was opened up to it."""
    out: Spent = {name: (records, found, size) for name, records, found, size in request.spent}
    for budget, key, amount in charges(state.policy, request.whose, facts):
        name = window_of(budget)
        if any(name == kept for kept, *_ in request.spent):
            continue
        usage = state.usage.get(key)
        until, oldest = slice_of(budget, request.created)[0], slice_of(budget, now)[1]
        used = usage.total(oldest, until) if usage else (0, 0, 0)  # its own share is in it, unless it is old by now
        _raise(out, name, (max(used[0], amount[0]), max(used[1], amount[1]), max(used[2], amount[2])))
    return out


def _raise(sums: Spent, name: str, amount: tuple[int, int, int]) -> None:
    old = sums.get(name, (0, 0, 0))
    sums[name] = (max(old[0], amount[0]), max(old[1], amount[1]), max(old[2], amount[2]))


def over_budget(policy: ApprovalPolicy, sums: Spent) -> tuple[str, str]:
    """The highest tier that an exceeded budget asks for, and which; ("", "") within all of them."""
    tier, rule = "", ""
    for budget in policy.budgets:
        limits = (budget.records, budget.entities, budget.size)
        over = any(limit and sum_ > limit for limit, sum_ in zip(limits, sums.get(window_of(budget), ()), strict=False))
        if over and (not tier or policy.rank(budget.tier) > policy.rank(tier)):
            tier, rule = budget.tier, f"budget:{budget.per}"
    return tier, rule


def charges(policy: ApprovalPolicy, whose: str, facts: Facts) -> Iterator[tuple[Budget, str, tuple[int, int, int]]]:
    """(budget, key, (records, entities, bytes)) of everything that a request counts against."""
    total = _amount(facts.items) if not facts.is_action else (1, 0, 0)
    for budget in policy.budgets:
        prefix = f"{window_of(budget)} "
        if budget.per == "requester":
            yield budget, prefix + whose, total
        elif budget.per == "destination":
            yield budget, prefix + facts.destination, total
        else:
            by_subject: dict[str, list[Item]] = {}
            for item in facts.items:
                for subject in item.subjects:
                    if subject in by_subject or len(by_subject) < MAX_SUBJECTS:
                        by_subject.setdefault(subject, []).append(item)
            for subject, held in by_subject.items():
                yield budget, prefix + subject, _amount(tuple(held))


def window_of(budget: Budget) -> str:
    """Name of the sums that a budget limits; budgets of one window and one ``per`` share them."""
    return f"{_width(budget)} {budget.per}"


def slice_of(budget: Budget, now: int) -> tuple[int, int]:
    """Start of the slice of the window that ``now`` is in, and of the oldest one that still counts."""
    width = _width(budget)
    return now // width * width, (now // width - BUCKETS) * width


def oldest_of(key: str, now: int) -> int:
    """Start of the oldest slice that still counts for a usage key."""
    width = int(key.split(" ", 1)[0])
    return (now // width - BUCKETS) * width


def quorum_of(policy: ApprovalPolicy, found: Assessment, sampled: bool) -> Quorum:
    """The quorum of an assessment: empty when approved by rule, one more person when drawn."""
    if found.auto:
        return Quorum((), 1)
    tier = policy.tiers[found.tier]
    quorum = tier.quorum.snapshot()
    if not sampled:
        return quorum
    group = tier.sample_group or quorum.all_of[0].group
    slots = [Slot(s.group, s.n + 1) if s.group == group else s for s in quorum.all_of]
    if all(s.group != group for s in slots):
        slots.append(Slot(group, 1))
    return Quorum(tuple(slots), quorum.deny_n)


def drawn(tier: Tier, nonce: str) -> bool:
    """Whether the request is in the random sample; the gate's nonce decides, so a requester cannot aim."""
    share = int.from_bytes(hashlib.sha256(f"sample.v1 {nonce}".encode()).digest()[:8], "big") / 2**64
    return share < tier.sample


def is_stricter(new: Quorum, old: Quorum) -> bool:
    """Whether the new quorum asks for anything that the old one did not."""
    had: dict[str, int] = {}
    wants: dict[str, int] = {}
    for target, quorum in ((had, old), (wants, new)):
        for slot in quorum.all_of:
            target[slot.group] = target.get(slot.group, 0) + slot.n
    return any(n > had.get(group, 0) for group, n in wants.items()) or new.deny_n < old.deny_n


def _asked(policy: ApprovalPolicy, facts: Facts) -> tuple[str, str]:
    default = policy.default_tier or policy.top
    if not facts.is_action:
        if not facts.asked_tier:
            return default, "default tier"
        return policy.highest(facts.asked_tier), "export rule"
    rule = policy.verbs.get(facts.verb)
    if rule is not None:
        return rule.tier, f"verb:{facts.verb}"
    return policy.top, f"verb:{facts.verb}" if facts.verb in BUILT_IN_VERBS else "verb that no rule names"


def _holds(when: When, facts: Facts) -> bool:
    requester, entities = facts.requester, facts.entities()
    return bool(
        (not when.verbs or facts.verb in when.verbs)
        and (not when.destinations or facts.destination in when.destinations)
        and (not when.requester_kinds or requester.kind in when.requester_kinds)
        and (not when.assurance or requester.assurance in when.assurance)
        and (not when.entities or set(when.entities) & set(entities))
        and sum(entities.values()) >= when.min_entities
        and len(facts.items) >= when.min_records
        and (when.novel is None or when.novel == facts.novel)
        and (when.raw is None or when.raw == any(item.raw for item in facts.items))
    )


def _amount(items: tuple[Item, ...]) -> tuple[int, int, int]:
    entities = sum(count for item in items for _, count in item.entities)
    return len(items), entities, sum(item.size for item in items)


def _width(budget: Budget) -> int:
    return max(1, int(budget.window * 1000) // BUCKETS)
