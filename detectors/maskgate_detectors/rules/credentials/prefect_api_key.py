"""Prefect API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def prefect_api_key() -> Rule:
    """https://docs.prefect.io/"""
    return Rule(
        id="prefect-api-key",
        entity=SECRET,
        label="Prefect API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>pn[ub]_[A-Za-z0-9]{36})(?:$|[^A-Za-z0-9_-])",
        triggers=("pn[ub]_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pnu_{an36}⟧",
            "auth=⟦pnu_{an36}⟧;",
        ),
        ignores=("pnu_x",),
    )
