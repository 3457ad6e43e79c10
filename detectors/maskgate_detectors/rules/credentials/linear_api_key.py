"""Linear API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def linear_api_key() -> Rule:
    """https://linear.app/developers/graphql"""
    return Rule(
        id="linear-api-key",
        entity=SECRET,
        label="Linear API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>lin_(?:api|oauth)_[A-Za-z0-9]{40,64})(?:$|[^A-Za-z0-9_-])",
        triggers=("lin_(?:api|oauth)_[A-Za-z0-9]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦lin_api_{an40}⟧",
            "auth=⟦lin_api_{an40}⟧;",
        ),
        ignores=("lin_api_",),
    )
