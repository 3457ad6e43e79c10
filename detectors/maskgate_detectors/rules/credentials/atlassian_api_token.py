"""Atlassian API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def atlassian_api_token() -> Rule:
    """https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"""
    return Rule(
        id="atlassian-api-token",
        entity=SECRET,
        label="Atlassian API token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>AT[AC]TT3[A-Za-z0-9_=-]{60,250})(?:$|[^A-Za-z0-9_-])",
        triggers=("AT[AC]TT3[A-Za-z0-9_=-]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ATATT3{u180}={X8}⟧",
            "auth=⟦ATATT3{u180}={X8}⟧;",
        ),
        ignores=("ATATT3",),
    )
