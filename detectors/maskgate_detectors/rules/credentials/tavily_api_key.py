"""Tavily API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def tavily_api_key() -> Rule:
    """https://docs.tavily.com/"""
    return Rule(
        id="tavily-api-key",
        entity=SECRET,
        label="Tavily API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>tvly-(?:dev-|prod-)?[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦tvly-dev-{an32}⟧",
            "auth=⟦tvly-dev-{an32}⟧;",
        ),
        ignores=("tvly-x",),
    )
