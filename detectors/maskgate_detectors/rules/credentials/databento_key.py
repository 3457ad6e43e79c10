"""Databento API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def databento_key() -> Rule:
    """https://databento.com/docs/portal/api-keys"""
    return Rule(
        id="databento-key",
        entity=SECRET,
        label="Databento API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>db-[A-Za-z0-9]{29})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"db-[A-Za-z0-9]{29}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦db-{an29}⟧",
            "auth=⟦db-{an29}⟧;",
        ),
        ignores=("db-primary",),
    )
