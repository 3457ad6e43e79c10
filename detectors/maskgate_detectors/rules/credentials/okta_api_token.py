"""Okta API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def okta_api_token() -> Rule:
    """https://developer.okta.com/docs/guides/create-an-api-token/"""
    return Rule(
        id="okta-api-token",
        entity=SECRET,
        label="Okta API token",
        pattern=(
            r"(?i)okta[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>00[A-Za-z0-9_-]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)okta[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("okta api token, okta token, okta client token"),
        key_decides=True,
        key_pattern="(?:00[A-Za-z0-9_-]{40})",
        key_score=0.97,
        matches=(
            "okta_api_token: ⟦00{u40}⟧",
            "export okta_KEY=⟦00{u40}⟧ # x",
        ),
        ignores=("id 00{u40}",),
    )
