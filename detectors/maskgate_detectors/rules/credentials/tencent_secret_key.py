"""Tencent Cloud secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def tencent_secret_key() -> Rule:
    """https://www.tencentcloud.com/document/product/598/32675"""
    return Rule(
        id="tencent-secret-key",
        entity=SECRET,
        label="Tencent Cloud secret key",
        pattern=(
            r"(?i)(?:tencent|qcloud)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:tencent|qcloud)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("tencentcloud secret key, tencent secret key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{32})",
        key_score=0.97,
        matches=(
            "tencentcloud_secret_key: ⟦{an32}⟧",
            "export tencent_KEY=⟦{an32}⟧ # x",
        ),
        ignores=("id {an32}",),
    )
