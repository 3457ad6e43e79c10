"""MailerSend API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def mailersend_token() -> Rule:
    """https://developers.mailersend.com/general.html#authentication"""
    return Rule(
        id="mailersend-token",
        entity=SECRET,
        label="MailerSend API token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>mlsn\.[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"mlsn\.[0-9a-f]{64}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦mlsn.{x64}⟧",
            "auth=⟦mlsn.{x64}⟧;",
        ),
        ignores=("mlsn.example",),
    )
