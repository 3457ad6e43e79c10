"""Hugging Face token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def huggingface_token() -> Rule:
    """https://huggingface.co/docs/hub/security-tokens"""
    return Rule(
        id="huggingface-token",
        entity=SECRET,
        label="Hugging Face token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>(?:hf_|api_org_)[A-Za-z0-9]{34,37})(?:$|[^A-Za-z0-9_-])",
        triggers=("(?:hf_|api_org_)[A-Za-z0-9]{34}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦hf_{al34}⟧",
            "auth=⟦hf_{al34}⟧;",
            "⟦hf_{an34}⟧",
        ),
        ignores=("hf_hub",),
    )
