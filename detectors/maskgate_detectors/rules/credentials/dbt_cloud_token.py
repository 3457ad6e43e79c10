"""dbt Cloud token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def dbt_cloud_token() -> Rule:
    """https://docs.getdbt.com/docs/dbt-cloud-apis/authentication"""
    return Rule(
        id="dbt-cloud-token",
        entity=SECRET,
        label="dbt Cloud token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>dbt[cu]_[A-Za-z0-9_-]{40,60})(?:$|[^A-Za-z0-9_-])",
        triggers=("dbt[cu]_[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dbtc_{u45}⟧",
            "auth=⟦dbtc_{u45}⟧;",
        ),
        ignores=("dbtc_x",),
    )
