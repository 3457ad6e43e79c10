"""OpenRouter API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def openrouter_api_key() -> Rule:
    """https://openrouter.ai/docs/api-reference/authentication"""
    return Rule(
        id="openrouter-api-key",
        entity=SECRET,
        label="OpenRouter API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>sk-or-v1-[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=("sk-or-v1-[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk-or-v1-{x64}⟧",
            "auth=⟦sk-or-v1-{x64}⟧;",
        ),
        ignores=("sk-or-v1-",),
    )
