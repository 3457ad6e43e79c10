"""StackHawk API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def stackhawk_key() -> Rule:
    """https://docs.stackhawk.com/"""
    return Rule(
        id="stackhawk-key",
        entity=SECRET,
        label="StackHawk API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>hawk\.[A-Za-z0-9_-]{20}\.[A-Za-z0-9_-]{20})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"hawk\.[A-Za-z0-9_-]{20}\.[A-Za-z0-9_-]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦hawk.{u20}.{u20}⟧",
            "auth=⟦hawk.{u20}.{u20}⟧;",
        ),
        ignores=("hawk.eye.view",),
    )
