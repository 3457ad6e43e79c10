"""Airtable personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def airtable_token() -> Rule:
    """https://airtable.com/developers/web/guides/personal-access-tokens"""
    return Rule(
        id="airtable-token",
        entity=SECRET,
        label="Airtable personal access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>pat[A-Za-z0-9]{14}\.[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"pat[A-Za-z0-9]{14}\.[0-9a-f]{30}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pat{an14}.{x64}⟧",
            "auth=⟦pat{an14}.{x64}⟧;",
        ),
        ignores=("patched.x",),
    )
