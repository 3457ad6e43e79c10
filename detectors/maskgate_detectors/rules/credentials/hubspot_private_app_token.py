"""HubSpot private app token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def hubspot_private_app_token() -> Rule:
    """https://developers.hubspot.com/docs/guides/apps/private-apps/overview"""
    return Rule(
        id="hubspot-private-app-token",
        entity=SECRET,
        label="HubSpot private app token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>pat-(?:na|eu|ap)[12]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}"
            "-[0-9a-f]{12})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("pat-(?:na|eu|ap)[12]-[0-9a-f]{8}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pat-na1-{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "auth=⟦pat-na1-{x8}-{x4}-{x4}-{x4}-{x12}⟧;",
        ),
        ignores=("pat-na1-",),
    )
