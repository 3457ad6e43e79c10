"""Pinata API secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def pinata_key() -> Rule:
    """https://docs.pinata.cloud/account-management/api-keys"""
    return Rule(
        id="pinata-key",
        entity=SECRET,
        label="Pinata API secret",
        pattern=(
            r"(?i)pinata[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)pinata[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("pinata api secret, pinata secret api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{64})",
        key_score=0.97,
        matches=(
            "pinata_api_secret: ⟦{x64}⟧",
            "export pinata_KEY=⟦{x64}⟧ # x",
        ),
        ignores=("id {x64}",),
    )
