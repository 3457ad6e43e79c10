"""Datadog API or application key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def datadog_api_key() -> Rule:
    """https://docs.datadoghq.com/account_management/api-app-keys/"""
    return Rule(
        id="datadog-api-key",
        entity=SECRET,
        label="Datadog API or application key",
        pattern=(
            r"(?i)(?:datadog|dd[_-]api|dd[_-]app|dd[_-]api[_-]key|dd[_-]application[_-]key)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|=|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{40}"
            r"|[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(
            r"(?i)(?:datadog|dd[_-]api|dd[_-]app|dd[_-]api[_-]key|dd[_-]application[_-]key)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",
        ),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words(
            "datadog api key, datadog app key, dd api key, dd app key, dd application key", "datadog application key"
        ),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{40}|[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "datadog_api_key: ⟦{x32}⟧",
            "export datadog_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
