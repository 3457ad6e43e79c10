"""VirusTotal API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def virustotal_key() -> Rule:
    """https://docs.virustotal.com/reference/authentication"""
    return Rule(
        id="virustotal-key",
        entity=SECRET,
        label="VirusTotal API key",
        pattern=(
            r"(?i)(?:virustotal|vt[_-]api)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:virustotal|vt[_-]api)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("virustotal api key, vt api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{64})",
        key_score=0.97,
        matches=(
            "virustotal_api_key: ⟦{x64}⟧",
            "export virustotal_KEY=⟦{x64}⟧ # x",
        ),
        ignores=("id {x64}",),
    )
