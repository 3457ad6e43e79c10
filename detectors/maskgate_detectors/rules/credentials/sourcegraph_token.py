"""Sourcegraph access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def sourcegraph_token() -> Rule:
    """https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token"""
    return Rule(
        id="sourcegraph-token",
        entity=SECRET,
        label="Sourcegraph access token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:sgp_(?:[0-9a-fA-F]{16}_|local_)?[0-9a-fA-F]{40}"
            "|slk_[0-9a-f]{64}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:sgp_[0-9a-fA-Flocal_]{0,17}[0-9a-fA-F]{38}|slk_[0-9a-f]{60})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sgp_{x40}⟧",
            "⟦sgp_{x16}_{x40}⟧",
            "⟦slk_{x64}⟧",
            "auth=⟦sgp_{x40}⟧;",
        ),
        ignores=("sgp_y",),
    )
