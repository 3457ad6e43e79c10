"""LaunchDarkly SDK, mobile or API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def launchdarkly_key() -> Rule:
    """https://launchdarkly.com/docs/home/account/api"""
    return Rule(
        id="launchdarkly-key",
        entity=SECRET,
        label="LaunchDarkly SDK, mobile or API key",
        pattern=(
            "(?:^|[^A-Za-z0-9_-])(?P<value>(?:sdk|api|mob)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0"
            "-9a-f]{12})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:sdk|api|mob)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sdk-{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "auth=⟦sdk-{x8}-{x4}-{x4}-{x4}-{x12}⟧;",
        ),
        ignores=("sdk-1.2.3",),
    )
