"""Zendesk API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def zendesk_token() -> Rule:
    """https://developer.zendesk.com/api-reference/introduction/security-and-auth/"""
    return Rule(
        id="zendesk-token",
        entity=SECRET,
        label="Zendesk API token",
        pattern=(
            r"(?i)zendesk[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)zendesk[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("zendesk api token, zendesk token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{40})",
        key_score=0.97,
        matches=(
            "zendesk_api_token: ⟦{an40}⟧",
            "export zendesk_KEY=⟦{an40}⟧ # x",
        ),
        ignores=("id {an40}",),
    )
