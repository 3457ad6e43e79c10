"""Brex user token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def brex_token() -> Rule:
    """https://developer.brex.com/docs/authentication/"""
    return Rule(
        id="brex-token",
        entity=SECRET,
        label="Brex user token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>bxt_[A-Za-z0-9]{36,48})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"bxt_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦bxt_{an40}⟧",
            "auth=⟦bxt_{an40}⟧;",
        ),
        ignores=("bxt_x",),
    )
