"""Packagist token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def packagist_token() -> Rule:
    """https://packagist.org/apidoc"""
    return Rule(
        id="packagist-token",
        entity=SECRET,
        label="Packagist token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>packagist_[a-z]{3}_[0-9a-f]{64,72})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"packagist_[a-z]{3}_[0-9a-f]{64}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦packagist_uut_{x68}⟧",
            "auth=⟦packagist_uut_{x68}⟧;",
        ),
        ignores=("packagist_uut_x",),
    )
