"""Railway token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def railway_token() -> Rule:
    """https://docs.railway.com/reference/public-api"""
    return Rule(
        id="railway-token",
        entity=SECRET,
        label="Railway token",
        pattern=(
            r"(?i)railway[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})("
            r"?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)railway[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("railway token, railway api token"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
        key_score=0.97,
        matches=(
            "railway_token: ⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "export railway_KEY=⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧ # x",
        ),
        ignores=("id {x8}-{x4}-{x4}-{x4}-{x12}",),
    )
