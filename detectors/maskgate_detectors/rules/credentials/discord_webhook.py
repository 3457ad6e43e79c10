"""Discord webhook."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def discord_webhook() -> Rule:
    """https://discord.com/developers/docs/resources/webhook"""
    return Rule(
        id="discord-webhook",
        entity=SECRET,
        label="Discord webhook",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>(?:https?://)?(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/[0-9]"
            r"{17,20}/[A-Za-z0-9_-]{60,80})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"discord(?:app)?\.com\\?/api\\?/webhooks",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦https://discord.com/api/webhooks/{d18}/{u68}⟧",
            "auth=⟦https://discord.com/api/webhooks/{d18}/{u68}⟧;",
        ),
        ignores=("https://discord.com/api/webhooks",),
    )
