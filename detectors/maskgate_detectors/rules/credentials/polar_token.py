"""Polar access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def polar_token() -> Rule:
    """https://polar.sh/docs/integrate/authentication"""
    return Rule(
        id="polar-token",
        entity=SECRET,
        label="Polar access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>polar_(?:oat|pat|whs)_[A-Za-z0-9_-]{40,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"polar_(?:oat|pat|whs)_[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦polar_oat_{an43}⟧",
            "auth=⟦polar_oat_{an43}⟧;",
        ),
        ignores=("polar_oat_x",),
    )
