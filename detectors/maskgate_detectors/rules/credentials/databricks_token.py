"""Databricks personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def databricks_token() -> Rule:
    """https://docs.databricks.com/en/dev-tools/auth/pat.html"""
    return Rule(
        id="databricks-token",
        entity=SECRET,
        label="Databricks personal access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>dapi[0-9a-f]{32}(?:-\d)?)(?:$|[^A-Za-z0-9_-])",
        triggers=("dapi[0-9a-f]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dapi{x32}⟧",
            "auth=⟦dapi{x32}⟧;",
        ),
        ignores=("dapi",),
    )
