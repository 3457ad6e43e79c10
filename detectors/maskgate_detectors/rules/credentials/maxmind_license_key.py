"""MaxMind licence key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def maxmind_license_key() -> Rule:
    """https://support.maxmind.com/hc/en-us/articles/4407116112539-Using-License-Keys"""
    return Rule(
        id="maxmind-license-key",
        entity=SECRET,
        label="MaxMind licence key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?:$|[^A-Za-z0-9_-])",
        triggers=("_[A-Za-z0-9]{29}_mmk",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{an6}_{an29}_mmk⟧",
            "auth=⟦{an6}_{an29}_mmk⟧;",
        ),
        ignores=("x_mmk",),
    )
