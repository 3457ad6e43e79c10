"""Mailchimp API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def mailchimp_api_key() -> Rule:
    """https://mailchimp.com/developer/marketing/docs/fundamentals/"""
    return Rule(
        id="mailchimp-api-key",
        entity=SECRET,
        label="Mailchimp API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>[0-9a-f]{32}-us\d{1,2})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"[0-9a-f]{32}-us\d",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{x32}-us12⟧",
            "auth=⟦{x32}-us12⟧;",
        ),
        ignores=("x-us12",),
    )
