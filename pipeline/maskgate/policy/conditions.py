"""CEL conditions over the topic, the headers, the event and the findings (extra ``cel``).

A condition that cannot be decided (a field that is not there, mixed types) is not guessed: a rule's quarantines the
record, an export rule's holds it. ``has(event.field)`` asks whether a field is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from maskgate.base.errors import PolicyError, RecordError
from maskgate.base.records import Record
from maskgate_detectors import Finding


@lru_cache(maxsize=4096)
def program(condition: str) -> Any:
    """The compiled condition.

    Raises:
        PolicyError: the extra is not installed, or the condition is not CEL.
    """
    try:
        import cel
    except ImportError:
        raise PolicyError("conditions need the extra 'cel': pip install 'maskgate[cel]'") from None
    try:
        return cel.compile(condition)
    except ValueError as error:
        raise PolicyError(f"not a CEL condition: {str(error).splitlines()[0]}") from None


def _headers(record: Record) -> dict[str, str]:
    return {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}


def _found(finding: Finding) -> dict[str, Any]:
    return {
        "path": finding.path,
        "entity": finding.entity,
        "score": finding.score,
        "detector": finding.detector,
        "where": finding.where,
    }


class _Last:
    """The tree of the record that was looked at last: the findings of one record come one after the other."""

    record: Record | None = None
    tree: Any = None


def _tree(record: Record) -> Any:
    if _Last.record is not record:
        try:
            _Last.tree = json.loads(record.value or b"null")
        except (ValueError, RecursionError):
            raise RecordError("condition_failed", "the event cannot be read for a condition") from None
        _Last.record = record
    return _Last.tree


_MACRO = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one|existsOne)\s*\(")
_TEXT = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
MAX_STEPS = 1_000_000
"""What a condition may cost on one record: the library cannot be stopped once it runs."""


@lru_cache(maxsize=4096)
def _depth(condition: str) -> int:
    """How many loops of a condition lie in one another at most."""
    condition = _TEXT.sub("''", condition)  # a bracket in a text is none
    starts = {match.end() - 1 for match in _MACRO.finditer(condition)}
    deepest, stack = 0, []
    for at, letter in enumerate(condition):
        if letter == "(":
            stack.append(at in starts)
            deepest = max(deepest, sum(stack))
        elif letter == ")" and stack:
            stack.pop()
    return deepest


def _width(tree: Any) -> int:
    """The most members of any list or object in a tree."""
    widest, todo = 1, [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, (dict, list)):
            widest = max(widest, len(node))
            todo += node.values() if isinstance(node, dict) else node
    return widest


def _costs_too_much(condition: str, scope: Mapping[str, Any]) -> bool:
    depth = _depth(condition)
    return depth > 1 and _width(dict(scope)) ** depth > MAX_STEPS


def rule_condition(condition: str, record: Record, finding: Finding) -> bool:
    """Whether a rule's condition holds for a finding.

    Raises:
        RecordError: it cannot be decided (``condition_failed``).
    """
    scope = {"topic": record.topic, "headers": _headers(record), "event": _tree(record), "finding": _found(finding)}
    if _costs_too_much(condition, scope):
        raise RecordError("condition_failed", "a rule's condition has loops in loops that this record makes too long")
    try:
        result = program(condition).execute(scope)
    except Exception:  # whatever the library raises, the condition was not decided
        raise RecordError("condition_failed", "a rule's condition cannot be decided for this record") from None
    if not isinstance(result, bool):
        raise RecordError("condition_failed", "a rule's condition is neither true nor false")
    return result


def export_condition(condition: str, record: Record, tree: Any, findings: Sequence[Finding]) -> bool:
    """Whether an export rule's condition holds; undecidable counts as true: the record is held."""
    scope = {
        "topic": record.topic,
        "headers": _headers(record),
        "event": tree,
        "findings": [_found(f) for f in findings],
    }
    if _costs_too_much(condition, scope):
        return True  # undecided: held
    try:
        return program(condition).execute(scope) is not False
    except Exception:  # undecided: held
        return True
