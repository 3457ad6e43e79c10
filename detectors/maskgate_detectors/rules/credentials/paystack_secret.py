"""Paystack secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def paystack_secret() -> Rule:
    """https://paystack.com/docs/api/authentication/"""
    return Rule(
        id="paystack-secret",
        entity=SECRET,
        label="Paystack secret key",
        pattern=(
            r"(?i)paystack[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>sk_(?:live|test)_[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)paystack[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("paystack secret key, paystack key"),
        key_decides=True,
        key_pattern="(?:sk_(?:live|test)_[0-9a-f]{40})",
        key_score=0.97,
        matches=(
            "paystack_secret_key: ⟦sk_live_{x40}⟧",
            "export paystack_KEY=⟦sk_live_{x40}⟧ # x",
        ),
        ignores=("id sk_live_{x40}",),
    )
