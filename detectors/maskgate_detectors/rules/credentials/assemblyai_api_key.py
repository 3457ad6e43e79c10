"""AssemblyAI API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def assemblyai_api_key() -> Rule:
    """https://www.assemblyai.com/docs"""
    return Rule(
        id="assemblyai-api-key",
        entity=SECRET,
        label="AssemblyAI API key",
        pattern=(
            r"(?i)(?:assemblyai|assembly[_-]ai)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:assemblyai|assembly[_-]ai)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("assemblyai api key, assembly ai api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "assemblyai_api_key: ⟦{x32}⟧",
            "export assemblyai_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
