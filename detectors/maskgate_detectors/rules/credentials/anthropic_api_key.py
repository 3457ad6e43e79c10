"""Anthropic API or OAuth key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def anthropic_api_key() -> Rule:
    """https://docs.claude.com/en/api/overview"""
    return Rule(
        id="anthropic-api-key",
        entity=SECRET,
        label="Anthropic API or OAuth key",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>sk-ant-(?:api|admin|oat|ort|sid)\d{2}-[A-Za-z0-9_-]{60,130})(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=(r"sk-ant-[a-z]{3,5}\d{2}-[A-Za-z0-9_-]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk-ant-api03-{u93}AA⟧",
            "⟦sk-ant-admin01-{u93}AA⟧",
            "auth=⟦sk-ant-api03-{u93}AA⟧;",
        ),
        ignores=("sk-ant-api03-short",),
    )
