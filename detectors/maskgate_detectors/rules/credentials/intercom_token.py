"""Intercom access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def intercom_token() -> Rule:
    """https://developers.intercom.com/docs/build-an-integration/learn-more/authentication"""
    return Rule(
        id="intercom-token",
        entity=SECRET,
        label="Intercom access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>dG9r(?:Oj|Om)[A-Za-z0-9+/]{50,60}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=("dG9rO[A-Za-z0-9+/]{50}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dG9rOj{b56}=⟧",
            "auth=⟦dG9rOj{b56}=⟧;",
        ),
        ignores=("dG9rOj",),
    )
