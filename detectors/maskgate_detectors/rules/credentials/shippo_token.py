"""Shippo API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def shippo_token() -> Rule:
    """https://docs.goshippo.com/docs/guides_general/authentication/"""
    return Rule(
        id="shippo-token",
        entity=SECRET,
        label="Shippo API token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>shippo_(?:live|test)_[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=("shippo_(?:live|test)_[0-9a-f]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦shippo_live_{x40}⟧",
            "auth=⟦shippo_live_{x40}⟧;",
        ),
        ignores=("shippo_live_",),
    )
