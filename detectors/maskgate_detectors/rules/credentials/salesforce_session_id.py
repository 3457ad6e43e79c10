"""Salesforce session id."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def salesforce_session_id() -> Rule:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login_loginresult.htm"""
    return Rule(
        id="salesforce-session-id",
        entity=SECRET,
        label="Salesforce session id",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,120})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦00D{an12}!{an96}⟧",
            "auth=⟦00D{an12}!{an96}⟧;",
        ),
        ignores=("00D5g000!x",),
    )
