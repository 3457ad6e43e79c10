"""PostHog key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def posthog_key() -> Rule:
    """https://posthog.com/docs/api"""
    return Rule(
        id="posthog-key",
        entity=SECRET,
        label="PostHog key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>ph[cxsr]_[A-Za-z0-9]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=("ph[cxsr]_[A-Za-z0-9]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦phx_{an43}⟧",
            "auth=⟦phx_{an43}⟧;",
        ),
        ignores=("phx_x",),
    )
