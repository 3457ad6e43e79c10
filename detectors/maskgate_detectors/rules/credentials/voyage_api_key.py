"""Voyage AI API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def voyage_api_key() -> Rule:
    """https://docs.voyageai.com/docs/api-key-and-installation"""
    return Rule(
        id="voyage-api-key",
        entity=SECRET,
        label="Voyage AI API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>pa-[A-Za-z0-9_-]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=("pa-[A-Za-z0-9_-]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pa-{u43}⟧",
            "auth=⟦pa-{u43}⟧;",
        ),
        ignores=("pa-x",),
    )
