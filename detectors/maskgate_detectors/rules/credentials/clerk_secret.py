"""Clerk secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def clerk_secret() -> Rule:
    """https://clerk.com/docs/deployments/clerk-environment-variables"""
    return Rule(
        id="clerk-secret",
        entity=SECRET,
        label="Clerk secret key",
        pattern=(
            r"(?i)clerk[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>sk_(?:live|test)_[A-Za-z0-9]{40,50})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)clerk[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("clerk secret key"),
        key_decides=True,
        key_pattern="(?:sk_(?:live|test)_[A-Za-z0-9]{40,50})",
        key_score=0.97,
        matches=(
            "clerk_secret_key: ⟦sk_test_{an42}⟧",
            "export clerk_KEY=⟦sk_test_{an42}⟧ # x",
        ),
        ignores=("id sk_test_{an42}",),
    )
