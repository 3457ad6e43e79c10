"""PayPal Braintree access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def paypal_braintree_token() -> Rule:
    """https://developer.paypal.com/braintree/docs/guides/extend/oauth/access-tokens"""
    return Rule(
        id="paypal-braintree-token",
        entity=SECRET,
        label="PayPal Braintree access token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>access_token\$(?:production"
            r"|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"access_token\$(?:production|sandbox)\$",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦access_token$production${ln16}${x32}⟧",
            "auth=⟦access_token$production${ln16}${x32}⟧;",
        ),
        ignores=("access_token$",),
    )
