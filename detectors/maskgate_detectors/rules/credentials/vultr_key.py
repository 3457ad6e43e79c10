"""Vultr API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def vultr_key() -> Rule:
    """https://www.vultr.com/api/"""
    return Rule(
        id="vultr-key",
        entity=SECRET,
        label="Vultr API key",
        pattern=(
            r"(?i)vultr[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Z0-9]{36})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)vultr[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("vultr api key"),
        key_decides=True,
        key_pattern="(?:[A-Z0-9]{36})",
        key_score=0.97,
        matches=(
            "vultr_api_key: ⟦{AN36}⟧",
            "export vultr_KEY=⟦{AN36}⟧ # x",
        ),
        ignores=("id {AN36}",),
    )
