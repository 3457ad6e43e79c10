"""Telnyx API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def telnyx_api_key() -> Rule:
    """https://developers.telnyx.com/docs/api/overview"""
    return Rule(
        id="telnyx-api-key",
        entity=SECRET,
        label="Telnyx API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>KEY[0-9A-F]{32}_[A-Za-z0-9]{22})(?:$|[^A-Za-z0-9_-])",
        triggers=("KEY[0-9A-F]{32}_[A-Za-z0-9]{10}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦KEY{X32}_{an22}⟧",
            "auth=⟦KEY{X32}_{an22}⟧;",
        ),
        ignores=("KEY_x",),
    )
