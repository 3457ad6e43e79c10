"""npm access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def npm_token() -> Rule:
    """https://docs.npmjs.com/about-access-tokens"""
    return Rule(
        id="npm-token",
        entity=SECRET,
        label="npm access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>npm_[A-Za-z0-9]{36})(?:$|[^A-Za-z0-9_-])",
        triggers=("npm_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦npm_{an36}⟧",
            "auth=⟦npm_{an36}⟧;",
        ),
        ignores=("npm_config_registry",),
    )
