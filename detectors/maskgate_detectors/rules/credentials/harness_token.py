"""Harness token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def harness_token() -> Rule:
    """https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/"""
    return Rule(
        id="harness-token",
        entity=SECRET,
        label="Harness token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>(?:pat|sat)\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20})(?:"
            r"$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?:pat|sat)\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pat.{u22}.{x24}.{an20}⟧",
            "auth=⟦pat.{u22}.{x24}.{an20}⟧;",
        ),
        ignores=("pat.x",),
    )
