"""Dynatrace API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def dynatrace_token() -> Rule:
    """https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens"""
    return Rule(
        id="dynatrace-token",
        entity=SECRET,
        label="Dynatrace API token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"dt0[a-z]\d{2}\.[A-Z0-9]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dt0c01.{AN24}.{AN64}⟧",
            "auth=⟦dt0c01.{AN24}.{AN64}⟧;",
        ),
        ignores=("dt0c01.",),
    )
