"""Vercel access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def vercel_token() -> Rule:
    """https://vercel.com/docs/rest-api"""
    return Rule(
        id="vercel-token",
        entity=SECRET,
        label="Vercel access token",
        pattern=(
            r"(?i)vercel[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{24})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)vercel[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("vercel token, vercel access token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{24})",
        key_score=0.97,
        matches=(
            "vercel_token: ⟦{an24}⟧",
            "export vercel_KEY=⟦{an24}⟧ # x",
        ),
        ignores=("id {an24}",),
    )
