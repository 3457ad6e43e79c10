"""xAI API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def xai_api_key() -> Rule:
    """https://docs.x.ai/docs/overview"""
    return Rule(
        id="xai-api-key",
        entity=SECRET,
        label="xAI API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>xai-[A-Za-z0-9]{80})(?:$|[^A-Za-z0-9_-])",
        triggers=("xai-[A-Za-z0-9]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xai-{an80}⟧",
            "auth=⟦xai-{an80}⟧;",
        ),
        ignores=("xai-grok",),
    )
