"""Slack session cookie."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def slack_session_cookie() -> Rule:
    """https://docs.slack.dev/authentication/tokens"""
    return Rule(
        id="slack-session-cookie",
        entity=SECRET,
        label="Slack session cookie",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>xoxd-[A-Za-z0-9%+/=_-]{60,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"xoxd-[A-Za-z0-9%+/=_-]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xoxd-{an120}⟧",
            "auth=⟦xoxd-{an120}⟧;",
        ),
        ignores=("xoxd-cookie",),
    )
