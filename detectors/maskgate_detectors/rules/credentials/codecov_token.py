"""Codecov upload token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def codecov_token() -> Rule:
    """https://docs.codecov.com/docs/codecov-tokens"""
    return Rule(
        id="codecov-token",
        entity=SECRET,
        label="Codecov upload token",
        pattern=(
            r"(?i)codecov[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})("
            r"?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)codecov[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("codecov token"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
        key_score=0.97,
        matches=(
            "codecov_token: ⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "export codecov_KEY=⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧ # x",
        ),
        ignores=("id {x8}-{x4}-{x4}-{x4}-{x12}",),
    )
