"""Twitch chat token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def twitch_chat_token() -> Rule:
    """https://dev.twitch.tv/docs/chat/irc"""
    return Rule(
        id="twitch-chat-token",
        entity=SECRET,
        label="Twitch chat token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>oauth:[a-z0-9]{30})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"oauth:[a-z0-9]{30}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦oauth:{ln30}⟧",
            "auth=⟦oauth:{ln30}⟧;",
        ),
        ignores=("oauth:authorize",),
    )
