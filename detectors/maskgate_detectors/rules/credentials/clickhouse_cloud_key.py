"""ClickHouse Cloud API secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def clickhouse_cloud_key() -> Rule:
    """https://clickhouse.com/docs/cloud/manage/openapi"""
    return Rule(
        id="clickhouse-cloud-key",
        entity=SECRET,
        label="ClickHouse Cloud API secret key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>4b1d[A-Za-z0-9]{38})(?:$|[^A-Za-z0-9_-])",
        triggers=("4b1d[A-Za-z0-9]{38}",),
        validate=secret_checks.has_mixed_case,
        valid_score=0.95,
        matches=("⟦4b1d{an38}⟧", "auth=⟦4b1d{an38}⟧;"),
        ignores=("4b1d{x38}",),
    )
