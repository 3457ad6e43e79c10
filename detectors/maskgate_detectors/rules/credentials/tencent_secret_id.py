"""Tencent Cloud secret id."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def tencent_secret_id() -> Rule:
    """https://www.tencentcloud.com/document/product/598/32675"""
    return Rule(
        id="tencent-secret-id",
        entity=SECRET,
        label="Tencent Cloud secret id",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>AKID[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("AKID[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AKID{an32}⟧",
            "auth=⟦AKID{an32}⟧;",
        ),
        ignores=("AKID",),
    )
