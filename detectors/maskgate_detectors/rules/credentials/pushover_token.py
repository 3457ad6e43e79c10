"""Pushover API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def pushover_token() -> Rule:
    """https://pushover.net/api"""
    return Rule(
        id="pushover-token",
        entity=SECRET,
        label="Pushover API token",
        pattern=(
            r"(?i)pushover[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[a-z0-9]{30})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)pushover[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("pushover token, pushover api token, pushover user key"),
        key_decides=True,
        key_pattern="(?:[a-z0-9]{30})",
        key_score=0.97,
        matches=(
            "pushover_token: ⟦{ln30}⟧",
            "export pushover_KEY=⟦{ln30}⟧ # x",
        ),
        ignores=("id {ln30}",),
    )
