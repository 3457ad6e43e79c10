"""Bitly access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def bitly_token() -> Rule:
    """https://dev.bitly.com/docs/getting-started/authentication/"""
    return Rule(
        id="bitly-token",
        entity=SECRET,
        label="Bitly access token",
        pattern=(
            r"(?i)(?:bitly|bit\.ly)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:bitly|bit\.ly)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("bitly access token, bitly token"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{40})",
        key_score=0.97,
        matches=(
            "bitly_access_token: ⟦{x40}⟧",
            "export bitly_KEY=⟦{x40}⟧ # x",
        ),
        ignores=("id {x40}",),
    )
