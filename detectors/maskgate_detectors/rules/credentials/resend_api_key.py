"""Resend API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def resend_api_key() -> Rule:
    """https://resend.com/docs/api-reference/introduction"""
    return Rule(
        id="resend-api-key",
        entity=SECRET,
        label="Resend API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24})(?:$|[^A-Za-z0-9_-])",
        triggers=("re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦re_{an8}_{an24}⟧",
            "auth=⟦re_{an8}_{an24}⟧;",
        ),
        ignores=("re_compile",),
    )
