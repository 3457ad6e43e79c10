"""What the policy's exports say to a decision: tiers of rules and destinations, who writes a topic, who owns it.

The worker reads the conditions of the rules, on the record; here is only what can be judged again when all that is left
of the record is an item. Where the rules changed since, every rule that may be meant counts, with the highest tier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field

from maskgate.approvals.model import Action, Item, Request, Requester
from maskgate.base.globs import any_matches
from maskgate.crypto import canonical
from maskgate.people.principal import Kind, Principal

BY_HEADER = "header"  # the rule of a record that asked for its export itself


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class RuleTier(_Model):
    """An export rule: its tier ("" = the default), which records it can be about, and a digest of all it says."""

    id: str
    tier: str = ""
    topics: tuple[str, ...] = ()
    destination: str = ""
    raw: bool | None = None
    digest: str = ""


class Target(_Model):
    """A destination: its tier, and whether originals may go there."""

    tier: str = ""
    allow_raw: bool = False


class Account(_Model):
    """An account that the policy names."""

    iss: str
    sub: str
    kind: Kind = "service"

    def principal(self) -> Principal:
        return Principal(self.iss, self.sub)


class ExportRules(_Model):
    """The exports of a policy."""

    by_header: bool = True
    rules: tuple[RuleTier, ...] = ()
    destinations: dict[str, Target] = Field(default_factory=dict)
    principals: dict[str, Account] = Field(default_factory=dict)
    owners: dict[str, tuple[Account, ...]] = Field(default_factory=dict)

    def target(self, destination: str) -> Target:
        """What holds for a destination; one that nobody describes takes no originals."""
        return self.destinations.get(destination, Target())

    def about(self, action: Action, items: Sequence[Item]) -> str:
        """A digest of every rule that may be about these items: where it differs, another one may be meant now."""
        rules = [rule.digest for rule in self.rules if _may_mean(rule, action, items)]
        return canonical.digest(["export-rules.v1", self.by_header, rules])[:16]

    def tiers(self, request: Request) -> tuple[str, ...]:
        """Tiers that are proposed for an export, "" for the default; none: no rule can be meant any more.

        Where the rules are those it was opened under the same one is meant; else every rule that may be.
        """
        if request.export_rules == self.about(request.action, request.items):
            return self.least(request.items[0].rule, request.action.destination)
        ways = [rule.tier for rule in self.rules if _may_mean(rule, request.action, request.items)]
        return self._with_target(["", *ways] if self.by_header else ways, request.action.destination)

    def least(self, rule: str, destination: str) -> tuple[str, ...]:
        """Tiers that the export of a rule has at least, whatever a worker proposed that read an older policy."""
        ways = [""] if rule == BY_HEADER else [r.tier for r in self.rules if r.id == rule]
        return self._with_target(ways, destination)

    def _with_target(self, ways: Sequence[str], destination: str) -> tuple[str, ...]:
        target = self.target(destination).tier
        return tuple(tier for way in ways for tier in ((way, target) if way and target else (way or target,)))

    def requester(self, request: Request) -> Requester:
        """Who asks, as far as the policy vouches now: another writer of the topic means that nobody does."""
        old = request.requester
        topics = dict.fromkeys(item.source.topic for item in request.items)
        owners = [a.principal() for topic in topics for a in self._owners(topic)]
        if old.assurance == "acl" and topics and not all(self._writes(old, topic) for topic in topics):
            behind = [old.principal, *old.on_behalf_of, *([old.owner] if old.owner else []), *old.declared]
            return Requester("unverified", next(iter(topics)), declared=tuple(dict.fromkeys((*behind, *owners))))
        if old.assurance == "unverified" and owners:
            return replace(old, declared=tuple(dict.fromkeys((*old.declared, *owners))))
        return old

    def _writes(self, requester: Requester, topic: str) -> bool:
        account = self.principals.get(topic)
        return account is not None and account.principal() == requester.principal and account.kind == requester.kind

    def _owners(self, topic: str) -> list[Account]:
        return [a for glob, accounts in self.owners.items() if fnmatchcase(topic, glob) for a in accounts]


def _may_mean(rule: RuleTier, action: Action, items: Sequence[Item]) -> bool:
    return (
        rule.destination in ("", action.destination)
        and rule.raw in (None, action.raw)
        and all(any_matches(rule.topics, item.source.topic) for item in items)
    )
