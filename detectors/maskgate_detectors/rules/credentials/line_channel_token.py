"""LINE channel access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def line_channel_token() -> Rule:
    """https://developers.line.biz/en/docs/basics/channel-access-token/"""
    return Rule(
        id="line-channel-token",
        entity=SECRET,
        label="LINE channel access token",
        pattern=(
            r"(?i)(?:line[_-]channel|line[ _-]channel|channel[_-]access[_-]token)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|=|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9+/]{100,200}"
            r"={0,2})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(
            r"(?i)(?:line[_-]channel|line[ _-]channel|channel[_-]access[_-]token)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",
        ),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("line channel access token, channel access token, line token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9+/]{100,200}={0,2})",
        key_score=0.97,
        matches=(
            "line_channel_access_token: ⟦{b172}⟧",
            "export line_channel_KEY=⟦{b172}⟧ # x",
        ),
        ignores=("id {b172}",),
    )
