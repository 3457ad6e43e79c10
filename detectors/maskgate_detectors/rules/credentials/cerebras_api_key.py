"""Cerebras API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def cerebras_api_key() -> Rule:
    """https://inference-docs.cerebras.ai/"""
    return Rule(
        id="cerebras-api-key",
        entity=SECRET,
        label="Cerebras API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>csk-[a-z0-9]{48})(?:$|[^A-Za-z0-9_-])",
        triggers=("csk-[a-z0-9]{48}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦csk-{ln48}⟧",
            "auth=⟦csk-{ln48}⟧;",
        ),
        ignores=("csk-x",),
    )
