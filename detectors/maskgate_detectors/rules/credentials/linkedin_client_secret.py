"""LinkedIn client secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def linkedin_client_secret() -> Rule:
    """https://learn.microsoft.com/linkedin/shared/authentication/client-credentials-flow"""
    return Rule(
        id="linkedin-client-secret",
        entity=SECRET,
        label="LinkedIn client secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>WPL_AP[01]\.[A-Za-z0-9]{16}\.[A-Za-z0-9+/]{8}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"WPL_AP[01]\.[A-Za-z0-9]{16}\.",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦WPL_AP1.{an16}.{an8}⟧",
            "auth=⟦WPL_AP1.{an16}.{an8}⟧;",
        ),
        ignores=("WPL_AP1.x",),
    )
