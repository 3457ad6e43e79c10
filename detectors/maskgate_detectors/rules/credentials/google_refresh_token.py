"""Google OAuth refresh token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def google_refresh_token() -> Rule:
    """https://developers.google.com/identity/protocols/oauth2"""
    return Rule(
        id="google-refresh-token",
        entity=SECRET,
        label="Google OAuth refresh token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>1//0[A-Za-z0-9_-]{50,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"1\\?/\\?/0[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦1//0{u100}⟧",
            "auth=⟦1//0{u100}⟧;",
        ),
        ignores=("1//0abc",),
    )
