"""NuGet API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def nuget_api_key() -> Rule:
    """https://learn.microsoft.com/en-us/nuget/nuget-org/publish-a-package"""
    return Rule(
        id="nuget-api-key",
        entity=SECRET,
        label="NuGet API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>oy2[a-z0-9]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=("oy2[a-z0-9]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦oy2{ln43}⟧",
            "auth=⟦oy2{ln43}⟧;",
        ),
        ignores=("oy2x",),
    )
