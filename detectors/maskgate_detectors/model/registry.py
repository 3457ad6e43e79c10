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
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import re2

from maskgate_detectors.model import samples
from maskgate_detectors.model.config import DetectorError
from maskgate_detectors.model.rule import DETECTORS, Rule

ENTRY_POINT = "maskgate.detectors"
UNANCHORED = re2._re2.RE2.Anchor.UNANCHORED
BOTH = re2._re2.RE2.Anchor.ANCHOR_BOTH


def compile_re2(pattern: str | bytes, what: str) -> Any:
    """The RE2 program of ``pattern``; matches bytes of UTF-8 text in linear time, or of anything if it is of bytes."""
    options = re2.Options()
    if isinstance(pattern, bytes):
        options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 32 << 20
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0] if error.args else "refused"
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise DetectorError(f"{what}: RE2 refuses the pattern: {text}") from None


class AsciiClasses(NamedTuple):
    """A pattern of one character class (after another for the first character), for ASCII bytes."""

    first: frozenset[int]
    allowed: bytes
    longest: int


_BRACKET = r"\[(?:\\p\{\w+\}|\\x\{\w+\}|\\.|[^\]\\\[])+\]"
_CLASSES = re.compile(rf"(?P<head>{_BRACKET})?(?P<body>{_BRACKET})\{{(?P<least>[01]),(?P<most>\d{{1,4}})\}}")


def ascii_classes(pattern: str, match: Any) -> AsciiClasses | None:
    """The classes of ``[…]{1,n}`` or ``[…][…]{0,n}``, asked of RE2 byte by byte; None for other patterns.

    For such a pattern a look at the bytes says the same as a match, at a fifth of the price.
    """
    form = _CLASSES.fullmatch(pattern)
    if form is None or (form["head"] is None) != (form["least"] == "1"):
        return None
    single = compile_re2(form["head"] or form["body"], "class")._regexp.Match
    body = compile_re2(form["body"], "class")._regexp.Match
    codes = [bytes([code]) for code in range(128)]
    first = frozenset(code[0] for code in codes if single(BOTH, code, 0, 1)[0][0] == 0)
    allowed = b"".join(code for code in codes if body(BOTH, code, 0, 1)[0][0] == 0)
    if match(BOTH, b"", 0, 0)[0][0] == 0:
        return None
    return AsciiClasses(first, allowed, int(form["most"]) + (form["head"] is not None))


class Preparing:
    """How long this process has spent on making programs and reading lists at their first use: no record's time.

    ``seconds`` is by the wall clock, ``cpu`` of the thread: on a busy machine the one is many times the other.
    """

    seconds = 0.0
    cpu = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """What is done inside is such work; what is measured inside of it is not counted twice."""
        before, begun = (self.seconds, self.cpu), (time.perf_counter(), time.thread_time())
        try:
            yield
        finally:
            self.seconds = before[0] + time.perf_counter() - begun[0]
            self.cpu = before[1] + time.thread_time() - begun[1]


PREPARING = Preparing()


class Compiled:
    """A rule with its programs, which are made at the first use: most processes use few of the rules."""

    __slots__ = (
        "alone_match",
        "context_only",
        "group",
        "id",
        "index",
        "key_classes",
        "key_match",
        "near",
        "ready",
        "rule",
        "search",
    )

    def __init__(self, rule: Rule, index: int) -> None:
        self.rule = rule
        self.id = rule.id
        self.index = index
        self.near = tuple(word.lower() for word in rule.near)
        self.context_only = rule.needs_context or not rule.triggers
        self.ready = False
        self.alone_match: Any = None  # RE2's Match of the whole value that needs no context
        self.group = 0
        self.search: Any = None  # RE2's Match of the pattern
        self.key_match: Any = None  # and of the key pattern; None: every value fits
        self.key_classes: AsciiClasses | None = None  # the same for ASCII values, where it is that simple

    def prepare(self) -> None:
        """Make the programs, and run them and ``validate`` once on a sample, so that their tables are made."""
        if self.ready:
            return
        with PREPARING.measured():
            self._prepare()

    def _prepare(self) -> None:
        regexp = compile_re2(self.rule.pattern, f"rule {self.id}")
        if regexp._regexp.Match(BOTH, b"", 0, 0)[0] != (-1, -1):
            raise DetectorError(f"rule {self.id}: the pattern matches the empty text")
        self.search = regexp._regexp.Match
        self.group = regexp.groupindex.get("value", 0)
        if self.rule.alone is not None:
            self.alone_match = compile_re2(self.rule.alone, f"rule {self.id}: alone")._regexp.Match
        if self.rule.key_pattern is not None:
            self.key_match = compile_re2(self.rule.key_pattern, f"rule {self.id}: key_pattern")._regexp.Match
            self.key_classes = ascii_classes(self.rule.key_pattern, self.key_match)
        self.ready = True
        if not self.rule.matches:
            return
        example = samples.read(self.rule.matches[0])
        for _ in self.spans(example.text.encode()):  # RE2 makes half of a program at its first match
            pass
        if self.rule.validate is not None:
            for start, end in example.spans[:1] or ((0, len(example.text)),):
                self.rule.validate(example.text[start:end])

    def spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Byte spans of the candidates in ``data``, left to right."""
        match, group, size, at = self.search, self.group, len(data), 0
        while at <= size:
            found = match(UNANCHORED, data, at, size)
            start, end = found[0]
            if start < 0:
                return
            if group and found[group][0] >= 0:
                start, end = found[group]  # the search goes on behind the value: the rest may begin the next match
            yield start, end
            at = end if end > at else at + 1

    def stands_alone(self, value: str) -> bool:
        """The value has a form that carries its own proof."""
        if self.alone_match is None:
            return False
        data = value.encode("utf-8", "replace")
        return bool(self.alone_match(BOTH, data, 0, len(data))[0][0] >= 0)

    def key_fits(self, data: bytes) -> bool:
        """The whole value looks as ``key_pattern`` and ``key_check`` demand."""
        if not self.ready:
            self.prepare()
        match, check = self.key_match, self.rule.key_check
        if match is not None and match(BOTH, data, 0, len(data))[0][0] < 0:
            return False
        return check is None or check(data.decode("utf-8", "replace"))


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0


@functools.cache
def load() -> tuple[Rule, ...]:
    """Every registered rule, ordered by id."""
    for package in ("maskgate_detectors.rules",):
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
        fields = [getattr(rule, name) for name in rule.__slots__ if name not in ("validate", "key_check")]
        total.update(repr(fields).encode())
        for check in (rule.validate, rule.key_check):
            total.update((getattr(check, "__qualname__", "") or "").encode())
    return total.hexdigest()
