"""JFrog access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def jfrog_identity_token() -> Rule:
    """https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens"""
    return Rule(
        id="jfrog-identity-token",
        entity=SECRET,
        label="JFrog access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>eyJ2ZXIiOiIyIi[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{40,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"eyJ2ZXIiOiIyIi[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦eyJ2ZXIiOiIyIi{u80}.{u120}.{u200}⟧",
            "auth=⟦eyJ2ZXIiOiIyIi{u80}.{u120}.{u200}⟧;",
        ),
        ignores=("eyJ2ZXIiOiIyIi",),
    )
