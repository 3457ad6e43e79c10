"""ElevenLabs API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def elevenlabs_api_key() -> Rule:
    """https://elevenlabs.io/docs/api-reference/authentication"""
    return Rule(
        id="elevenlabs-api-key",
        entity=SECRET,
        label="ElevenLabs API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>sk_[0-9a-f]{48})(?:$|[^A-Za-z0-9_-])",
        triggers=("sk_[0-9a-f]{48}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk_{x48}⟧",
            "auth=⟦sk_{x48}⟧;",
        ),
        ignores=("sk_abc",),
    )
