"""GitHub App user, server or refresh token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def github_app_token() -> Rule:
    """https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats"""
    return Rule(
        id="github-app-token",
        entity=SECRET,
        label="GitHub App user, server or refresh token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>gh[usr]_[A-Za-z0-9]{36,255})(?:$|[^A-Za-z0-9_-])",
        triggers=("gh[usr]_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ghs_{an36}⟧",
            "⟦ghr_{an76}⟧",
            "⟦ghu_{an36}⟧",
            "auth=⟦ghs_{an36}⟧;",
        ),
        ignores=("ghs_short",),
    )
