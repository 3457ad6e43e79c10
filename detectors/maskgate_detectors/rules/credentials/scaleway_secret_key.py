"""Scaleway secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def scaleway_secret_key() -> Rule:
    """https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/"""
    return Rule(
        id="scaleway-secret-key",
        entity=SECRET,
        label="Scaleway secret key",
        pattern=(
            r"(?i)(?:scaleway|scw[_-]secret)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})("
            r"?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:scaleway|scw[_-]secret)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("scw secret key, scaleway secret key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
        key_score=0.97,
        matches=(
            "scw_secret_key: ⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "export scaleway_KEY=⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧ # x",
        ),
        ignores=("id {x8}-{x4}-{x4}-{x4}-{x12}",),
    )
