"""Brevo SMTP key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def brevo_smtp_key() -> Rule:
    """https://developers.brevo.com/docs/smtp-integration"""
    return Rule(
        id="brevo-smtp-key",
        entity=SECRET,
        label="Brevo SMTP key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>xsmtpsib-[0-9a-f]{64}-[A-Za-z0-9]{16})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"xsmtpsib-[0-9a-f]{64}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xsmtpsib-{x64}-{an16}⟧",
            "auth=⟦xsmtpsib-{x64}-{an16}⟧;",
        ),
        ignores=("xsmtpsib-key",),
    )
