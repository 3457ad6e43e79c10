"""What is wrong with a policy: refused at load, or warned about by ``maskgate policy check``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from maskgate.base.errors import ConfigurationError, PolicyError
from maskgate.base.globs import any_matches
from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action
from maskgate.operators.partial import Partial
from maskgate.policy import slow
from maskgate.policy.compiled import CompiledPolicy, FlatRule
from maskgate.policy.conditions import program
from maskgate.policy.detection import where as stated_at
from maskgate.policy.globs import PathIndex
from maskgate.policy.record_keys import equal_keys
from maskgate.policy.source import line_of
from maskgate_detectors import CustomRule, DetectorError
from maskgate_detectors.model import registry
from maskgate_detectors.model.registry import compile_re2

# Operators that leave something of the value, or a way back to it: not for credentials.
_WEAK = frozenset({"keep", "partial", "generalize", "pseudonym", "fpe", "tokenize", "date_shift"})


def refuse(policy: CompiledPolicy) -> None:
    """Refuse what cannot work at all.

    Raises:
        PolicyError: two rules with one id, an export to an alias that is not declared, approvals or detection that
            cannot be used.
    """
    seen: dict[str, str] = {}
    for flat in policy.rules:
        if flat.id in seen:
            raise PolicyError(f"{flat.where}: rule id '{flat.id}' is taken by {seen[flat.id]}")
        seen[flat.id] = flat.where
    _ = policy.approvals  # a gate that finds out when it loads them has nothing to go on with
    names = [rule.id for rule in policy.tools.rules]
    if twice := {name for name in names if names.count(name) > 1}:
        raise PolicyError(f"{policy.name}: tools: two rules have the id '{min(twice)}'")
    exports = policy.exports
    for rule in exports.rules:
        if rule.destination is not None and rule.destination not in exports.destinations:
            known = ", ".join(exports.destinations) or "none"
            raise PolicyError(
                f"{policy.name}: export rule '{rule.id}': no destination '{rule.destination}'; there are: {known}"
            )
    _refuse_detection(policy)


def _refuse_detection(policy: CompiledPolicy) -> None:
    """Raise what the engine would say about the policy's own rules and lists, before anything runs.

    Raises:
        PolicyError: a custom rule or list that cannot be used.
    """
    for source in policy.chain:
        for i, part in enumerate(source.policy.detection.allow):
            if part.pattern is not None:
                try:
                    compile_re2(part.pattern, f"detection.allow.{i}.pattern")
                except DetectorError as error:
                    raise PolicyError(f"{stated_at(source, 'allow', i)}: {error}") from None
    if not any(s.policy.detection.custom for s in policy.chain):
        return
    from maskgate_detectors.engine import custom

    own = policy.engine_config().custom
    try:
        custom.check_ids(own, registry.load())
    except DetectorError as error:
        raise PolicyError(str(error)) from None
    for rule in own:
        try:
            built = custom.build(rule) if isinstance(rule, CustomRule) else rule
            registry.Compiled(built, 0).prepare()
        except DetectorError as error:
            text = str(error)
            where = rule.origin if isinstance(rule, CustomRule) else policy.name
            raise PolicyError(text if text.startswith(where) else f"{where}: detection.custom: {text}") from None


@dataclass(frozen=True)
class Warning_:
    """Something that works and is probably not what was meant."""

    where: str
    code: str
    text: str


def lint(
    policy: CompiledPolicy, keyring: Keyring | None = None, published: CompiledPolicy | None = None
) -> list[Warning_]:
    """Warnings, in the order of the file; ``published`` is the policy that roles of this host took from the topic."""
    out = [
        *_unreachable(policy),
        *_never_fits(policy),
        *_detection(policy),
        *_weak(policy),
        *_conditions(policy),
        *_exports(policy),
        *_equal_keys(policy),
    ]
    if keyring is not None:
        out += _keys(policy, keyring)
    if published is not None and published.ref.digest != policy.ref.digest:
        ref = published.ref
        text = (
            f"policies are published here, and {ref.id} {ref.version} ({ref.digest[:12]}) is in force: "
            "edits of this file are ignored until `maskgate policy publish`"
        )
        out.append(Warning_(policy.name, "not-in-force", text))
    return out


def _covers(first: FlatRule, second: FlatRule) -> bool:
    """Whether the first rule takes everything that the second could get."""
    a, b = first.rule, second.rule
    if a.when or a.header or a.always or b.always:
        return False
    if a.score is not None and (b.score is None or b.score < a.score):
        return False
    if a.level is not None and a.level != b.level:
        return False
    if a.path and not (b.path and all(any(_path_covers(x, y) for x in a.path) for y in b.path)):
        return False
    pairs = (
        (first.topics, second.topics), (a.entity, b.entity), (a.detector, b.detector),
    )  # fmt: skip
    return all(not mine or (theirs and all(any_matches(mine, t) for t in theirs)) for mine, theirs in pairs)


def _path_covers(first: str, second: str) -> bool:
    """Whether the first path glob fits everything that the second fits; false where it is not plain to see."""
    if first in (second, "/**"):
        return True
    if "*" not in second:
        return bool(PathIndex([(1, first)]).find(second))
    head = first.removesuffix("/**")
    return head != first and "*" not in head and second.startswith(head + "/")


def _unreachable(policy: CompiledPolicy) -> Iterator[Warning_]:
    for i, rule in enumerate(policy.rules):
        for earlier in policy.rules[:i]:
            if _covers(earlier, rule):
                yield Warning_(
                    rule.where, "unreachable", f"rule '{rule.id}' is never reached: '{earlier.id}' comes first"
                )
                break


def _never_fits(policy: CompiledPolicy) -> Iterator[Warning_]:
    """Rules that wait for what never comes: a path that is no Pointer, an entity that nothing finds."""
    known = _entities(policy)
    for flat in policy.rules:
        for path in flat.rule.path:
            if not path.startswith(("/", "#", "*")):
                text = f"rule '{flat.id}': the path '{path}' fits nothing; did you mean '/{path}'?"
                yield Warning_(flat.where, "path-fits-nothing", text)
        for entity in flat.rule.entity:
            if not any(any_matches((entity,), name) for name in known):
                near = difflib.get_close_matches(entity, known, n=1)
                hint = f"did you mean '{near[0]}'?" if near else "docs/detectors.md lists what is found"
                text = f"rule '{flat.id}': nothing finds the entity '{entity}'; {hint}"
                yield Warning_(flat.where, "unknown-entity", text)


def _detection(policy: CompiledPolicy) -> Iterator[Warning_]:
    """Names under `detection:` that nothing has, models that are not there, rules that nothing proves."""
    entities = _entities(policy)
    own = [item.id for source in policy.chain for item in source.policy.detection.custom]
    names = [*entities, *(rule.id for rule in registry.load()), *own]
    for source in policy.chain:
        part = source.policy.detection

        def where(*loc: str) -> str:
            line, _ = line_of(source.lines, ("detection", *loc))  # noqa: B023
            return f"{source.name}:{line}" if line else source.name  # noqa: B023

        asked = [("thresholds", name, name, entities) for name in part.thresholds]
        asked += [("disabled", str(i), name, names) for i, name in enumerate(part.disabled)]
        asked += [("enabled", str(i), name, names) for i, name in enumerate(part.enabled)]
        for i, listed in enumerate(part.allow):
            asked += [("allow", str(i), name, entities) for name in listed.entities]
        for kind, place, name, known in asked:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean '{near[0]}'?" if near else "docs/detectors.md lists what is found"
                yield Warning_(
                    where(kind, place), "unknown-name", f"detection.{kind}: nothing is called '{name}'; {hint}"
                )
        models: list[tuple[tuple[str, ...], str]] = (
            [(("model",), part.model)] if part.model and part.model != "none" else []
        )
        models += [(("models", language), name) for language, name in part.models.items()]
        for loc, model in models:
            from maskgate_detectors.freetext.ner import check_model

            try:
                check_model(model)
            except DetectorError as error:
                yield Warning_(where(*loc), "missing-model", str(error))
        patterns: list[tuple[tuple[str, ...], str, str, tuple[str, ...]]]
        patterns = [(("custom", str(i)), f"rule '{r.id}'", r.pattern, r.matches) for i, r in enumerate(part.custom)]
        patterns += [
            (("allow", str(i), "pattern"), "pattern", listed.pattern, ())
            for i, listed in enumerate(part.allow)
            if listed.pattern is not None
        ]
        for loc, what, pattern, samples in patterns:
            took = slow.seconds(pattern, samples)
            if took > slow.LIMIT_S:
                text = (
                    f"detection.{loc[0]}: the {what} takes {took:.1f} s or more for {slow.LENGTH // 1000} kB of text: "
                    "give repetitions smaller counts, and no .* after what is often there"
                )
                yield Warning_(where(*loc), "slow-pattern", text)
        for i, rule in enumerate(part.custom):
            if not rule.matches:
                text = f"custom rule '{rule.id}' has no sample under 'matches': nothing proves that it finds anything"
                yield Warning_(where("custom", str(i)), "no-sample", text)


def _entities(policy: CompiledPolicy) -> list[str]:
    """Every entity that the rules, the models and the policy's own detectors can find."""
    own = {item.entity for source in policy.chain for item in source.policy.detection.custom}
    lists = {item.entity for source in policy.chain for item in source.policy.detection.deny}
    return sorted({rule.entity for rule in registry.load()} | {"PERSON", "LOCATION", "ORGANIZATION"} | own | lists)


