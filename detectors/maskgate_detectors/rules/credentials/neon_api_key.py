"""Neon API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def neon_api_key() -> Rule:
    """https://neon.com/docs/manage/api-keys"""
    return Rule(
        id="neon-api-key",
        entity=SECRET,
        label="Neon API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>napi_[a-z0-9]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=("napi_[a-z0-9]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦napi_{ln64}⟧",
            "auth=⟦napi_{ln64}⟧;",
        ),
        ignores=("napi_poll",),
    )
