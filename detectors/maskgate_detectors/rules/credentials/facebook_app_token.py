"""Facebook app access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def facebook_app_token() -> Rule:
    """https://developers.facebook.com/docs/facebook-login/guides/access-tokens"""
    return Rule(
        id="facebook-app-token",
        entity=SECRET,
        label="Facebook app access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>\d{13,17}\|[A-Za-z0-9_-]{27})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"\d{13}\|[A-Za-z0-9_-]{27}",),
        validate=secret_checks.random_token,
        valid_score=0.98,
        matches=(
            "⟦{d15}|{u27}⟧",
            "auth=⟦{d15}|{u27}⟧;",
        ),
        ignores=("12345|abc",),
    )
