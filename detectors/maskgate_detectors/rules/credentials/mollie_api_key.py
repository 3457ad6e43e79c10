"""Mollie API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def mollie_api_key() -> Rule:
    """https://docs.mollie.com/reference/authentication"""
    return Rule(
        id="mollie-api-key",
        entity=SECRET,
        label="Mollie API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>(?:live|test)_[A-Za-z0-9]{30})(?:$|[^A-Za-z0-9_-])",
        triggers=("(?:live|test)_[A-Za-z0-9]{30}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦live_{an30}⟧",
            "auth=⟦live_{an30}⟧;",
        ),
        ignores=("live_stream_of_data",),
    )
