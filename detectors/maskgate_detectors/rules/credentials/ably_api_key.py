"""Ably API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def ably_api_key() -> Rule:
    """https://ably.com/docs/auth"""
    return Rule(
        id="ably-api-key",
        entity=SECRET,
        label="Ably API key",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43})(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=(r"\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{an6}.{an6}:{u43}⟧",
            "auth=⟦{an6}.{an6}:{u43}⟧;",
        ),
        ignores=("a.b:c",),
    )
