"""Which hits become findings: thresholds, allow lists, deny lists, and no two over one character."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from maskgate_detectors.model.config import AllowList, EngineConfig
from maskgate_detectors.model.registry import BOTH, compile_re2
from maskgate_detectors.text.deny import DenyIndex
from maskgate_detectors.text.detect import Hit, resolve

_PATHS = 20_000  # that are remembered


def path_matcher(pattern: str) -> Callable[[str], bool]:
    """A test for JSON Pointers: ``*`` is one segment, ``**`` any number; "" fits every path."""
    if not pattern or pattern == "**":
        return lambda path: True
    parts = [
        ".*" if part == "**" else "[^/]*" if part == "*" else re.escape(part) for part in pattern.strip("/").split("/")
    ]
    program = compile_re2("(?s)/" + "/".join(parts), f"path {pattern}")._regexp
    program_any = compile_re2("(?s)/" + "/".join(parts).replace("/.*", "(?:/.*)?").replace(".*/", "(?:.*/)?"), pattern)
    matcher = program_any._regexp

    def fits(path: str) -> bool:
        data = path.encode("utf-8", "replace")
        return bool(
            program.Match(BOTH, data, 0, len(data))[0][0] >= 0 or matcher.Match(BOTH, data, 0, len(data))[0][0] >= 0
        )

    return fits


def _remembered(tests: list[Callable[[str], bool]]) -> Callable[[str], bool] | None:
    """Whether one of the tests fits a path, asked once per path; None where there is no test."""
    if not tests:
        return None
    return lru_cache(maxsize=_PATHS)(lambda path: any(fits(path) for fits in tests))


class _Allowed:
    def __init__(self, allow: AllowList) -> None:
        self.values = {value.casefold() for value in allow.values}
        self.program = compile_re2(allow.pattern, "allow list")._regexp if allow.pattern else None
        self.entities = frozenset(allow.entities)
        self.paths = _remembered([path_matcher(path) for path in allow.paths])

    def admits(self, hit: Hit, value: str, path: str) -> bool:
        if self.entities and hit.entity not in self.entities:
            return False
        if self.paths is not None and not self.paths(path):
            return False
        if value.strip().casefold() in self.values:
            return True
        data = value.encode("utf-8", "replace")
        return self.program is not None and self.program.Match(BOTH, data, 0, len(data))[0][0] >= 0


class Judge:
    """The lists and thresholds of one configuration."""

    def __init__(self, config: EngineConfig) -> None:
        self._min_score = config.min_score
        self._off = config.disabled
        self._allowed = [_Allowed(allow) for allow in config.allow]
        self.deny = DenyIndex(config.deny)  # asked by the leaf scanner, for every text in a leaf
        self._thresholds = [(rule, path_matcher(rule.path)) for rule in config.thresholds]
        self._known: dict[tuple[str, str], float] = {}  # (entity, path) → least score
        self.plain = not (config.allow or config.thresholds)  # only the least score counts

    def least(self, entity: str, path: str) -> float:
        """The score that a finding of ``entity`` at ``path`` needs."""
        if not self._thresholds:
            return self._min_score
        known = self._known.get((entity, path))
        if known is None:
            if len(self._known) >= _PATHS:
                self._known.clear()
            known = self._known[entity, path] = self._least(entity, path)
        return known

    def _least(self, entity: str, path: str) -> float:
        least = self._min_score
        for rule, fits in self._thresholds:
            if rule.entity in ("", entity) and fits(path):
                least = rule.min_score
        return least

    def least_of(self, entity: str, path: str) -> str:
        """What asks for that score."""
        name = "min_score"
        for rule, fits in self._thresholds:
            if rule.entity in ("", entity) and fits(path):
                name = f"the threshold of {rule.entity or rule.path or 'every finding'}"
        return name

    def allowed(self, hit: Hit, path: str, text: str) -> bool:
        """An allow list names the value."""
        return self.allowed_by(hit, path, text) is not None

    def allowed_by(self, hit: Hit, path: str, text: str) -> int | None:
        """The first allow list that names the value, by its number from 0."""
        value = text[hit.start : hit.end]
        return next((at for at, allowed in enumerate(self._allowed) if allowed.admits(hit, value, path)), None)

    def kept(self, hits: list[Hit], path: str, text: str) -> list[Hit]:
        """The hits that stand, in order, none over another."""
        good = [
            hit
            for hit in hits
            if hit.end > hit.start and hit.entity not in self._off and hit.score >= self.least(hit.entity, path)
        ]
        if self._allowed:
            good = [hit for hit in good if not self.allowed(hit, path, text)]
        return resolve(good, text)
