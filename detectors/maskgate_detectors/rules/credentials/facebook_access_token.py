"""Facebook or Meta access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def facebook_access_token() -> Rule:
    """https://developers.facebook.com/docs/facebook-login/guides/access-tokens"""
    return Rule(
        id="facebook-access-token",
        entity=SECRET,
        label="Facebook or Meta access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>EAA[A-Za-z0-9]{60,})(?:$|[^A-Za-z0-9_-])",
        triggers=("EAA[A-Za-z0-9]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦EAA{an150}⟧",
            "auth=⟦EAA{an150}⟧;",
        ),
        ignores=("EAAshort",),
    )
