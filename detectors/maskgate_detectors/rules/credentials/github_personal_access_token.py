"""GitHub personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def github_personal_access_token() -> Rule:
    """https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats"""
    return Rule(
        id="github-personal-access-token",
        entity=SECRET,
        label="GitHub personal access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>ghp_[A-Za-z0-9]{36})(?:$|[^A-Za-z0-9_-])",
        triggers=("ghp_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ghp_{an36}⟧",
            "auth=⟦ghp_{an36}⟧;",
        ),
        ignores=("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",),
    )
