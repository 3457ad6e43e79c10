"""Replicate API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def replicate_api_token() -> Rule:
    """https://replicate.com/docs/topics/security/api-tokens"""
    return Rule(
        id="replicate-api-token",
        entity=SECRET,
        label="Replicate API token",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>r8_[A-Za-z0-9]{37})(?:$|[^A-Za-z0-9_-])",
        triggers=("r8_[A-Za-z0-9]{37}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦r8_{an37}⟧",
            "auth=⟦r8_{an37}⟧;",
        ),
        ignores=("r8_x",),
    )
