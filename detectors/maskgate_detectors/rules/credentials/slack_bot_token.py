"""Slack bot token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def slack_bot_token() -> Rule:
    """https://docs.slack.dev/authentication/tokens"""
    return Rule(
        id="slack-bot-token",
        entity=SECRET,
        label="Slack bot token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>xoxb-[0-9]{10,13}-(?:[0-9]{10,13}-)?[A-Za-z0-9]{18,34})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("xoxb-[0-9]{10}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xoxb-{d12}-{d12}-{an24}⟧",
            "auth=⟦xoxb-{d12}-{d12}-{an24}⟧;",
        ),
        ignores=("xoxb-my-bot-token",),
    )
