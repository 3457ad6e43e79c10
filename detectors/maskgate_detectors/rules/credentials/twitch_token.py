"""Twitch client secret or token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def twitch_token() -> Rule:
    """https://dev.twitch.tv/docs/authentication/"""
    return Rule(
        id="twitch-token",
        entity=SECRET,
        label="Twitch client secret or token",
        pattern=(
            r"(?i)twitch[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[a-z0-9]{30})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)twitch[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("twitch client secret, twitch oauth token, twitch token"),
        key_decides=True,
        key_pattern="(?:[a-z0-9]{30})",
        key_score=0.97,
        matches=(
            "twitch_client_secret: ⟦{ln30}⟧",
            "export twitch_KEY=⟦{ln30}⟧ # x",
        ),
        ignores=("id {ln30}",),
    )
