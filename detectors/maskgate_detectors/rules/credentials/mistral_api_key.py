"""Mistral API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def mistral_api_key() -> Rule:
    """https://docs.mistral.ai/getting-started/quickstart/"""
    return Rule(
        id="mistral-api-key",
        entity=SECRET,
        label="Mistral API key",
        pattern=(
            r"(?i)mistral[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)mistral[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("mistral api key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{32})",
        key_score=0.97,
        matches=(
            "mistral_api_key: ⟦{an32}⟧",
            "export mistral_KEY=⟦{an32}⟧ # x",
        ),
        ignores=("id {an32}",),
    )
