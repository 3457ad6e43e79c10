"""Rules that would make record keys equal: compaction keeps one record of all that have the same key."""

from __future__ import annotations

from collections.abc import Iterator

from maskgate.base.globs import any_matches
from maskgate.policy.compiled import CompiledPolicy, FlatRule

DISTINCT = frozenset(("keep", "hash", "tokenize", "fpe"))
"""Operators under which distinct texts stay distinct and one text always becomes the same."""


def names_keys(flat: FlatRule) -> bool:
    """The rule speaks of record keys by their path; what it says of them is done, whatever comes of it."""
    return any(path.startswith("#key") for path in flat.rule.path)


def equal_keys(policy: CompiledPolicy, topic: str | None = None) -> Iterator[FlatRule]:
    """The rules that make record keys (of a topic) equal: they ask for it with a path that begins ``#key``."""
    for flat in policy.rules:
        here = topic is None or not flat.topics or any_matches(flat.topics, topic)
        if here and names_keys(flat) and flat.rule.action.name not in DISTINCT:
            yield flat
