"""Rules written in a policy: built and proved on their own samples before a record is read."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence

from maskgate_detectors.checks import checksums
from maskgate_detectors.fields.context import KeyHints, KeyInfo
from maskgate_detectors.model import registry, samples
from maskgate_detectors.model.config import CustomRule, DetectorError, EngineConfig
from maskgate_detectors.model.rule import PART, Rule
from maskgate_detectors.text.detect import Hit, RuleSet, Trace
from maskgate_detectors.text.leaf import LeafScanner
from maskgate_detectors.text.triggers import trigger_of


def all_rules(config: EngineConfig) -> tuple[Rule, ...]:
    """The rules of an engine with this configuration: registered and custom ones that are not disabled."""
    base = registry.load() if config.rules is None else config.rules
    check_ids(config.custom, base)
    own = tuple(build(rule) if isinstance(rule, CustomRule) else rule for rule in config.custom)
    rules = registry.checked((*base, *own))
    for rule in rules:
        if config.rules is not None or rule in own:
            registry.Compiled(rule, 0).prepare()  # a pattern that is refused is refused now
    return tuple(rule for rule in rules if rule.id not in config.disabled and rule.entity not in config.disabled)


def check_ids(custom: Sequence[CustomRule | Rule], base: Sequence[Rule]) -> None:
    """Raise :class:`DetectorError` where a custom rule has the id of another rule."""
    taken = {rule.id: "a rule of ours has it (docs/detectors.md)" for rule in base}
    for rule in custom:
        origin = rule.origin if isinstance(rule, CustomRule) else ""
        if rule.id in taken and rule not in base:
            where = f"{origin}: " if origin else ""
            raise DetectorError(f"{where}rule {rule.id}: the id is taken twice: {taken[rule.id]}; choose another id")
        taken[rule.id] = f"{origin or 'another rule'} has it"


def build(custom: CustomRule) -> Rule:
    """The rule; :class:`DetectorError` names its place when a sample fails or the pattern is refused."""
    where = f"{custom.origin}: " if custom.origin else ""
    if custom.id.endswith(PART):
        raise DetectorError(f"{where}rule {custom.id}: ids that end in {PART} are those of the parts of a value")
    if custom.needs_context and not (custom.context or custom.keys):
        raise DetectorError(f"{where}rule {custom.id}: needs_context without 'context' or 'keys': it can find nothing")
    keys = custom.keys
    if custom.needs_context and not custom.key_decides:
        keys += custom.context  # a word that may stand before the value may be its key
    rule = Rule(
        id=custom.id, entity=custom.entity, label=custom.id, pattern=custom.pattern,
        triggers=() if custom.needs_context else (trigger_of(custom.pattern),), score=custom.score,
        validate=_checksum(custom.checksum, where, custom.id) if custom.checksum else None,
        context=tuple(word.lower() for word in custom.context), needs_context=custom.needs_context, keys=keys,
        key_decides=custom.key_decides, key_pattern=custom.key_pattern, numbers=custom.numbers,
        matches=custom.matches, ignores=custom.ignores, source=custom.origin or "policy",
    )  # fmt: skip
    try:
        check_samples(rule)
    except DetectorError as error:
        raise DetectorError(f"{where}{error}") from None
    except Exception as error:  # a check that raises on the rule's own sample
        raise DetectorError(f"{where}rule {custom.id}: raises {type(error).__name__} on its own samples") from None
    return rule


def checks() -> Mapping[str, Callable[[str], bool]]:
    """The checks that a rule may name, by name; beside them there is ``stdnum.MODULE``."""
    found = {
        name: check
        for name, check in vars(checksums).items()
        if not name.startswith("_")
        and inspect.isfunction(inspect.unwrap(check))
        and inspect.unwrap(check).__annotations__.get("return") == "bool"
    }
    return dict(sorted(found.items()))


def _checksum(name: str, where: str, rule_id: str) -> Callable[[str], bool]:
    known = checks()
    if name in known:
        return known[name]
    if name.startswith("stdnum."):
        try:
            if callable(getattr(importlib.import_module(name), "is_valid", None)):
                return checksums.stdnum(name.removeprefix("stdnum."))
        except ImportError:
            pass
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise DetectorError(
        f"{where}rule {rule_id}: there is no checksum named {name!r}; {hint}"
        f"there are {', '.join(known)}, and stdnum.MODULE of python-stdnum"
    )


def check_samples(rule: Rule) -> None:
    """Raise :class:`DetectorError` unless the rule finds its ``matches`` and nothing in its ``ignores``."""
    rules = RuleSet([rule])
    rules.compiled[0].prepare()
    hints = KeyHints([rule])
    scanner = LeafScanner(rules, hints, None)

    def look(sample: str) -> tuple[samples.Sample, KeyInfo, list[Hit], Trace]:
        example = samples.read(sample)
        info = hints.for_keys(example.key.split(".") if example.key else ())
        trace: Trace = []
        return example, info, scanner.scan(example.text, info, trace=trace), trace

    for number, sample in enumerate(rule.matches, 1):
        example, info, hits, trace = look(sample)
        found = [(hit.start, hit.end) for hit in hits]
        if not found or any(span not in found for span in example.spans):
            why = _missed(rule, example, info, found, trace)
            raise DetectorError(f"rule {rule.id}: sample {number} of matches is not found as marked: {why}")
    for number, sample in enumerate(rule.ignores, 1):
        _, _, hits, trace = look(sample)
        if hits:
            reasons = [item["why"] for item in trace if item["verdict"] == "found"]
            where = f"at {hits[0].start}–{hits[0].end} ({reasons[0] if reasons else 'the pattern alone'})"
            raise DetectorError(f"rule {rule.id}: sample {number} of ignores is found {where}")


def _missed(rule: Rule, example: samples.Sample, info: KeyInfo, found: Sequence[tuple[int, int]], trace: Trace) -> str:
    """Why a sample that should match does not, in words without its text."""
    if found:
        spans, marked = (", ".join(f"{a}–{b}" for a, b in s) for s in (found, example.spans))
        return f"found {spans}, marked {marked}; mark the whole value with ⟦…⟧"
    if info.veto:
        return f"the key {example.key!r} says that no personal data stands there; add it to 'keys'"
    for item in trace:
        if item["verdict"] == "not found":
            hint = {"no context": "; add 'context' words or 'keys', or leave out needs_context"}.get(item["why"], "")
            return f"{item['why']} at {item['start']}–{item['end']}{hint}"
    if any(item["verdict"] == "skipped" for item in trace):
        return (
            "the whole text has a shape that holds nothing (UUID, digest, time, version, one plain word, up to five "
            "digits), so only its key can tell: add 'keys', and the key to the sample ('badge: ⟦12345⟧')"
        )
    return "the pattern fits nowhere in it"
