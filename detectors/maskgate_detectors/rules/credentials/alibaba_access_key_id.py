"""Alibaba Cloud access key id."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def alibaba_access_key_id() -> Rule:
    """https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair"""
    return Rule(
        id="alibaba-access-key-id",
        entity=SECRET,
        label="Alibaba Cloud access key id",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>LTAI[A-Za-z0-9]{12,20})(?:$|[^A-Za-z0-9_-])",
        triggers=("LTAI[A-Za-z0-9]{12}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦LTAI{an20}⟧",
            "auth=⟦LTAI{an20}⟧;",
        ),
        ignores=("LTAI",),
    )
