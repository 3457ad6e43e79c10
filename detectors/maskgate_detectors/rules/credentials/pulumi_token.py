"""Pulumi access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def pulumi_token() -> Rule:
    """https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/"""
    return Rule(
        id="pulumi-token",
        entity=SECRET,
        label="Pulumi access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>pul-[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=("pul-[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pul-{x40}⟧",
            "auth=⟦pul-{x40}⟧;",
        ),
        ignores=("pul-x",),
    )
