"""ClickUp personal token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def clickup_token() -> Rule:
    """https://developer.clickup.com/docs/authentication"""
    return Rule(
        id="clickup-token",
        entity=SECRET,
        label="ClickUp personal token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>pk_\d{6,9}_[A-Z0-9]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"pk_\d{6,9}_[A-Z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pk_{d8}_{AN32}⟧",
            "auth=⟦pk_{d8}_{AN32}⟧;",
        ),
        ignores=("pk_123456_x",),
    )
