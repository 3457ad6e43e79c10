"""Sanity token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def sanity_token() -> Rule:
    """https://www.sanity.io/docs/content-lake/http-auth"""
    return Rule(
        id="sanity-token",
        entity=SECRET,
        label="Sanity token",
        pattern=(
            r"(?i)sanity[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>sk[A-Za-z0-9]{80,200})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)sanity[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("sanity token, sanity api token, sanity auth token"),
        key_decides=True,
        key_pattern="(?:sk[A-Za-z0-9]{80,200})",
        key_score=0.97,
        matches=(
            "sanity_token: ⟦sk{an150}⟧",
            "export sanity_KEY=⟦sk{an150}⟧ # x",
        ),
        ignores=("id sk{an150}",),
    )