def _weak(policy: CompiledPolicy) -> Iterator[Warning_]:
    for flat in policy.rules:
        action, entities = flat.rule.action, flat.rule.entity
        if action.name in _WEAK and entities and any_matches(entities, "SECRET"):
            yield Warning_(
                flat.where, "weak-for-secret", f"rule '{flat.id}': {action.name} leaves something of a credential"
            )
        if isinstance(action, Partial) and action.keep_first + action.keep_last > 10:
            yield Warning_(flat.where, "shows-too-much", f"rule '{flat.id}': partial shows more than ten characters")
    default = policy.default("*").action
    if default.name == "keep" and not any(any_matches(f.rule.entity, "SECRET") for f in policy.rules):
        yield Warning_(
            policy.name, "weak-default", "no rule is about SECRET and the default keeps what no rule matches"
        )


def _conditions(policy: CompiledPolicy) -> Iterator[Warning_]:
    conditions = [(f.where, f.rule.when) for f in policy.rules] + [
        (policy.name, r.when.cel) for r in policy.exports.rules
    ]
    for where, condition in conditions:
        if condition:
            try:
                program(condition)
            except PolicyError as error:
                yield Warning_(where, "bad-condition", str(error))


def _exports(policy: CompiledPolicy) -> Iterator[Warning_]:
    exports, tiers = policy.exports, policy.approvals.tiers
    named = [(f"export rule '{r.id}'", r.tier) for r in exports.rules if r.tier != "default"]
    named += [(f"destination '{alias}'", d.tier) for alias, d in exports.destinations.items() if d.tier]
    for what, tier in named:
        if tier not in tiers:
            text = f"{what}: no tier '{tier}'; it counts as the highest of: {', '.join(tiers)}"
            yield Warning_(policy.name, "unknown-tier", text)
    for alias, destination in policy.exports.destinations.items():
        for rule in destination.masking:
            general = policy.default("*").action
            if rule.action.strictness <= general.strictness and not rule.path:
                yield Warning_(
                    policy.name, "no-effect",
                    f"destination '{alias}': rule '{rule.id}' is not stricter than the default",
                )  # fmt: skip


def _equal_keys(policy: CompiledPolicy) -> Iterator[Warning_]:
    for flat in equal_keys(policy):
        text = (
            f"rule '{flat.id}': {flat.rule.action.name} makes record keys equal, and a compacted topic would keep one "
            "record of them; use hash, tokenize or fpe, or leave keys to the default"
        )
        yield Warning_(flat.where, "equal-keys", text)


def _keys(policy: CompiledPolicy, keyring: Keyring) -> Iterator[Warning_]:
    actions: list[tuple[str, Action]] = [(f.where, f.rule.action) for f in policy.rules]
    for where, action in actions:
        try:
            action.bind("PERSON", keyring)
        except ConfigurationError as error:
            yield Warning_(where, "missing-key", str(error))
