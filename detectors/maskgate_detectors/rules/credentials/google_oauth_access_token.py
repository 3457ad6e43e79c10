"""Google OAuth access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def google_oauth_access_token() -> Rule:
    """https://developers.google.com/identity/protocols/oauth2"""
    return Rule(
        id="google-oauth-access-token",
        entity=SECRET,
        label="Google OAuth access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>ya29\.[A-Za-z0-9_-]{30,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"ya29\.[A-Za-z0-9_-]{30}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ya29.{u120}⟧",
            "auth=⟦ya29.{u120}⟧;",
        ),
        ignores=("ya29.short",),
    )
