"""Which calls of an agent's tools run, wait for people, or are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maskgate.base.globs import any_matches
from maskgate.policy.exports import satisfies
from maskgate.policy.model import ToolRule, Tools

DEFAULT = "default"
"""The id of the verdict where no rule fits."""


def judge(tools: Tools, server: str, tool: str, arguments: Mapping[str, Any]) -> ToolRule:
    """The first rule that fits this call; where none does, one with the section's default.

    A rule that lets a call run fits only where every value at its paths does; one that stops it, where any does.
    """
    for rule in tools.rules:
        if _named(rule, server, tool) and _holds(rule, arguments):
            return rule
    return ToolRule(id=DEFAULT, action=tools.default)


def _named(rule: ToolRule, server: str, tool: str) -> bool:
    return any_matches(rule.server, server) and any_matches(rule.tool, tool)


def _holds(rule: ToolRule, arguments: Mapping[str, Any]) -> bool:
    lets_run = rule.action in ("allow", "mask")
    return all(satisfies(arguments, predicate, every=lets_run) for predicate in rule.when)
