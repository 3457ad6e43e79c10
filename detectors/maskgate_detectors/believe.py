"""Which hits become findings: thresholds, allow lists, deny lists, and no two over one character."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from maskgate_detectors.detect import Hit, resolve
from maskgate_detectors.engine_config import AllowList, DenyList, EngineConfig
from maskgate_detectors.registry import BOTH, compile_re2

_SMALL = 200  # values; above, a deny list needs the automaton of pyahocorasick


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


class _Allowed:
    def __init__(self, allow: AllowList) -> None:
        self.values = {value.casefold() for value in allow.values}
        self.program = compile_re2(allow.pattern, "allow list")._regexp if allow.pattern else None
        self.entities = frozenset(allow.entities)
        self.paths = [path_matcher(path) for path in allow.paths]

    def admits(self, hit: Hit, value: str, path: str) -> bool:
        if self.entities and hit.entity not in self.entities:
            return False
        if self.paths and not any(fits(path) for fits in self.paths):
            return False
        if value.strip().casefold() in self.values:
            return True
        data = value.encode("utf-8", "replace")
        return self.program is not None and self.program.Match(BOTH, data, 0, len(data))[0][0] >= 0


class _Denied:
    """Words of one list as whole words in any case."""

    def __init__(self, deny: DenyList) -> None:
        self.deny = deny
        values = sorted({value.lower() for value in deny.values if value.strip()}, key=lambda v: (-len(v), v))
        self._automaton: Any = None
        self._program: Any = None
        if len(values) > _SMALL:
            try:
                import ahocorasick
            except ImportError:
                ahocorasick = None
            if ahocorasick is not None:
                self._automaton = ahocorasick.Automaton()
                for value in values:
                    self._automaton.add_word(value, len(value))
                self._automaton.make_automaton()
                return
        if values:
            escaped = "|".join(re.escape(value) for value in values)
            self._program = compile_re2(f"(?:{escaped})", f"deny list {deny.id}")

    def hits(self, text: str) -> list[Hit]:
        lower = text.lower()
        if len(lower) != len(text):  # a letter whose lower case is longer: compare it as it is
            lower = "".join(char if len(char.lower()) != 1 else char.lower() for char in text)
        if self._automaton is not None:
            spans = [(end + 1 - size, end + 1) for end, size in self._automaton.iter_long(lower)]
        elif self._program is not None:
            spans = [match.span() for match in self._program.finditer(lower)]
        else:
            spans = []
        return [
            Hit(start, end, self.deny.entity, self.deny.score, f"deny-{self.deny.id}")
            for start, end in spans
            if (start == 0 or not lower[start - 1].isalnum()) and (end == len(lower) or not lower[end].isalnum())
        ]


class Judge:
    """The lists and thresholds of one configuration."""

    def __init__(self, config: EngineConfig) -> None:
        self._min_score = config.min_score
        self._off = config.disabled
        self._allowed = [_Allowed(allow) for allow in config.allow]
        self._denied = [_Denied(deny) for deny in config.deny]
        self._thresholds = [(rule, path_matcher(rule.path)) for rule in config.thresholds]
        self.has_deny = bool(self._denied)
        self.plain = not (config.allow or config.deny or config.thresholds)  # only the least score counts

    def denied(self, text: str) -> list[Hit]:
        """Hits of the deny lists."""
        return [hit for denied in self._denied for hit in denied.hits(text)] if self._denied else []

    def least(self, entity: str, path: str) -> float:
        """The score that a finding of ``entity`` at ``path`` needs."""
        least = self._min_score
        for rule, fits in self._thresholds:
            if rule.entity in ("", entity) and fits(path):
                least = rule.min_score
        return least

    def allowed(self, hit: Hit, path: str, text: str) -> bool:
        """An allow list names the value."""
        return any(allowed.admits(hit, text[hit.start : hit.end], path) for allowed in self._allowed)

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
