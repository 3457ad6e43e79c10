"""Rules written in a policy: built and proved on their own samples before a record is read."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from maskgate_detectors import registry, samples
from maskgate_detectors.context import KeyHints
from maskgate_detectors.detect import RuleSet
from maskgate_detectors.engine_config import CustomRule, DetectorError, EngineConfig
from maskgate_detectors.leaf import LeafScanner
from maskgate_detectors.rule import Rule


def all_rules(config: EngineConfig) -> tuple[Rule, ...]:
    """The rules of an engine with this configuration: registered and custom ones that are not disabled."""
    base = registry.load() if config.rules is None else config.rules
    own = tuple(build(rule) if isinstance(rule, CustomRule) else rule for rule in config.custom)
    rules = registry.checked((*base, *own))
    for rule in rules:
        if config.rules is not None or rule in own:
            registry.Compiled(rule, 0).prepare()  # a pattern that is refused is refused now
    return tuple(rule for rule in rules if rule.id not in config.disabled and rule.entity not in config.disabled)


def build(custom: CustomRule) -> Rule:
    """The rule; :class:`DetectorError` names its place when a sample fails or the pattern is refused."""
    where = f"{custom.origin}: " if custom.origin else ""
    rule = Rule(
        id=custom.id, entity=custom.entity, label=custom.id, pattern=custom.pattern,
        triggers=() if custom.needs_context else (_trigger(custom.pattern),), score=custom.score,
        validate=_checksum(custom.checksum, where, custom.id) if custom.checksum else None,
        context=tuple(word.lower() for word in custom.context), needs_context=custom.needs_context, keys=custom.keys,
        key_decides=custom.key_decides, key_pattern=custom.key_pattern, numbers=custom.numbers,
        matches=custom.matches, ignores=custom.ignores, source=custom.origin or "policy",
    )  # fmt: skip
    try:
        check_samples(rule)
    except DetectorError as error:
        raise DetectorError(f"{where}{error}") from None
    return rule


def _trigger(pattern: str) -> str:
    """The pattern itself, without what only RE2 knows: named groups."""
    return pattern.replace("(?P<value>", "(?:").replace("(?<value>", "(?:").replace("^", "").replace(r"\b", "")


def _checksum(name: str, where: str, rule_id: str) -> Callable[[str], bool]:
    module = importlib.import_module("maskgate_detectors.checksums")
    found = getattr(module, name, None)
    if name.startswith("_") or not callable(found):
        raise DetectorError(f"{where}rule {rule_id}: there is no checksum named {name!r}")
    return found  # type: ignore[no-any-return]


def check_samples(rule: Rule) -> None:
    """Raise :class:`DetectorError` unless the rule finds its ``matches`` and nothing in its ``ignores``."""
    rules = RuleSet([rule])
    rules.compiled[0].prepare()
    hints = KeyHints([rule])
    scanner = LeafScanner(rules, hints, None)
    for number, sample in enumerate(rule.matches, 1):
        example = samples.read(sample)
        info = hints.for_keys(example.key.split(".") if example.key else ())
        found = [(hit.start, hit.end) for hit in scanner.scan(example.text, info)]
        if not found or any(span not in found for span in example.spans):
            raise DetectorError(f"rule {rule.id}: sample {number} of matches is not found as marked")
    for number, sample in enumerate(rule.ignores, 1):
        example = samples.read(sample)
        if scanner.scan(example.text, hints.for_keys(example.key.split(".") if example.key else ())):
            raise DetectorError(f"rule {rule.id}: sample {number} of ignores is found")
