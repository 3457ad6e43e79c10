"""LinkedIn access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def linkedin_token() -> Rule:
    """https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication"""
    return Rule(
        id="linkedin-token",
        entity=SECRET,
        label="LinkedIn access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>AQ[UVWX][A-Za-z0-9_-]{150,})(?:$|[^A-Za-z0-9_-])",
        triggers=("AQ[UVWX][A-Za-z0-9_-]{150}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AQX{u200}⟧",
            "auth=⟦AQX{u200}⟧;",
        ),
        ignores=("AQX",),
    )
