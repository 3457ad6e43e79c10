"""Stytch secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def stytch_secret() -> Rule:
    """https://stytch.com/docs/api"""
    return Rule(
        id="stytch-secret",
        entity=SECRET,
        label="Stytch secret",
        pattern=(
            r"(?i)stytch[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>secret-(?:live|test)-[A-Za-z0-9_=-]{36,48})(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)stytch[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("stytch secret"),
        key_decides=True,
        key_pattern="(?:secret-(?:live|test)-[A-Za-z0-9_=-]{36,48})",
        key_score=0.97,
        matches=(
            "stytch_secret: ⟦secret-live-{u36}=⟧",
            "export stytch_KEY=⟦secret-live-{u36}=⟧ # x",
        ),
        ignores=("id secret-live-{u36}=",),
    )
