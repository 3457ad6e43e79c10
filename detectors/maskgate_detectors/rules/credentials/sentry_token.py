"""Sentry token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def sentry_token() -> Rule:
    """https://docs.sentry.io/account/auth-tokens/"""
    return Rule(
        id="sentry-token",
        entity=SECRET,
        label="Sentry token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:sntrys_eyJ[A-Za-z0-9+/=_-]{80,}|sntryu_[0-9a-f]{64}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("sntry[su]_[A-Za-z0-9+/=_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sntryu_{x64}⟧",
            "⟦sntrys_eyJ{b160}⟧",
            "auth=⟦sntryu_{x64}⟧;",
        ),
        ignores=("sntryu_",),
    )
