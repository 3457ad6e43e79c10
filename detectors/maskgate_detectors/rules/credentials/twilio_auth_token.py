"""Twilio auth token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def twilio_auth_token() -> Rule:
    """https://www.twilio.com/docs/iam/api"""
    return Rule(
        id="twilio-auth-token",
        entity=SECRET,
        label="Twilio auth token",
        pattern=(
            r"(?i)twilio[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)twilio[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("twilio auth token, twilio token, twilio secret, twilio api secret"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "twilio_auth_token: ⟦{x32}⟧",
            "export twilio_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
