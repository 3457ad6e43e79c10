"""Splunk HEC token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def splunk_token() -> Rule:
    """https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector"""
    return Rule(
        id="splunk-token",
        entity=SECRET,
        label="Splunk HEC token",
        pattern=(
            r"(?i)(?:splunk|hec[_-]token)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0"
            r"-9a-fA-F]{12})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:splunk|hec[_-]token)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("splunk token, splunk hec token, hec token"),
        key_decides=True,
        key_pattern="(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})",
        key_score=0.97,
        matches=(
            "splunk_token: ⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "export splunk_KEY=⟦{x8}-{x4}-{x4}-{x4}-{x12}⟧ # x",
        ),
        ignores=("id {x8}-{x4}-{x4}-{x4}-{x12}",),
    )
