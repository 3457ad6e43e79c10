"""PagerDuty user token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def pagerduty_user_token() -> Rule:
    """https://support.pagerduty.com/main/docs/api-access-keys"""
    return Rule(
        id="pagerduty-user-token",
        entity=SECRET,
        label="PagerDuty user token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>u\+[A-Za-z0-9_-]{18})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"u\+[A-Za-z0-9_-]{18}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦u+{u18}⟧",
            "auth=⟦u+{u18}⟧;",
        ),
        ignores=("u+0041",),
    )
