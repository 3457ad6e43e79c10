"""CockroachDB Cloud API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def cockroach_cloud_key() -> Rule:
    """https://www.cockroachlabs.com/docs/cockroachcloud/managing-access"""
    return Rule(
        id="cockroach-cloud-key",
        entity=SECRET,
        label="CockroachDB Cloud API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"CCDB1_[A-Za-z0-9]{22}_",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦CCDB1_{an22}_{an40}⟧",
            "auth=⟦CCDB1_{an22}_{an40}⟧;",
        ),
        ignores=("CCDB1_x",),
    )
