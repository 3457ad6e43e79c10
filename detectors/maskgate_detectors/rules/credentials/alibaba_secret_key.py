"""Alibaba Cloud access key secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def alibaba_secret_key() -> Rule:
    """https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair"""
    return Rule(
        id="alibaba-secret-key",
        entity=SECRET,
        label="Alibaba Cloud access key secret",
        pattern=(
            r"(?i)(?:alibaba|aliyun|alicloud)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{30})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:alibaba|aliyun|alicloud)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("aliyun access key secret, alibaba access key secret, alicloud secret key, access key secret"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{30})",
        key_score=0.97,
        matches=(
            "aliyun_access_key_secret: ⟦{an30}⟧",
            "export alibaba_KEY=⟦{an30}⟧ # x",
        ),
        ignores=("id {an30}",),
    )
