"""Scaleway access key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def scaleway_access_key() -> Rule:
    """https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/"""
    return Rule(
        id="scaleway-access-key",
        entity=SECRET,
        label="Scaleway access key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>SCW[A-Z0-9]{17})(?:$|[^A-Za-z0-9_-])",
        triggers=("SCW[A-Z0-9]{17}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦SCW{AN17}⟧",
            "auth=⟦SCW{AN17}⟧;",
        ),
        ignores=("SCW",),
    )
