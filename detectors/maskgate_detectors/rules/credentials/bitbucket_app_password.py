"""Bitbucket app password."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def bitbucket_app_password() -> Rule:
    """https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/"""
    return Rule(
        id="bitbucket-app-password",
        entity=SECRET,
        label="Bitbucket app password",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>ATBB[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("ATBB[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ATBB{an32}⟧",
            "auth=⟦ATBB{an32}⟧;",
        ),
        ignores=("ATBB",),
    )
