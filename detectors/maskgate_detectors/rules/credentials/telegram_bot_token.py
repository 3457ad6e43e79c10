"""Telegram bot token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def telegram_bot_token() -> Rule:
    """https://core.telegram.org/bots/features#botfather"""
    return Rule(
        id="telegram-bot-token",
        entity=SECRET,
        label="Telegram bot token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>[0-9]{7,16}:A[A-Za-z0-9_-]{34})(?:$|[^A-Za-z0-9_-])",
        triggers=("[0-9]{7}:A[A-Za-z0-9_-]{34}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{d10}:AA{u33}⟧",
            "auth=⟦{d10}:AA{u33}⟧;",
        ),
        ignores=("12:AA",),
    )
