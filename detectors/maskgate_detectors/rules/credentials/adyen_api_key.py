"""Adyen API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def adyen_api_key() -> Rule:
    """https://docs.adyen.com/development-resources/api-credentials/"""
    return Rule(
        id="adyen-api-key",
        entity=SECRET,
        label="Adyen API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>AQ[EF][a-z0-9]{6}[A-Za-z0-9+/=-]{60,160})(?:$|[^A-Za-z0-9_-])",
        triggers=("AQ[EF][a-z0-9]{6}[A-Za-z0-9+/=-]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AQEyhmfdx{b80}=-{b40}=-{b16}⟧",
            "auth=⟦AQEyhmfdx{b80}=-{b40}=-{b16}⟧;",
        ),
        ignores=("AQE",),
    )
