"""Plaid access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def plaid_access_token() -> Rule:
    """https://plaid.com/docs/api/items/"""
    return Rule(
        id="plaid-access-token",
        entity=SECRET,
        label="Plaid access token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:access|public|link)-(?:sandbox|development"
            "|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:access|public|link)-(?:sandbox|development|production)-[0-9a-f]{8}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦access-production-{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "auth=⟦access-production-{x8}-{x4}-{x4}-{x4}-{x12}⟧;",
        ),
        ignores=("access-production-db",),
    )
