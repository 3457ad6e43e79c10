"""Alchemy API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def alchemy_key() -> Rule:
    """https://www.alchemy.com/docs/create-an-api-key"""
    return Rule(
        id="alchemy-key",
        entity=SECRET,
        label="Alchemy API key",
        pattern=(
            r"(?i)alchemy[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_-]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)alchemy[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("alchemy api key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_-]{32})",
        key_score=0.97,
        matches=(
            "alchemy_api_key: ⟦{u32}⟧",
            "export alchemy_KEY=⟦{u32}⟧ # x",
        ),
        ignores=("id {u32}",),
    )
