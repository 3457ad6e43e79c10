"""Google OAuth client secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def google_oauth_client_secret() -> Rule:
    """https://developers.google.com/identity/protocols/oauth2"""
    return Rule(
        id="google-oauth-client-secret",
        entity=SECRET,
        label="Google OAuth client secret",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>GOCSPX-[A-Za-z0-9_-]{28})(?:$|[^A-Za-z0-9_-])",
        triggers=("GOCSPX-[A-Za-z0-9_-]{28}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦GOCSPX-{u28}⟧",
            "auth=⟦GOCSPX-{u28}⟧;",
        ),
        ignores=("GOCSPX-",),
    )
