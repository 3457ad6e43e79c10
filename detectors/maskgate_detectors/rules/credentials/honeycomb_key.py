"""Honeycomb key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def honeycomb_key() -> Rule:
    """https://docs.honeycomb.io/configure/environments/manage-api-keys/"""
    return Rule(
        id="honeycomb-key",
        entity=SECRET,
        label="Honeycomb key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>hc[abcx]ik_[0-9a-z]{58,64})(?:$|[^A-Za-z0-9_-])",
        triggers=("hc[abcx]ik_[0-9a-z]{58}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦hcaik_{ln58}⟧",
            "auth=⟦hcaik_{ln58}⟧;",
        ),
        ignores=("hcaik_",),
    )
