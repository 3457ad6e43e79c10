"""Svix API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def svix_api_key() -> Rule:
    """https://docs.svix.com/security"""
    return Rule(
        id="svix-api-key",
        entity=SECRET,
        label="Svix API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>(?:testsk|sk)_[A-Za-z0-9_-]{32,40}\.(?:eu|us|ca|au|in))(?:$|[^A-Za-z0-9_-])",
        triggers=(r"(?:testsk|sk)_[A-Za-z0-9_-]{32,40}\.(?:eu|us|ca|au|in)",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦testsk_{an32}.us⟧",
            "auth=⟦testsk_{an32}.us⟧;",
        ),
        ignores=("testsk_x",),
    )
