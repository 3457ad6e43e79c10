"""Trello API key or token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def trello_token() -> Rule:
    """https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/"""
    return Rule(
        id="trello-token",
        entity=SECRET,
        label="Trello API key or token",
        pattern=(
            r"(?i)trello[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>(?:ATTA)?[0-9a-f]{32,72})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)trello[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("trello token, trello api key, trello api token"),
        key_decides=True,
        key_pattern="(?:(?:ATTA)?[0-9a-f]{32,72})",
        key_score=0.97,
        matches=(
            "trello_token: ⟦{x64}⟧",
            "export trello_KEY=⟦{x64}⟧ # x",
        ),
        ignores=("id {x64}",),
    )
