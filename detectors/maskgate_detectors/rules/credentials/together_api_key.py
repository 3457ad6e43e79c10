"""Together AI API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def together_api_key() -> Rule:
    """https://docs.together.ai/"""
    return Rule(
        id="together-api-key",
        entity=SECRET,
        label="Together AI API key",
        pattern=(
            r"(?i)together[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)together[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("together api key, together ai api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{64})",
        key_score=0.97,
        matches=(
            "together_api_key: ⟦{x64}⟧",
            "export together_KEY=⟦{x64}⟧ # x",
        ),
        ignores=("id {x64}",),
    )
