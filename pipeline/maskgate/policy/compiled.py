"""A policy ready for use: rules in order, indexed by topic, path and entity, with the decisions that were made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from maskgate.approvals.rules import ApprovalPolicy
from maskgate.base.config import Settings
from maskgate.base.errors import PolicyError
from maskgate.base.globs import any_matches
from maskgate.base.records import Header, PolicyRef
from maskgate.operators.base import Action
from maskgate.operators.keep import Keep
from maskgate.operators.replace import Replace
from maskgate.policy import source as sources
from maskgate.policy.detection import engine_config
from maskgate.policy.globs import PathIndex
from maskgate.policy.levels import RANK, level_of
from maskgate.policy.model import Exports, KeyPart, Policy, Rule, Tools, TopicPart
from maskgate.policy.source import Source
from maskgate_detectors import EngineConfig

_CACHED_PATHS = 50_000  # per view; document keys may be of any number, memory is not


@dataclass(frozen=True)
class FlatRule:
    """A rule with its place in the order and in its file."""

    rule: Rule
    order: int
    topics: tuple[str, ...]
    where: str  # file:line

    @property
    def id(self) -> str:
        return self.rule.id


@dataclass(frozen=True)
class Decision:
    """What is done with a finding, and which rule says so."""

    rule_id: str
    action: Action
    where: str = ""


class View:
    """The rules for one topic and one set of header conditions (and one destination)."""

    def __init__(self, policy: CompiledPolicy, rules: Sequence[FlatRule], default: Decision) -> None:
        self._policy = policy
        self._rules = {r.order: r for r in rules}
        self._index = PathIndex((r.order, glob) for r in rules for glob in r.rule.path)
        self._anywhere = [r for r in rules if not r.rule.path]
        self._by_entity: dict[str, list[FlatRule]] = {}
        self._paths: dict[str, frozenset[int]] = {}
        self._with_path: dict[str, list[FlatRule]] = {}
        self.default = default
        self.rules = tuple(rules)
        self.always = [r for r in rules if r.rule.always]

    def at_path(self, path: str) -> frozenset[int]:
        """Orders of the rules whose path globs fit."""
        found = self._paths.get(path)
        if found is None:
            if len(self._paths) >= _CACHED_PATHS:
                self._paths.clear()
            found = self._paths[path] = frozenset(self._index.find(path))
        return found

    def candidates(self, path: str, entity: str, score: float, detector: str) -> list[FlatRule]:
        """Rules that fit, first one first, up to the first that has no condition left to look at."""
        general = self._by_entity.get(entity)
        if general is None:
            general = [r for r in self._anywhere if self._fits_entity(r.rule, entity)]
            if len(self._by_entity) > 10_000:
                self._by_entity.clear()
            self._by_entity[entity] = general
        placed = [self._rules[n] for n in self.at_path(path)]
        fitting = [r for r in placed if self._fits_entity(r.rule, entity)]
        out = []
        for rule in sorted([*fitting, *general], key=lambda r: r.order):
            if rule.rule.score is not None and score < rule.rule.score:
                continue
            if rule.rule.detector and not any_matches(rule.rule.detector, detector):
                continue
            out.append(rule)
            if rule.rule.when is None:
                break
        return out

    def _fits_entity(self, rule: Rule, entity: str) -> bool:
        if rule.level is not None and RANK[self._policy.level(entity)] < RANK[rule.level]:
            return False
        return any_matches(rule.entity, entity)


class CompiledPolicy:
    """A checked policy with its profiles; immutable."""

    def __init__(self, chain: Sequence[Source]) -> None:
        self.chain = tuple(chain)
        self.policy: Policy = chain[0].policy
        self.text: bytes = chain[0].text
        self.name = chain[0].name
        parts = [part for s in chain for part in (s.text, *(digest.encode() for _, digest in s.files))]
        digest = hashlib.sha256(b"\0".join(parts)).hexdigest()
        self.ref = PolicyRef(self.policy.id, self.policy.revision or digest[:12], digest)
        self.levels: dict[str, str] = {}
        for part in reversed(self.chain):
            self.levels.update(part.policy.levels)
        self.rules = tuple(self._flatten())
        self.conditions = self._header_conditions()
        self._views: dict[tuple[str, tuple[bool, ...], str], View] = {}

    # -- what was written ------------------------------------------------------------------------------------------

    @property
    def exports(self) -> Exports:
        """The `exports:` section of the nearest policy in the chain that has one."""
        return self._first("exports") or Exports()

    @property
    def keys(self) -> KeyPart:
        """How record keys are treated."""
        return self._first("keys") or KeyPart()

    @property
    def tools(self) -> Tools:
        """The `tools:` section of the nearest policy in the chain that has one."""
        return self._first("tools") or Tools()

    @cached_property
    def approvals(self) -> ApprovalPolicy:
        """The `approvals:` section, or the built-in one.

        Raises:
            PolicyError: it says what it cannot say.
        """
        for part in self.chain:
            if part.policy.approvals is None:
                continue
            try:
                return ApprovalPolicy.model_validate(part.policy.approvals)
            except ValidationError as error:
                messages = []
                for item in error.errors(include_url=False, include_input=False, include_context=False):
                    loc = ("approvals", *(str(p) for p in item["loc"]))
                    line, _ = sources.line_of(part.lines, loc)
                    messages.append(f"{part.name}{f':{line}' if line else ''}: {'.'.join(loc)}: {item['msg']}")
                raise PolicyError("\n".join(messages)) from None
        return ApprovalPolicy()

    def _first(self, field: str) -> Any:
        return next((getattr(s.policy, field) for s in self.chain if field in s.policy.model_fields_set), None)

    def level(self, entity: str) -> str:
        """How sensitive an entity is; one that nobody judged counts as high or critical."""
        return self.levels.get(entity) or level_of(entity)

    def _flatten(self) -> Iterable[FlatRule]:
        order = 0
        for part in self.chain:
            for glob, topic in part.policy.topics.items():
                for i, rule in enumerate(topic.rules):
                    yield self._flat(rule, order, (glob,), part, ("topics", glob, "rules", str(i)))
                    order += 1
            for i, rule in enumerate(part.policy.rules):
                yield self._flat(rule, order, rule.topic, part, ("rules", str(i)))
                order += 1

    def _flat(self, rule: Rule, order: int, topics: tuple[str, ...], part: Source, loc: tuple[str, ...]) -> FlatRule:
        line, _ = sources.line_of(part.lines, loc)
        return FlatRule(rule, order, topics, f"{part.name}:{line}" if line else part.name)

    # -- deciding --------------------------------------------------------------------------------------------------

    def _header_conditions(self) -> tuple[tuple[str, str], ...]:
        seen: dict[tuple[str, str], None] = {}
        for flat in self.rules:
            seen.update(dict.fromkeys(flat.rule.header.items()))
        for destination in self.exports.destinations.values():
            for rule in destination.masking:
                seen.update(dict.fromkeys(rule.header.items()))
        return tuple(seen)

    def view(self, topic: str, headers: Sequence[Header] = (), destination: str = "") -> View:
        """The rules that hold for records of this topic with these headers."""
        holds = tuple(header_holds(name, value, headers) for name, value in self.conditions)
        key = (topic, holds, destination)
        found = self._views.get(key)
        if found is None:
            if len(self._views) > 1_000:
                self._views.clear()
            found = self._views[key] = self._make_view(topic, holds, destination)
        return found

    def _make_view(self, topic: str, holds: tuple[bool, ...], destination: str) -> View:
        truth = dict(zip(self.conditions, holds, strict=True))

        def fits(rule: Rule, topics: tuple[str, ...]) -> bool:
            return any_matches(topics, topic) and all(truth[item] for item in rule.header.items())

        if destination:
            target = self.exports.destinations[destination]
            flat = [
                FlatRule(rule, i, rule.topic, f"exports.destinations.{destination}")
                for i, rule in enumerate(target.masking)
                if fits(rule, rule.topic)
            ]
            return View(self, flat, Decision(f"{destination}/default", target.default or Keep()))
        return View(self, [f for f in self.rules if fits(f.rule, f.topics)], self.default(topic))

    def default(self, topic: str) -> Decision:
        """What is done with findings of this topic that no rule matches."""
        for part in self.chain:
            topics: Mapping[str, TopicPart] = part.policy.topics
            for glob, inner in topics.items():
                if inner.default is not None and any_matches((glob,), topic):
                    return Decision("default", inner.default, part.name)
            if part.policy.default is not None:
                return Decision("default", part.policy.default, part.name)
        return Decision("default", Replace.model_validate({}))

    @cached_property
    def has_languages(self) -> bool:
        """Whether some topic says in which language its prose is."""
        return any(t.language for part in self.chain for t in part.policy.topics.values())

    def language(self, topic: str) -> str | None:
        """The language of the prose in a topic, where the policy says it."""
        found = (
            inner.language
            for part in self.chain
            for glob, inner in part.policy.topics.items()
            if inner.language is not None and any_matches((glob,), topic)
        )
        return next(found, None)

    def engine_config(self, settings: Settings | None = None) -> EngineConfig:
        """What the engine is told: the settings, and over them what the policy says."""
        return engine_config(self.chain, settings or Settings())

    def describe(self) -> str:
        """The resolved policy as JSON, for diffs."""
        return json.dumps([s.policy.model_dump(mode="json", exclude_unset=True) for s in self.chain], sort_keys=True)


def header_holds(name: str, wanted: str, headers: Sequence[Header]) -> bool:
    """Whether some header of this name has the value (``*``: any)."""
    return any(
        n == name and (wanted == "*" or (v is not None and v.decode("utf-8", "replace") == wanted)) for n, v in headers
    )
