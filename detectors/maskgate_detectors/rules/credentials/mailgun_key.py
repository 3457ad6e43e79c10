"""Mailgun private or signing key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def mailgun_key() -> Rule:
    """https://documentation.mailgun.com/docs/mailgun/api-reference/authentication"""
    return Rule(
        id="mailgun-key",
        entity=SECRET,
        label="Mailgun private or signing key",
        pattern=(
            "(?:^|[^A-Za-z0-9_-])(?P<value>(?:key|pubkey)-[0-9a-f]{32}"
            "|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦key-{x32}⟧",
            "⟦{x32}-{x8}-{x8}⟧",
            "auth=⟦key-{x32}⟧;",
        ),
        ignores=("key-value",),
    )
