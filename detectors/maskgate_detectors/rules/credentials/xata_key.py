"""Xata API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def xata_key() -> Rule:
    """https://xata.io/docs/concepts/api-keys"""
    return Rule(
        id="xata-key",
        entity=SECRET,
        label="Xata API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>xau_[A-Za-z0-9]{32,44})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"xau_[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xau_{an36}⟧",
            "auth=⟦xau_{an36}⟧;",
        ),
        ignores=("xau_x",),
    )
