"""The declaration of a rule: everything about one kind of value stands in one place.

A rule is a function decorated with :func:`detector` that returns a :class:`Rule`; its docstring is the link to the
documentation of the format. ``registry.py`` finds every rule in ``patterns`` and ``rules`` and those that other
packages announce under the entry point ``maskgate.detectors``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from maskgate_detectors.model import negative_patterns as unlike

SECRET = "SECRET"  # noqa: S105  (the entity of every credential; the rule id says which)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of value: how it looks, what proves it, what must be near it.

    A candidate is a match of ``pattern`` (RE2 syntax; group ``value`` or else the whole match is the span). It
    becomes a finding by the first of these that holds:

    1. ``validate`` given and true: score ``valid_score``.
    2. the key asks for the rule, or a context word of ``context`` stands within 60 characters before the match (or,
       for a rule with ``triggers``, in the key path): ``context_score``.
    3. otherwise ``score``, unless ``needs_context`` is set: then nothing.

    A context word counts behind the match as well, where it says what the match is (``… is my hetu``). ``alone`` is
    for forms that carry their own proof (letters, separators, a date with a check digit): a string that is nothing
    but such a value scores ``alone_score``, unless its key says that it is no personal data.

    ``validate`` false always means nothing. With both ``validate`` and ``needs_context`` a checksum alone is not
    enough. ``triggers`` are short patterns with a fixed end that the prefilter runs over raw bytes; a rule without
    triggers is tried only on leaves whose key (or context) asks for it. A key whose normalised words end with one of
    ``keys`` is context; with ``key_decides`` such a key alone makes the whole value a finding if it fully matches
    ``key_pattern`` (None: any non-empty scalar) and ``key_check`` holds; credentials that have none get
    :func:`maskgate_detectors.unlike.own_value`.
    """

    id: str
    entity: str
    label: str
    pattern: str
    triggers: tuple[str, ...] = ()
    near: tuple[str, ...] = ()  # literals of which one must stand in the leaf, compared in lower case
    score: float = 0.6
    validate: Callable[[str], bool] | None = None
    valid_score: float = 1.0
    context: tuple[str, ...] = ()  # lower-case words or phrases, any language
    context_score: float = 0.85
    alone_score: float = 0.7
    needs_context: bool = False
    keys: tuple[str, ...] = ()  # normalised: lower-case words joined by one space: "first name"
    key_decides: bool = False
    key_pattern: str | None = None
    key_check: Callable[[str], bool] | None = None
    key_score: float = 0.9
    alone: str | None = None  # a string of which nothing else stands in the leaf needs no context when it fits this
    min_entropy: float = 0.0  # bits per character of the value (Shannon)
    numbers: bool = False  # also tried on JSON numbers
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2, for people who read the list
    source: str = ""  # link to the format's documentation; the docstring when empty
    matches: tuple[str, ...] = ()  # samples with the span marked ⟦…⟧; a line "key: value" gives the key too
    ignores: tuple[str, ...] = ()  # samples in which this rule must find nothing


DETECTORS: list[Rule] = []
PART = "-part"  # ends the ids of rules for parts of a value


def part_rule(rule: Rule) -> Rule:
    """The rule for a part of a value of ``rule`` that is split over several fields: what is around it decides."""
    return Rule(
        id=rule.id + PART, entity=rule.entity, label=f"Part of a value split over fields: {rule.label}",
        pattern="^0{1,8}$",  # elsewhere a placeholder; here digits of the value
        needs_context=True, context_score=rule.key_score, key_decides=True, key_score=rule.key_score, numbers=True,
        countries=rule.countries, source=rule.source,
    )  # fmt: skip


def splits(rule: Rule) -> bool:
    """Values of the rule may stand in parts; names, places and dates have keys of their own for their parts."""
    return rule.key_decides and rule.key_pattern is not None and rule.entity not in _UNSPLIT


_UNSPLIT = frozenset(("PERSON", "LOCATION", "DATE_TIME", "USERNAME", "IP_ADDRESS", "MAC_ADDRESS"))


def detector(declare: Callable[[], Rule]) -> Callable[[], Rule]:
    """Register the rule that ``declare`` returns; its docstring becomes the rule's ``source``."""
    rule = declare()
    if rule.entity == SECRET and rule.key_decides and rule.key_check is None:
        rule = replace(rule, key_check=unlike.own_value)
    DETECTORS.append(rule if rule.source else replace(rule, source=(declare.__doc__ or "").strip()))
    return declare
