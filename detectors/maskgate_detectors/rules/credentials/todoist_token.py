"""Todoist API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def todoist_token() -> Rule:
    """https://developer.todoist.com/"""
    return Rule(
        id="todoist-token",
        entity=SECRET,
        label="Todoist API token",
        pattern=(
            r"(?i)todoist[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)todoist[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("todoist api token, todoist token"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{40})",
        key_score=0.97,
        matches=(
            "todoist_api_token: ⟦{x40}⟧",
            "export todoist_KEY=⟦{x40}⟧ # x",
        ),
        ignores=("id {x40}",),
    )
