"""Scalingo API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def scalingo_token() -> Rule:
    """https://doc.scalingo.com/platform/cli/introduction"""
    return Rule(
        id="scalingo-token",
        entity=SECRET,
        label="Scalingo API token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>tk-us-[A-Za-z0-9_-]{48})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"tk-us-[A-Za-z0-9_-]{48}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦tk-us-{u48}⟧",
            "auth=⟦tk-us-{u48}⟧;",
        ),
        ignores=("tk-us-east",),
    )
