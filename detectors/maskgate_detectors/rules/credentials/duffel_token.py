"""Duffel API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def duffel_token() -> Rule:
    """https://duffel.com/docs/api/overview/authentication"""
    return Rule(
        id="duffel-token",
        entity=SECRET,
        label="Duffel API token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>duffel_(?:live|test)_[A-Za-z0-9_=-]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=("duffel_(?:live|test)_[A-Za-z0-9_=-]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦duffel_live_{u43}⟧",
            "auth=⟦duffel_live_{u43}⟧;",
        ),
        ignores=("duffel_live_",),
    )
