"""Segment public API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def segment_token() -> Rule:
    """https://docs.segmentapis.com/tag/Getting-Started"""
    return Rule(
        id="segment-token",
        entity=SECRET,
        label="Segment public API token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>sgp_[A-Za-z0-9]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=("sgp_[A-Za-z0-9]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sgp_{an64}⟧",
            "auth=⟦sgp_{an64}⟧;",
        ),
        ignores=("sgp_x",),
    )
