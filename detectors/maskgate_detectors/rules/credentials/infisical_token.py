"""Infisical service token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def infisical_token() -> Rule:
    """https://infisical.com/docs/documentation/platform/token"""
    return Rule(
        id="infisical-token",
        entity=SECRET,
        label="Infisical service token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>st\.[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"st\.[0-9a-f]{24}\.[0-9a-f]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦st.{x24}.{x32}.{x32}⟧",
            "auth=⟦st.{x24}.{x32}.{x32}⟧;",
        ),
        ignores=("st.x",),
    )
