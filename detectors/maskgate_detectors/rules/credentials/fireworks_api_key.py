"""Fireworks AI API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def fireworks_api_key() -> Rule:
    """https://docs.fireworks.ai/"""
    return Rule(
        id="fireworks-api-key",
        entity=SECRET,
        label="Fireworks AI API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>fw_[A-Za-z0-9]{22,24})(?:$|[^A-Za-z0-9_-])",
        triggers=("fw_[A-Za-z0-9]{22}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦fw_{an24}⟧",
            "auth=⟦fw_{an24}⟧;",
        ),
        ignores=("fw_version",),
    )
