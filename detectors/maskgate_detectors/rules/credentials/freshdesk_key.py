"""Freshdesk API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def freshdesk_key() -> Rule:
    """https://developers.freshdesk.com/api/#authentication"""
    return Rule(
        id="freshdesk-key",
        entity=SECRET,
        label="Freshdesk API key",
        pattern=(
            r"(?i)(?:freshdesk|freshworks)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{20})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:freshdesk|freshworks)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("freshdesk api key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{20})",
        key_score=0.97,
        matches=(
            "freshdesk_api_key: ⟦{an20}⟧",
            "export freshdesk_KEY=⟦{an20}⟧ # x",
        ),
        ignores=("id {an20}",),
    )
