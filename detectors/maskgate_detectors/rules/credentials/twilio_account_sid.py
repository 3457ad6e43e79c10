"""Twilio account or key SID."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def twilio_account_sid() -> Rule:
    """https://www.twilio.com/docs/glossary/what-is-a-sid"""
    return Rule(
        id="twilio-account-sid",
        entity=SECRET,
        label="Twilio account or key SID",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>(?:AC|SK)[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("(?:AC|SK)[0-9a-f]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦SK{x32}⟧",
            "⟦AC{x32}⟧",
            "auth=⟦SK{x32}⟧;",
        ),
        ignores=("ACDC",),
    )
