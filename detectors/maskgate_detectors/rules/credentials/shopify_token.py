"""Shopify access token or shared secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def shopify_token() -> Rule:
    """https://shopify.dev/docs/apps/build/authentication-authorization"""
    return Rule(
        id="shopify-token",
        entity=SECRET,
        label="Shopify access token or shared secret",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦shpat_{x32}⟧",
            "⟦shpss_{x32}⟧",
            "auth=⟦shpat_{x32}⟧;",
        ),
        ignores=("shpat_x",),
    )
