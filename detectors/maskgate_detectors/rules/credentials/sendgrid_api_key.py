"""SendGrid API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def sendgrid_api_key() -> Rule:
    """https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys"""
    return Rule(
        id="sendgrid-api-key",
        entity=SECRET,
        label="SendGrid API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{10}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦SG.{u22}.{u43}⟧",
            "auth=⟦SG.{u22}.{u43}⟧;",
        ),
        ignores=("SG.x.y",),
    )
