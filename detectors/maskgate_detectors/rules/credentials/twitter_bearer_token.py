"""X (Twitter) bearer token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def twitter_bearer_token() -> Rule:
    """https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only"""
    return Rule(
        id="twitter-bearer-token",
        entity=SECRET,
        label="X (Twitter) bearer token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>A{20,22}[A-Za-z0-9%]{60,110})(?:$|[^A-Za-z0-9_-])",
        triggers=("A{20}[A-Za-z0-9%]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AAAAAAAAAAAAAAAAAAAAA{an80}⟧",
            "auth=⟦AAAAAAAAAAAAAAAAAAAAA{an80}⟧;",
        ),
        ignores=("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",),
    )
