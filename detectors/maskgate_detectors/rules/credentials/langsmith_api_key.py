"""LangSmith API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def langsmith_api_key() -> Rule:
    """https://docs.smith.langchain.com/"""
    return Rule(
        id="langsmith-api-key",
        entity=SECRET,
        label="LangSmith API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10})(?:$|[^A-Za-z0-9_-])",
        triggers=("lsv2_(?:pt|sk)_[0-9a-f]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦lsv2_pt_{x32}_{x10}⟧",
            "auth=⟦lsv2_pt_{x32}_{x10}⟧;",
        ),
        ignores=("lsv2_pt_",),
    )
