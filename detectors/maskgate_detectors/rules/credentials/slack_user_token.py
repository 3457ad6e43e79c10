"""Slack user, legacy, refresh or configuration token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def slack_user_token() -> Rule:
    """https://docs.slack.dev/authentication/tokens"""
    return Rule(
        id="slack-user-token",
        entity=SECRET,
        label="Slack user, legacy, refresh or configuration token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>xox[aeoprs](?:\.xox[bp])?-[0-9A-Za-z-]{20,250})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"xox[aeoprs](?:\.xox[bp])?-[0-9A-Za-z-]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xoxp-{d12}-{d12}-{d12}-{x32}⟧",
            "⟦xoxe.xoxp-1-{an160}⟧",
            "⟦xoxr-{d12}-{d12}-{an24}⟧",
            "auth=⟦xoxp-{d12}-{d12}-{d12}-{x32}⟧;",
        ),
        ignores=("xoxp-short",),
    )
