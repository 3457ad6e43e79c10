"""Whether a policy asks for at least as much as another one in all that it says: what one admin may publish alone.

It is a proof, not a guess. Freezes, budgets, tiers and deadlines are compared; whatever is not compared here, masking
and detection first of all, must be the same in both, so that a part which a later version adds counts as looser.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pydantic import BaseModel

from maskgate.approvals.decisions import risk
from maskgate.approvals.rules import ApprovalPolicy, Budget, Freeze, Tier
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.model import Exports

_NAMES_ONLY = {"revision", "description", "tests"}  # of a policy: say nothing about what is done
_TIER = {"quorum", "expires", "release_ttl", "auto_approve", "session_votes", "sample", "sample_group"}
_BUDGET = {"per", "window", "records", "entities", "size", "tier"}
_FREEZE = {"id", "start", "end", "verbs", "destinations"}
_PARTS = {"tiers", "default_tier", "risk", "budgets", "caps", "freeze", "break_glass", "verbs", "session_votes"}
_APPROVALS = _PARTS | {"enrolment_cooling"}


def looser(old: CompiledPolicy, new: CompiledPolicy) -> str:
    """The first part of the new policy that is not proven to be as strict as the old one; empty where all of it is."""
    return next(_problems(old, new), "")


def _problems(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[str]:
    if _masking(old) != _masking(new):
        yield "what is found and how it is masked is another"
    was, now = old.approvals, new.approvals
    if list(was.tiers) != list(now.tiers):
        yield "approvals.tiers: other names, or another order"
        return
    yield from _exports(old.exports, new.exports)
    yield from _tiers(was, now)
    yield from _limits(was, now)
    yield from _windows(was, now)
    before, after = _ranks(was, old.exports), _ranks(now, new.exports)
    yield from (f"{place}: a lower tier, or none" for place, rank in before.items() if after.get(place, -1) < rank)
    if after != before or was.budgets != now.budgets:
        yield from _unordered(now)


def _masking(policy: CompiledPolicy) -> list[object]:
    without = {"approvals", "exports"} | _NAMES_ONLY
    return [part.policy.model_dump(mode="json", exclude=without, exclude_unset=True) for part in policy.chain]


def _others(was: BaseModel, now: BaseModel, compared: set[str]) -> bool:
    """Whether the parts differ that nobody compares."""
    return was.model_dump(exclude=compared) != now.model_dump(exclude=compared)


# --- exports


def _exports(was: Exports, now: Exports) -> Iterator[str]:
    if _without_tiers(was) != _without_tiers(now):
        yield "exports: other rules, destinations, writers or owners"
        return
    for alias, target in now.destinations.items():
        if target.allow_raw and not was.destinations[alias].allow_raw:
            yield f"exports.destinations.{alias}: originals may go there"


def _without_tiers(exports: Exports) -> object:
    tree = exports.model_dump(mode="json")
    for rule in tree["rules"]:
        del rule["tier"]
    for target in tree["destinations"].values():
        del target["tier"], target["allow_raw"]
    return tree


# --- tiers


def _tiers(was: ApprovalPolicy, now: ApprovalPolicy) -> Iterator[str]:
    for name, new in now.tiers.items():
        old, place = was.tiers[name], f"approvals.tiers.{name}"
        strangers = _for_strangers(was, name), _for_strangers(now, name)
        if _later(old, new) or _later(*strangers) or _others(old, new, _TIER):
            yield f"{place}: a later deadline, or other settings"
        if new.auto_approve and not old.auto_approve:
            yield f"{place}: approved by rule"
        if not old.auto_approve and _fewer_people(old, new):
            yield f"{place}: {_fewer_people(old, new)}"
        if why := _fewer_people(*strangers):
            yield f"{place}, for who is not vouched for: {why}"


def _later(old: Tier, new: Tier) -> bool:
    return new.expires > old.expires or new.release_ttl > old.release_ttl


def _fewer_people(old: Tier, new: Tier) -> str:
    """What a request of the old tier needs of people that one of the new tier does not."""
    if risk.is_stricter(old.quorum.snapshot(), new.quorum.snapshot()):
        return "fewer persons agree, or more have to deny"
    if new.session_votes and not old.session_votes:
        return "votes without a key of the reviewer's own"
    if new.sample < old.sample or (old.sample and _sampled(new) != _sampled(old)):
        return "a smaller or another sample"
    return ""


def _sampled(tier: Tier) -> str:
    return tier.sample_group or next((slot.group for slot in tier.quorum.all_of), "")


def _for_strangers(policy: ApprovalPolicy, name: str) -> Tier:
    """The tier that decides where no rule may: the first one from here up that asks somebody."""
    names = list(policy.tiers)
    return next(tier for n in names[names.index(name) :] if (tier := policy.tiers[n]).quorum.all_of)


def _unordered(policy: ApprovalPolicy) -> Iterator[str]:
    """Tiers of which the higher one does not ask for all that the lower one asks for: a higher tier proves nothing."""
    for (low, lower), (high, higher) in pairwise(policy.tiers.items()):
        if higher.auto_approve and not lower.auto_approve:
            yield f"a higher tier is given, and tier {high} is approved by rule where {low} is not"
        if why := _fewer_people(_for_strangers(policy, low), _for_strangers(policy, high)):
            yield f"a higher tier is given, and tier {high} does not ask for all that {low} does: {why}"


# --- everything that names a tier


def _ranks(policy: ApprovalPolicy, exports: Exports) -> dict[str, int]:
    """Per place that sets a tier, how high it is."""
    out: dict[str, int] = {}
    for place, tier in _places(policy, exports):
        out[place] = max(out.get(place, 0), policy.rank(tier))
    return out


def _places(policy: ApprovalPolicy, exports: Exports) -> Iterator[tuple[str, str]]:
    default = policy.default_tier or policy.top
    yield "approvals.default_tier", default
    yield from ((f"approvals.verbs.{verb}", rule.tier) for verb, rule in policy.verbs.items())
    for risky in policy.risk:
        yield f"approvals.risk {risky.model_dump_json(exclude={'id', 'tier'}, exclude_defaults=True)}", risky.tier
    for alias, target in exports.destinations.items():
        for name, stated in (("header", None), *((rule.id, rule.tier) for rule in exports.rules)):
            tiers = [tier for tier in (stated, target.tier) if tier and tier != "default"] or [default]
            yield f"exports of {name} to {alias}", policy.highest(*tiers)


def _limits(was: ApprovalPolicy, now: ApprovalPolicy) -> Iterator[str]:
    for old in was.budgets:
        if not any(_within(old, new, now) for new in now.budgets):
            yield f"approvals.budgets per {old.per}: higher, or not there"
    if _others(was.caps, now.caps, {"open_per_requester"}) or now.caps.open_per_requester > was.caps.open_per_requester:
        yield "approvals.caps: other or higher ones"
    if set(was.verbs) != set(now.verbs):
        yield "approvals.verbs: other ones"
    for verb in set(was.verbs) & set(now.verbs):
        old_verb, new_verb = was.verbs[verb], now.verbs[verb]
        if new_verb.permit_ttl > old_verb.permit_ttl or _others(old_verb, new_verb, {"tier", "permit_ttl"}):
            yield f"approvals.verbs.{verb}: its permit lasts longer, or other settings"
    if _others(was, now, _APPROVALS):
        yield "approvals: other settings"


def _within(old: Budget, new: Budget, policy: ApprovalPolicy) -> bool:
    """Whether whatever is over the old budget is over the new one."""
    if (old.per, old.window) != (new.per, new.window) or policy.rank(new.tier) < policy.rank(old.tier):
        return False
    if _others(old, new, _BUDGET):
        return False
    limits = ((getattr(old, name), getattr(new, name)) for name in ("records", "entities", "size"))
    return all(not had or 0 < has <= had for had, has in limits)


# --- times and exceptions


def _windows(was: ApprovalPolicy, now: ApprovalPolicy) -> Iterator[str]:
    for freeze in was.freeze:
        if not any(_holds_as_much(freeze, other) for other in now.freeze):
            yield f"approvals.freeze {freeze.id}: shorter, narrower, or lifted"
    if now.break_glass is not None and now.break_glass != was.break_glass:
        yield "approvals.break_glass: another one"
    if now.session_votes and not was.session_votes:
        yield "approvals.session_votes: votes without a key of the reviewer's own"
    if now.enrolment_cooling < was.enrolment_cooling:
        yield "approvals.enrolment_cooling: shorter"


def _holds_as_much(old: Freeze, new: Freeze) -> bool:
    def wider(had: tuple[str, ...], has: tuple[str, ...]) -> bool:
        return not has or (bool(had) and set(had) <= set(has))

    inside = new.start <= old.start and old.end <= new.end and not _others(old, new, _FREEZE)
    return inside and wider(old.verbs, new.verbs) and wider(old.destinations, new.destinations)
