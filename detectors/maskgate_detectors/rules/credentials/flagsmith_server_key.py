"""Flagsmith server-side key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def flagsmith_server_key() -> Rule:
    """https://docs.flagsmith.com/clients/server-side"""
    return Rule(
        id="flagsmith-server-key",
        entity=SECRET,
        label="Flagsmith server-side key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>ser\.[A-Za-z0-9]{22})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"ser\.[A-Za-z0-9]{22}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦ser.{an22}⟧",
            "auth=⟦ser.{an22}⟧;",
        ),
        ignores=("ser.vice",),
    )
