"""Brevo (Sendinblue) API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def brevo_api_key() -> Rule:
    """https://developers.brevo.com/docs/getting-started"""
    return Rule(
        id="brevo-api-key",
        entity=SECRET,
        label="Brevo (Sendinblue) API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16})(?:$|[^A-Za-z0-9_-])",
        triggers=("xkeysib-[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦xkeysib-{x64}-{an16}⟧",
            "auth=⟦xkeysib-{x64}-{an16}⟧;",
        ),
        ignores=("xkeysib-",),
    )
