"""Razorpay key id."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def razorpay_key() -> Rule:
    """https://razorpay.com/docs/api/authentication/"""
    return Rule(
        id="razorpay-key",
        entity=SECRET,
        label="Razorpay key id",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>rzp_(?:live|test)_[A-Za-z0-9]{14})(?:$|[^A-Za-z0-9_-])",
        triggers=("rzp_(?:live|test)_[A-Za-z0-9]{14}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦rzp_live_{an14}⟧",
            "auth=⟦rzp_live_{an14}⟧;",
        ),
        ignores=("rzp_live_",),
    )
