"""1Password secret key or service account token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def onepassword_token() -> Rule:
    """https://developer.1password.com/docs/service-accounts/"""
    return Rule(
        id="onepassword-token",
        entity=SECRET,
        label="1Password secret key or service account token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:ops_eyJ[A-Za-z0-9+/_-]{200,}={0,3}"
            "|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}))(?"
            ":$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:ops_eyJ[A-Za-z0-9+/_-]{60}|A3-[A-Z0-9]{6}-[A-Z0-9]{6})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦A3-{AN6}-{AN6}-{AN5}-{AN5}-{AN5}-{AN5}⟧",
            "⟦ops_eyJ{b300}⟧",
            "auth=⟦A3-{AN6}-{AN6}-{AN5}-{AN5}-{AN5}-{AN5}⟧;",
        ),
        ignores=("A3-paper",),
    )
