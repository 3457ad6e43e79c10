"""Figma personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def figma_token() -> Rule:
    """https://developers.figma.com/docs/rest-api/authentication/"""
    return Rule(
        id="figma-token",
        entity=SECRET,
        label="Figma personal access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>figd_[A-Za-z0-9_-]{38,50})(?:$|[^A-Za-z0-9_-])",
        triggers=("figd_[A-Za-z0-9_-]{38}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦figd_{u43}⟧",
            "auth=⟦figd_{u43}⟧;",
        ),
        ignores=("figd_x",),
    )
