"""Zoho OAuth token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def zoho_token() -> Rule:
    """https://www.zoho.com/accounts/protocol/oauth.html"""
    return Rule(
        id="zoho-token",
        entity=SECRET,
        label="Zoho OAuth token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>1000\.[0-9a-f]{32}\.[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"1000\.[0-9a-f]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦1000.{x32}.{x32}⟧",
            "auth=⟦1000.{x32}.{x32}⟧;",
        ),
        ignores=("1000.50",),
    )
