"""Inngest signing key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def inngest_signing_key() -> Rule:
    """https://www.inngest.com/docs/platform/signing-keys"""
    return Rule(
        id="inngest-signing-key",
        entity=SECRET,
        label="Inngest signing key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>signkey-(?:prod|test|branch)-[0-9a-f]{32,64})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"signkey-(?:prod|test|branch)-[0-9a-f]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦signkey-prod-{x64}⟧",
            "auth=⟦signkey-prod-{x64}⟧;",
        ),
        ignores=("signkey-prod-x",),
    )
