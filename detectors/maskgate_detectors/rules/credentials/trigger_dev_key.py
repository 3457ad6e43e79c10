"""Trigger.dev secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def trigger_dev_key() -> Rule:
    """https://trigger.dev/docs/apikeys"""
    return Rule(
        id="trigger-dev-key",
        entity=SECRET,
        label="Trigger.dev secret key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>tr_(?:dev|prod|stg|pat)_[A-Za-z0-9]{20,40})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"tr_(?:dev|prod|stg|pat)_[A-Za-z0-9]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦tr_prod_{an24}⟧",
            "auth=⟦tr_prod_{an24}⟧;",
        ),
        ignores=("tr_prod_x",),
    )
