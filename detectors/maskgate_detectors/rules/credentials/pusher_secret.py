"""Pusher app secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def pusher_secret() -> Rule:
    """https://pusher.com/docs/channels/library_auth_reference/rest-api/"""
    return Rule(
        id="pusher-secret",
        entity=SECRET,
        label="Pusher app secret",
        pattern=(
            r"(?i)pusher[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{20})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)pusher[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("pusher app secret, pusher secret, pusher key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{20})",
        key_score=0.97,
        matches=(
            "pusher_app_secret: ⟦{x20}⟧",
            "export pusher_KEY=⟦{x20}⟧ # x",
        ),
        ignores=("id {x20}",),
    )
