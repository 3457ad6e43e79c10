"""Asana personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def asana_personal_token() -> Rule:
    """https://developers.asana.com/docs/personal-access-token"""
    return Rule(
        id="asana-personal-token",
        entity=SECRET,
        label="Asana personal access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>[0-2]/\d{15,19}(?:/\d{15,19})?:[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"[0-2]/\d{15,19}(?:/\d{15,19})?:[0-9a-f]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦1/{d16}:{x32}⟧",
            "auth=⟦1/{d16}:{x32}⟧;",
        ),
        ignores=("1/2024:abc",),
    )
