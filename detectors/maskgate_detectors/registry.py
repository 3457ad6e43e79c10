"""All rules, compiled: found in ``patterns``, ``rules`` and the entry point ``maskgate.detectors``.

``load()`` imports them once; a duplicate id or a pattern that RE2 refuses raises :class:`DetectorError` with the
file of the rule. ``check_samples`` proves a rule on its own samples.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import math
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import re2

from maskgate_detectors.engine_config import DetectorError
from maskgate_detectors.rule import DETECTORS, Rule

ENTRY_POINT = "maskgate.detectors"
UNANCHORED = re2._re2.RE2.Anchor.UNANCHORED
BOTH = re2._re2.RE2.Anchor.ANCHOR_BOTH


def compile_re2(pattern: str, what: str) -> Any:
    """The RE2 program of ``pattern``; matches bytes of UTF-8 text in linear time."""
    options = re2.Options()
    options.max_mem = 32 << 20
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0] if error.args else "refused"
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise DetectorError(f"{what}: RE2 refuses the pattern: {text}") from None


class Compiled:
    """A rule made ready: programs, the group of the value, whether context is demanded."""

    __slots__ = ("context_only", "group", "id", "index", "key_program", "near", "program", "rule")

    def __init__(self, rule: Rule, index: int) -> None:
        self.rule = rule
        self.id = rule.id
        self.index = index
        regexp = compile_re2(rule.pattern, f"rule {rule.id}")
        if regexp._regexp.Match(BOTH, b"", 0, 0)[0] != (-1, -1):
            raise DetectorError(f"rule {rule.id}: the pattern matches the empty text")
        self.program = regexp._regexp
        self.group: int = regexp.groupindex.get("value", 0)
        key = compile_re2(rule.key_pattern, f"rule {rule.id}: key_pattern") if rule.key_pattern is not None else None
        self.key_program = key._regexp if key is not None else None
        self.near = tuple(word.lower() for word in rule.near)
        self.context_only = rule.needs_context or not rule.triggers

    def spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Byte spans of the candidates in ``data``, left to right."""
        match, group, size, at = self.program.Match, self.group, len(data), 0
        while at <= size:
            found = match(UNANCHORED, data, at, size)
            start, end = found[0]
            if start < 0:
                return
            if group and found[group][0] >= 0:
                start, end = found[group]  # the search goes on behind the value: the rest may begin the next match
            yield start, end
            at = end if end > at else at + 1

    def key_fits(self, data: bytes) -> bool:
        """The whole value looks as ``key_pattern`` demands."""
        program = self.key_program
        return program is None or program.Match(BOTH, data, 0, len(data))[0][0] >= 0


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0


@functools.cache
def load() -> tuple[Rule, ...]:
    """Every registered rule, ordered by id."""
    for package in ("maskgate_detectors.patterns", "maskgate_detectors.rules"):
        _import_all(package)
    for point in importlib.metadata.entry_points(group=ENTRY_POINT):
        try:
            point.load()
        except Exception as error:
            raise DetectorError(f"entry point {point.name} ({point.value}): {type(error).__name__}: {error}") from error
    return checked(DETECTORS)


def checked(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """``rules`` ordered by id; two with one id are refused."""
    by_id: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in by_id and by_id[rule.id] is not rule:
            raise DetectorError(f"rule {rule.id}: the id is taken twice")
        by_id[rule.id] = rule
    return tuple(by_id[name] for name in sorted(by_id))


def _import_all(package: str) -> None:
    try:
        root = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name == package:
            return
        raise
    for info in pkgutil.walk_packages(root.__path__, package + "."):
        importlib.import_module(info.name)


def rules_digest(rules: Iterable[Rule]) -> str:
    """A digest of what the rules do: equal rules, equal digest."""
    total = hashlib.sha256()
    for rule in rules:
        fields = [getattr(rule, name) for name in rule.__slots__ if name != "validate"]
        total.update(repr(fields).encode())
        total.update((getattr(rule.validate, "__qualname__", "") or "").encode())
    return total.hexdigest()
