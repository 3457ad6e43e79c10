"""Azure Cognitive Services or OpenAI key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def azure_cognitive_key() -> Rule:
    """https://learn.microsoft.com/en-us/azure/ai-services/authentication"""
    return Rule(
        id="azure-cognitive-key",
        entity=SECRET,
        label="Azure Cognitive Services or OpenAI key",
        pattern=(
            r"(?i)(?:azure|ocp[_-]apim|cognitive)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>(?:[0-9a-f]{32}|[A-Za-z0-9]{84}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:azure|ocp[_-]apim|cognitive)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words(
            "azure openai api key, azure openai key, azure api key, cognitive services key",
            "ocp apim subscription key, subscription key",
        ),
        key_decides=True,
        key_pattern="(?:(?:[0-9a-f]{32}|[A-Za-z0-9]{84}))",
        key_score=0.97,
        matches=(
            "azure_openai_api_key: ⟦{x32}⟧",
            "export azure_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
