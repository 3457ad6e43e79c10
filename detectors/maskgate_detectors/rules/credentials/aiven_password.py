"""Aiven service password."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def aiven_password() -> Rule:
    """https://aiven.io/docs"""
    return Rule(
        id="aiven-password",
        entity=SECRET,
        label="Aiven service password",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>AVNS_[A-Za-z0-9_-]{15,40})(?:$|[^A-Za-z0-9_-])",
        triggers=("AVNS_[A-Za-z0-9_-]{15}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AVNS_{u19}⟧",
            "auth=⟦AVNS_{u19}⟧;",
        ),
        ignores=("AVNS_",),
    )
