"""Statsig secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def statsig_key() -> Rule:
    """https://docs.statsig.com/access-management/projects"""
    return Rule(
        id="statsig-key",
        entity=SECRET,
        label="Statsig secret key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>(?:secret|console)-[A-Za-z0-9]{38,45})(?:$|[^A-Za-z0-9_-])",
        triggers=("(?:secret|console)-[A-Za-z0-9]{38}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦secret-{an42}⟧",
            "auth=⟦secret-{an42}⟧;",
        ),
        ignores=("secret-santa",),
    )
