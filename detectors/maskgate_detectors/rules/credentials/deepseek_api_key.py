"""DeepSeek API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def deepseek_api_key() -> Rule:
    """https://api-docs.deepseek.com/"""
    return Rule(
        id="deepseek-api-key",
        entity=SECRET,
        label="DeepSeek API key",
        pattern=(
            r"(?i)deepseek[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>sk-[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)deepseek[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("deepseek api key"),
        key_decides=True,
        key_pattern="(?:sk-[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "deepseek_api_key: ⟦sk-{x32}⟧",
            "export deepseek_KEY=⟦sk-{x32}⟧ # x",
        ),
        ignores=("id sk-{x32}",),
    )
