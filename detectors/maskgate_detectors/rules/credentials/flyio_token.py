"""Fly.io access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def flyio_token() -> Rule:
    """https://fly.io/docs/security/tokens/"""
    return Rule(
        id="flyio-token",
        entity=SECRET,
        label="Fly.io access token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:fo1_[A-Za-z0-9_-]{43}"
            "|fm[12][ar]?_[A-Za-z0-9+/]{100,}={0,3}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦fo1_{u43}⟧",
            "⟦fm2_{b180}⟧",
            "auth=⟦fo1_{u43}⟧;",
        ),
        ignores=("fo1_x",),
    )
