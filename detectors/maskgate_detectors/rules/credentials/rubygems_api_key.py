"""RubyGems API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def rubygems_api_key() -> Rule:
    """https://guides.rubygems.org/api-key-scopes/"""
    return Rule(
        id="rubygems-api-key",
        entity=SECRET,
        label="RubyGems API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>rubygems_[0-9a-f]{48})(?:$|[^A-Za-z0-9_-])",
        triggers=("rubygems_[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦rubygems_{x48}⟧",
            "auth=⟦rubygems_{x48}⟧;",
        ),
        ignores=("rubygems_version",),
    )
