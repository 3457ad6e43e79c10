"""What an engine is told: limits, lists, thresholds, rules of one's own, which model reads prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from maskgate_detectors.model.rule import Rule


class DetectorError(ValueError):
    """A rule, list, pattern or model that cannot be used; raised at load, never for a record."""


@dataclass(frozen=True, slots=True)
class CustomRule:
    """A rule written in a policy: text in place of functions; :func:`maskgate_detectors.custom.build` checks it."""

    id: str
    entity: str
    pattern: str  # RE2 syntax; group ``value`` or else the whole match is the span
    score: float = 0.8
    context: tuple[str, ...] = ()
    needs_context: bool = False
    keys: tuple[str, ...] = ()
    key_decides: bool = False
    key_pattern: str | None = None
    checksum: str | None = None  # name of a function in ``maskgate_detectors.checksums``
    numbers: bool = False
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    origin: str = ""  # "policy.yaml:12", for the error message


@dataclass(frozen=True, slots=True)
class AllowList:
    """Values that are not personal data here: equal to one of ``values`` (any case) or matching ``pattern`` wholly.

    ``entities`` and ``paths`` narrow it: empty means all. A path may hold ``*`` (one segment) and ``**``.
    """

    values: tuple[str, ...] = ()
    pattern: str | None = None
    entities: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DenyList:
    """Words that are always findings, as whole words in any case; the detector is ``deny-<id>``."""

    id: str
    entity: str
    values: tuple[str, ...]
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least score for an entity and a path pattern; the last one that fits wins."""

    min_score: float
    entity: str = ""  # empty: every entity
    path: str = ""  # empty: every path; ``*`` one segment, ``**`` any number


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """All settings of an :class:`~maskgate_detectors.engine.Engine`; equal configurations give equal digests."""

    model: str = "default"  # "none": no prose is read
    languages: tuple[str, ...] = ("en",)
    language_models: Mapping[str, str] = field(default_factory=dict)  # "fr": "fr_core_news_sm"
    min_score: float = 0.5
    max_record_bytes: int = 1 << 20
    max_depth: int = 200
    max_nodes: int = 100_000
    time_budget_s: float = 0.05
    time_budget_per_kb_s: float = 0.02
    time_budget_max_s: float = 1.5  # however large the record: what waits behind it waits as long
    custom: tuple[CustomRule | Rule, ...] = ()
    allow: tuple[AllowList, ...] = ()
    deny: tuple[DenyList, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    disabled: frozenset[str] = frozenset({"ORGANIZATION", "NRP"})  # rule ids and entity names
    prefilter: Literal["auto", "hyperscan", "re2"] = "auto"
    rules: tuple[Rule, ...] | None = None  # in place of the registered ones (tests, comparisons)
    cache_dir: str | None = "auto"  # compiled triggers; "auto": the user's cache folder, None: nothing is kept
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)  # "model": "policy.yaml:4", for errors
    spread: bool = True  # a sure value found once is looked for in its whole record
    text_cache: int = 20_000  # texts whose prose findings are remembered, by keyed hash

    def seconds_for(self, size: int) -> float:
        """The time that all rules together may take for a record or text of ``size`` bytes."""
        by_size = self.time_budget_s + self.time_budget_per_kb_s * size / 1000
        return max(self.time_budget_s, min(by_size, self.time_budget_max_s))
