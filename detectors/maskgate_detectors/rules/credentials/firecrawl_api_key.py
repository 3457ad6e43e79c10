"""Firecrawl API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def firecrawl_api_key() -> Rule:
    """https://docs.firecrawl.dev/"""
    return Rule(
        id="firecrawl-api-key",
        entity=SECRET,
        label="Firecrawl API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>fc-[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("fc-[0-9a-f]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦fc-{x32}⟧",
            "auth=⟦fc-{x32}⟧;",
        ),
        ignores=("fc-barcelona",),
    )
