"""GitHub OAuth access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def github_oauth_token() -> Rule:
    """https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats"""
    return Rule(
        id="github-oauth-token",
        entity=SECRET,
        label="GitHub OAuth access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>gho_[A-Za-z0-9]{36})(?:$|[^A-Za-z0-9_-])",
        triggers=("gho_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦gho_{an36}⟧",
            "auth=⟦gho_{an36}⟧;",
        ),
        ignores=("gho_short",),
    )
