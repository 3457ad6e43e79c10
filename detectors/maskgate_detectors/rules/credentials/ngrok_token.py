"""ngrok auth token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def ngrok_token() -> Rule:
    """https://ngrok.com/docs/agent/"""
    return Rule(
        id="ngrok-token",
        entity=SECRET,
        label="ngrok auth token",
        pattern=(
            r"(?i)ngrok[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{20,30}_[A-Za-z0-9]{20,24})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)ngrok[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("ngrok authtoken, ngrok auth token, ngrok token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{20,30}_[A-Za-z0-9]{20,24})",
        key_score=0.97,
        matches=(
            "ngrok_authtoken: ⟦{an25}_{an21}⟧",
            "export ngrok_KEY=⟦{an25}_{an21}⟧ # x",
        ),
        ignores=("id {an25}_{an21}",),
    )
