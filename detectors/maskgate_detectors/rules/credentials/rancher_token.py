"""Rancher API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def rancher_token() -> Rule:
    """https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys"""
    return Rule(
        id="rancher-token",
        entity=SECRET,
        label="Rancher API token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>token-[a-z0-9]{5}:[a-z0-9]{54})(?:$|[^A-Za-z0-9_-])",
        triggers=("token-[a-z0-9]{5}:[a-z0-9]{54}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦token-{ln5}:{ln54}⟧",
            "auth=⟦token-{ln5}:{ln54}⟧;",
        ),
        ignores=("token-abcde",),
    )
