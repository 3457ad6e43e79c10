"""Etherscan API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def etherscan_key() -> Rule:
    """https://docs.etherscan.io/getting-started/viewing-api-usage-statistics"""
    return Rule(
        id="etherscan-key",
        entity=SECRET,
        label="Etherscan API key",
        pattern=(
            r"(?i)etherscan[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Z0-9]{34})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)etherscan[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("etherscan api key"),
        key_decides=True,
        key_pattern="(?:[A-Z0-9]{34})",
        key_score=0.97,
        matches=(
            "etherscan_api_key: ⟦{AN34}⟧",
            "export etherscan_KEY=⟦{AN34}⟧ # x",
        ),
        ignores=("id {AN34}",),
    )
