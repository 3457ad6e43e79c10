"""Trello API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def trello_api_token() -> Rule:
    """https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/"""
    return Rule(
        id="trello-api-token",
        entity=SECRET,
        label="Trello API token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>ATTA[0-9a-f]{64}[0-9A-F]{0,8})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"ATTA[0-9a-f]{64}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ATTA{x64}⟧",
            "auth=⟦ATTA{x64}⟧;",
        ),
        ignores=("ATTACHED",),
    )
