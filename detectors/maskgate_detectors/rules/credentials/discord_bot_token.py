"""Discord bot token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def discord_bot_token() -> Rule:
    """https://discord.com/developers/docs/reference#authentication"""
    return Rule(
        id="discord-bot-token",
        entity=SECRET,
        label="Discord bot token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})(?"
            r":$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"[MNO][A-Za-z0-9_-]{23}[A-Za-z0-9_-]{0,4}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦MT{an24}.{u6}.{u38}⟧",
            "auth=⟦MT{an24}.{u6}.{u38}⟧;",
        ),
        ignores=("MODULE.name.x",),
    )
