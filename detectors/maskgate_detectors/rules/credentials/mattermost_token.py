"""Mattermost access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def mattermost_token() -> Rule:
    """https://developers.mattermost.com/integrate/reference/personal-access-token/"""
    return Rule(
        id="mattermost-token",
        entity=SECRET,
        label="Mattermost access token",
        pattern=(
            r"(?i)mattermost[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[a-z0-9]{26})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)mattermost[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("mattermost token, mattermost access token"),
        key_decides=True,
        key_pattern="(?:[a-z0-9]{26})",
        key_score=0.97,
        matches=(
            "mattermost_token: ⟦{ln26}⟧",
            "export mattermost_KEY=⟦{ln26}⟧ # x",
        ),
        ignores=("id {ln26}",),
    )
