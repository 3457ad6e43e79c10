"""SettleMint access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def settlemint_token() -> Rule:
    """https://console.settlemint.com/documentation/"""
    return Rule(
        id="settlemint-token",
        entity=SECRET,
        label="SettleMint access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>sm_(?:aat|pat|sat)_[A-Za-z0-9]{16})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"sm_(?:aat|pat|sat)_[A-Za-z0-9]{16}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sm_pat_{an16}⟧",
            "auth=⟦sm_pat_{an16}⟧;",
        ),
        ignores=("sm_pat_x",),
    )
