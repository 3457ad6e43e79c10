"""Groq API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def groq_api_key() -> Rule:
    """https://console.groq.com/docs/quickstart"""
    return Rule(
        id="groq-api-key",
        entity=SECRET,
        label="Groq API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>gsk_[A-Za-z0-9]{52})(?:$|[^A-Za-z0-9_-])",
        triggers=("gsk_[A-Za-z0-9]{52}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦gsk_{an52}⟧",
            "auth=⟦gsk_{an52}⟧;",
        ),
        ignores=("gsk_short",),
    )
