"""Slack incoming webhook."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def slack_webhook() -> Rule:
    """https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"""
    return Rule(
        id="slack-webhook",
        entity=SECRET,
        label="Slack incoming webhook",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>(?:https?://)?hooks\.slack\.com/(?:services|workflows"
            r"|triggers)/[A-Za-z0-9+/]{30,80})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"hooks\.slack\.com\\?/(?:services|workflows|triggers)",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦https://hooks.slack.com/services/T{AN8}/B{AN10}/{an24}⟧",
            "post to ⟦hooks.slack.com/services/T{AN8}/B{AN10}/{an24}⟧ now",
            "auth=⟦https://hooks.slack.com/services/T{AN8}/B{AN10}/{an24}⟧;",
        ),
        ignores=("https://hooks.slack.com/services/",),
    )
