"""GoCardless access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def gocardless_token() -> Rule:
    """https://developer.gocardless.com/api-reference/"""
    return Rule(
        id="gocardless-token",
        entity=SECRET,
        label="GoCardless access token",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>(?:live|sandbox)_[A-Za-z0-9_-]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=("(?:live|sandbox)_[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦live_{an20}-{an19}⟧",
            "auth=⟦live_{an20}-{an19}⟧;",
        ),
        ignores=("sandbox_mode",),
    )
