"""Stripe secret or restricted key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def stripe_secret_key() -> Rule:
    """https://docs.stripe.com/keys"""
    return Rule(
        id="stripe-secret-key",
        entity=SECRET,
        label="Stripe secret or restricted key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{16,247})(?:$|[^A-Za-z0-9_-])",
        triggers=("[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk_live_{an24}⟧",
            "⟦rk_test_{an99}⟧",
            "auth=⟦sk_live_{an24}⟧;",
        ),
        ignores=(
            "sk_test_short",
            "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
        ),
    )
