"""EasyPost API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def easypost_key() -> Rule:
    """https://docs.easypost.com/docs/authentication"""
    return Rule(
        id="easypost-key",
        entity=SECRET,
        label="EasyPost API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>EZ[AT]K[A-Za-z0-9]{54})(?:$|[^A-Za-z0-9_-])",
        triggers=("EZ[AT]K[A-Za-z0-9]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦EZAK{an54}⟧",
            "auth=⟦EZAK{an54}⟧;",
        ),
        ignores=("EZAK",),
    )
