"""Rollbar access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def rollbar_token() -> Rule:
    """https://docs.rollbar.com/docs/access-tokens"""
    return Rule(
        id="rollbar-token",
        entity=SECRET,
        label="Rollbar access token",
        pattern=(
            r"(?i)rollbar[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)rollbar[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("rollbar access token, rollbar token, rollbar server token"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "rollbar_access_token: ⟦{x32}⟧",
            "export rollbar_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
