"""OpenAI API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def openai_api_key() -> Rule:
    """https://platform.openai.com/docs/api-reference/authentication"""
    return Rule(
        id="openai-api-key",
        entity=SECRET,
        label="OpenAI API key",
        pattern=(
            "(?:^|[^A-Za-z0-9_-])(?P<value>sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,200}"
            "|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|sk-[A-Za-z0-9]{48})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40}|[A-Za-z0-9]{20}T3BlbkFJ|[A-Za-z0-9]{48})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk-proj-{u124}⟧",
            "⟦sk-{an20}T3BlbkFJ{an20}⟧",
            "⟦sk-{an48}⟧",
            "auth=⟦sk-proj-{u124}⟧;",
        ),
        ignores=("sk-short",),
    )
