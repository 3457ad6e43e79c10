"""Instagram access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def instagram_access_token() -> Rule:
    """https://developers.facebook.com/docs/instagram-platform"""
    return Rule(
        id="instagram-access-token",
        entity=SECRET,
        label="Instagram access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>IGQ[A-Za-z0-9_-]{60,})(?:$|[^A-Za-z0-9_-])",
        triggers=("IGQ[A-Za-z0-9_-]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦IGQ{an120}⟧",
            "auth=⟦IGQ{an120}⟧;",
        ),
        ignores=("IGQ",),
    )
