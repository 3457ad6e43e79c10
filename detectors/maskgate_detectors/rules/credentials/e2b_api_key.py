"""E2B API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def e2b_api_key() -> Rule:
    """https://e2b.dev/docs/api-key"""
    return Rule(
        id="e2b-api-key",
        entity=SECRET,
        label="E2B API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>e2b_[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=("e2b_[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦e2b_{x40}⟧",
            "auth=⟦e2b_{x40}⟧;",
        ),
        ignores=("e2b_x",),
    )
