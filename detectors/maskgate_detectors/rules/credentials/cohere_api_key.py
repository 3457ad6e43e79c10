"""Cohere API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def cohere_api_key() -> Rule:
    """https://docs.cohere.com/reference/about"""
    return Rule(
        id="cohere-api-key",
        entity=SECRET,
        label="Cohere API key",
        pattern=(
            r"(?i)(?:cohere|co[_-]api)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:cohere|co[_-]api)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("cohere api key, co api key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{40})",
        key_score=0.97,
        matches=(
            "cohere_api_key: ⟦{an40}⟧",
            "export cohere_KEY=⟦{an40}⟧ # x",
        ),
        ignores=("id {an40}",),
    )
