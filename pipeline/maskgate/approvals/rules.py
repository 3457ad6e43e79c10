"""The part of the policy that says who must agree: ``approvals:`` in the policy file.

Tiers are listed from low to high; the order is their rank. A risk rule, a budget or novelty can only raise a tier.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from maskgate.approvals import model
from maskgate.base.config import Duration, Size
from maskgate.people.principal import Kind


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class SlotRule(_Model):
    """``n`` different persons of ``group``."""

    group: str = Field(min_length=1, description="Group of the people registry")
    n: int = Field(1, ge=1, le=20, description="Different persons of it")


class QuorumRule(_Model):
    """Who must agree: every slot, each person one slot."""

    all_of: tuple[SlotRule, ...] = Field((), description="All of these slots must be filled")
    deny_n: int = Field(1, ge=1, description="So many denials end the request")

    def snapshot(self) -> model.Quorum:
        """The frozen form that goes into a request."""
        return model.Quorum(tuple(model.Slot(slot.group, slot.n) for slot in self.all_of), self.deny_n)


class Tier(_Model):
    """One level of risk: who must agree and for how long."""

    quorum: QuorumRule = Field(default_factory=QuorumRule, description="Who must agree")
    expires: Duration = Field(86400.0, gt=0, description="How long a request may wait for its votes")
    release_ttl: Duration = Field(3600.0, gt=0, description="How long an approval may wait for its release")
    auto_approve: bool = Field(False, description="Approved by rule, without votes; never for unverified requesters")
    session_votes: bool = Field(False, description="Votes signed only by the console's session count")
    sample: float = Field(0.0, ge=0, le=1, description="Share of requests that need one more person")
    sample_group: str = Field("", description="Group of that person; empty: the group of the first slot")

    @model_validator(mode="after")
    def _somebody_decides(self) -> Self:
        if not self.auto_approve and not self.quorum.all_of:
            raise ValueError("a tier needs quorum.all_of, or auto_approve: true")
        return self


class When(_Model):
    """All that is given must hold."""

    verbs: tuple[str, ...] = Field((), description="Verbs")
    destinations: tuple[str, ...] = Field((), description="Destination aliases")
    requester_kinds: tuple[Kind, ...] = Field((), description="human, agent, service, unknown")
    assurance: tuple[model.Assurance, ...] = Field((), description="signed, acl, intake, unverified")
    entities: tuple[str, ...] = Field((), description="Any of these entities was found")
    min_entities: int = Field(0, ge=0, description="At least so many findings")
    min_records: int = Field(0, ge=0, description="At least so many records")
    novel: bool | None = Field(None, description="First request of this requester to this destination")
    raw: bool | None = Field(None, description="Raw fields are asked for")


class RiskRule(_Model):
    """Raises the tier of what it matches."""

    id: str = Field(min_length=1, description="Name of the rule, shown to the reviewer")
    when: When = Field(default_factory=When, description="Condition")
    tier: str = Field(description="Tier at least")


class Budget(_Model):
    """A sliding window over everything that was asked for; over it a request is held at ``tier``."""

    per: Literal["requester", "subject", "destination"] = Field(description="Whose sum")
    window: Duration = Field(86400.0, gt=0, description="Length of the window")
    records: int = Field(0, ge=0, description="Most records in the window; 0: not limited")
    entities: int = Field(0, ge=0, description="Most findings in the window; 0: not limited")
    size: Size = Field(0, description="Most bytes in the window; 0: not limited")
    tier: str = Field(description="Tier of what is over the budget")

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if not (self.records or self.entities or self.size):
            raise ValueError("a budget limits records, entities or size")
        return self


class Caps(_Model):
    """Limits against floods."""

    open_per_requester: int = Field(10, ge=1, description="Open requests a requester; over it nobody is paged")
    items_per_request: int = Field(500, ge=1, le=500, description="Items a request")
    bytes_per_request: Size = Field(8 << 20, description="Bytes a request")


def _instant(value: object) -> object:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return value


class Freeze(_Model):
    """Between ``start`` and ``end`` nothing matching is released or approved by rule."""

    id: str = Field(min_length=1, description="Name, shown when something waits for it")
    start: Annotated[datetime, BeforeValidator(_instant)] = Field(description="ISO 8601 with offset")
    end: Annotated[datetime, BeforeValidator(_instant)] = Field(description="ISO 8601 with offset")
    verbs: tuple[str, ...] = Field((), description="Verbs; empty: all")
    destinations: tuple[str, ...] = Field((), description="Destination aliases; empty: all")

    @model_validator(mode="after")
    def _aware_and_ordered(self) -> Self:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("freeze times need an offset, for example 2026-12-24T00:00:00Z")
        if self.end <= self.start:
            raise ValueError("freeze.end is not after freeze.start")
        return self

    def covers(self, verb: str, destination: str, now_ms: int) -> bool:
        """Whether the window is open now for this verb and destination."""
        if not self.start.timestamp() * 1000 <= now_ms < self.end.timestamp() * 1000:
            return False
        return (not self.verbs or verb in self.verbs) and (not self.destinations or destination in self.destinations)


class BreakGlass(_Model):
    """Who may release without the quorum, and who reviews it afterwards."""

    group: str = Field(min_length=1, description="Group whose persons may break the glass")
    time_box: Duration = Field(900.0, gt=0, description="How long the release stays possible")
    review: QuorumRule = Field(description="Who ratifies or condemns it")
    review_due: Duration = Field(72 * 3600.0, gt=0, description="When the review is overdue; it stays open")
    verbs: tuple[str, ...] = Field((), description="Only these verbs; empty: all")

    @model_validator(mode="after")
    def _reviewed_by_somebody(self) -> Self:
        if not self.review.all_of:
            raise ValueError("break_glass.review needs at least one slot")
        return self


class VerbRule(_Model):
    """What holds for one verb."""

    tier: str = Field(description="Tier at least")
    permit_ttl: Duration = Field(600.0, gt=0, description="How long a permit may be used")


# Verbs that exist without being declared; their tier is the highest unless the policy says otherwise.
BUILT_IN_VERBS = ("privilege.escalate", "unmask")


class ApprovalPolicy(_Model):
    """Tiers, risk rules, budgets, caps, freezes and break-glass."""

    tiers: dict[str, Tier] = Field(
        default_factory=lambda: {
            "standard": Tier(quorum=QuorumRule(all_of=(SlotRule(group="reviewers"),))),
            "high": Tier(quorum=QuorumRule(all_of=(SlotRule(group="reviewers", n=2),))),
        },
        min_length=1,
        description="From low to high",
    )
    default_tier: str = Field("", description="Tier where nothing else says; empty: the highest")
    risk: tuple[RiskRule, ...] = Field((), description="Rules that raise the tier")
    budgets: tuple[Budget, ...] = Field((), description="Cumulative limits")
    caps: Caps = Field(default_factory=Caps, description="Limits against floods")
    freeze: tuple[Freeze, ...] = Field((), description="Windows in which nothing leaves")
    break_glass: BreakGlass | None = Field(None, description="Emergency release; none: not possible")
    verbs: dict[str, VerbRule] = Field(default_factory=dict, description="Verbs of actions")
    escalate_at: tuple[int, ...] = Field((50, 80), description="Per cent of the waiting time at which somebody is told")
    session_votes: bool = Field(False, description="Whether any tier may count session votes")
    enrolment_cooling: Duration = Field(
        86400.0,
        ge=0,
        le=30 * 86400.0,
        description="How long a new voter needs somebody else's vote, whom the same admin did not make",
    )

    @property
    def cooling_ms(self) -> int:
        """The cooling time of new voters in milliseconds."""
        return int(self.enrolment_cooling * 1000)

    @model_validator(mode="after")
    def _known_tiers(self) -> Self:
        named = [self.default_tier or next(reversed(self.tiers))]
        named += [rule.tier for rule in self.risk] + [budget.tier for budget in self.budgets]
        named += [verb.tier for verb in self.verbs.values()]
        for name in named:
            if name not in self.tiers:
                raise ValueError(f"unknown tier '{name}'; tiers: {', '.join(self.tiers)}")
        if not self.tiers[self.top].quorum.all_of:
            raise ValueError(f"the highest tier '{self.top}' needs quorum.all_of: somebody decides what no rule may")
        if any(not 0 < percent < 100 for percent in self.escalate_at):
            raise ValueError("escalate_at holds per cents between 1 and 99")
        return self

    def rank(self, tier: str) -> int:
        """Position of a tier, 0 = lowest; an unknown one counts as the highest."""
        names = list(self.tiers)
        return names.index(tier) if tier in names else len(names) - 1

    def highest(self, *tiers: str) -> str:
        """The highest of these tiers; unknown names count as the highest there is."""
        return list(self.tiers)[max(self.rank(tier) for tier in tiers)]

    @property
    def top(self) -> str:
        return next(reversed(self.tiers))

    def groups(self) -> dict[str, int]:
        """Every group that some quorum names → the most persons it asks of it."""
        out: dict[str, int] = {}
        quorums = [tier.quorum for tier in self.tiers.values()]
        quorums += [self.break_glass.review] if self.break_glass else []
        for quorum in quorums:
            for slot in quorum.all_of:
                out[slot.group] = max(out.get(slot.group, 0), slot.n)
        return out
