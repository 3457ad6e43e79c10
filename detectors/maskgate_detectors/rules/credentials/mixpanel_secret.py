"""Mixpanel API secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def mixpanel_secret() -> Rule:
    """https://developer.mixpanel.com/reference/project-secret"""
    return Rule(
        id="mixpanel-secret",
        entity=SECRET,
        label="Mixpanel API secret",
        pattern=(
            r"(?i)mixpanel[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)mixpanel[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("mixpanel api secret, mixpanel secret, mixpanel token"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "mixpanel_api_secret: ⟦{x32}⟧",
            "export mixpanel_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
