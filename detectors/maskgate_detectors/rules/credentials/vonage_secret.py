"""Vonage (Nexmo) API secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def vonage_secret() -> Rule:
    """https://developer.vonage.com/en/concepts/guides/authentication"""
    return Rule(
        id="vonage-secret",
        entity=SECRET,
        label="Vonage (Nexmo) API secret",
        pattern=(
            r"(?i)(?:vonage|nexmo)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{16})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:vonage|nexmo)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("vonage api secret, nexmo api secret, vonage secret, nexmo secret"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{16})",
        key_score=0.97,
        matches=(
            "vonage_api_secret: ⟦{an16}⟧",
            "export vonage_KEY=⟦{an16}⟧ # x",
        ),
        ignores=("id {an16}",),
    )
