"""WakaTime API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def wakatime_key() -> Rule:
    """https://wakatime.com/developers"""
    return Rule(
        id="wakatime-key",
        entity=SECRET,
        label="WakaTime API key",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>waka_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?"
            ":$|[^A-Za-z0-9_-])"
        ),
        triggers=("waka_[0-9a-f]{8}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦waka_{x8}-{x4}-4{x3}-a{x3}-{x12}⟧",
            "auth=⟦waka_{x8}-{x4}-4{x3}-a{x3}-{x12}⟧;",
        ),
        ignores=("waka_",),
    )
