"""MessageBird access key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def messagebird_key() -> Rule:
    """https://developers.messagebird.com/api/#authentication"""
    return Rule(
        id="messagebird-key",
        entity=SECRET,
        label="MessageBird access key",
        pattern=(
            r"(?i)(?:messagebird|message[_-]bird)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{25})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:messagebird|message[_-]bird)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("messagebird access key, messagebird api key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{25})",
        key_score=0.97,
        matches=(
            "messagebird_access_key: ⟦{an25}⟧",
            "export messagebird_KEY=⟦{an25}⟧ # x",
        ),
        ignores=("id {an25}",),
    )
