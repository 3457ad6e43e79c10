"""Slack app-level token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def slack_app_token() -> Rule:
    """https://docs.slack.dev/authentication/tokens"""
    return Rule(
        id="slack-app-token",
        entity=SECRET,
        label="Slack app-level token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>xapp-[0-9]-[A-Z0-9]{9,13}-[0-9]{10,14}-[a-f0-9]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=("xapp-[0-9]-[A-Z0-9]{9}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xapp-1-A{AN10}-{d13}-{x64}⟧",
            "auth=⟦xapp-1-A{AN10}-{d13}-{x64}⟧;",
        ),
        ignores=("xapp-1-test",),
    )
