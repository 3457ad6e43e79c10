"""Globs over topics, entities and names, matched in linear time whatever the input is."""

from __future__ import annotations

from collections.abc import Iterable


def matches(pattern: str, text: str) -> bool:
    """Whether the text fits a glob in which ``*`` stands for any characters."""
    if "*" not in pattern:
        return pattern == text
    head, *middle, tail = pattern.split("*")
    if not text.startswith(head) or not text.endswith(tail) or len(text) < len(head) + len(tail):
        return False
    at, end = len(head), len(text) - len(tail)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def any_matches(patterns: Iterable[str], text: str) -> bool:
    """Whether the text fits one of the globs; no globs: every text fits."""
    patterns = tuple(patterns)
    return not patterns or any(matches(p, text) for p in patterns)
