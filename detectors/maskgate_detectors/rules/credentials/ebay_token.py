"""eBay access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def ebay_token() -> Rule:
    """https://developer.ebay.com/api-docs/static/oauth-tokens.html"""
    return Rule(
        id="ebay-token",
        entity=SECRET,
        label="eBay access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>v\^1\.1#i\^1#[A-Za-z0-9#^+/=_-]{60,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"v\^1\.1#i\^1#",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦v^1.1#i^1#p^3#r^0#I^3#f^0#t^{b80}⟧",
            "auth=⟦v^1.1#i^1#p^3#r^0#I^3#f^0#t^{b80}⟧;",
        ),
        ignores=("v^1.1",),
    )
