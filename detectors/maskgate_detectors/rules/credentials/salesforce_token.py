"""Salesforce session or security token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def salesforce_token() -> Rule:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_oauth_and_connected_apps.htm"""
    return Rule(
        id="salesforce-token",
        entity=SECRET,
        label="Salesforce session or security token",
        pattern=(
            r"(?i)(?:salesforce|sfdc|sforce)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>(?:00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{40,150}"
            r"|[A-Za-z0-9]{24}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:salesforce|sfdc|sforce)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("salesforce token, salesforce security token, sfdc session id"),
        key_decides=True,
        key_pattern="(?:(?:00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{40,150}|[A-Za-z0-9]{24}))",
        key_score=0.97,
        matches=(
            "salesforce_token: ⟦00D{an15}!{an96}⟧",
            "export salesforce_KEY=⟦00D{an15}!{an96}⟧ # x",
        ),
        ignores=("id 00D{an15}!{an96}",),
    )
