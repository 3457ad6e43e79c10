"""PagerDuty API or routing key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def pagerduty_key() -> Rule:
    """https://support.pagerduty.com/main/docs/api-access-keys"""
    return Rule(
        id="pagerduty-key",
        entity=SECRET,
        label="PagerDuty API or routing key",
        pattern=(
            r"(?i)(?:pagerduty|pager[_-]duty|pdkey)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>(?:u\+[A-Za-z0-9_-]{18}|[A-Za-z0-9_-]{20}|[0-9a-f]{32}))(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:pagerduty|pager[_-]duty|pdkey)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("pagerduty api key, pagerduty token, pagerduty routing key, pagerduty key"),
        key_decides=True,
        key_pattern=r"(?:(?:u\+[A-Za-z0-9_-]{18}|[A-Za-z0-9_-]{20}|[0-9a-f]{32}))",
        key_score=0.97,
        matches=(
            "pagerduty_api_key: ⟦u+{u18}⟧",
            "export pagerduty_KEY=⟦u+{u18}⟧ # x",
        ),
        ignores=("id u+{u18}",),
    )
