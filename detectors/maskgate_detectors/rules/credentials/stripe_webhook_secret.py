"""Stripe webhook signing secret (and Svix)."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def stripe_webhook_secret() -> Rule:
    """https://docs.stripe.com/webhooks/signature"""
    return Rule(
        id="stripe-webhook-secret",
        entity=SECRET,
        label="Stripe webhook signing secret (and Svix)",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>whsec_[A-Za-z0-9+/]{32,64}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=("whsec_[A-Za-z0-9+/]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦whsec_{an32}⟧",
            "auth=⟦whsec_{an32}⟧;",
        ),
        ignores=("whsec_short",),
    )
