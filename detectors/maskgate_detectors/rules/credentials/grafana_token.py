"""Grafana service account, cloud or API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def grafana_token() -> Rule:
    """https://grafana.com/docs/grafana/latest/administration/service-accounts/"""
    return Rule(
        id="grafana-token",
        entity=SECRET,
        label="Grafana service account, cloud or API token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|glc_[A-Za-z0-9+/]{60,}={0,2}"
            "|eyJrIjoi[A-Za-z0-9+/]{60,}={0,2}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:glsa_[A-Za-z0-9]{32}|glc_[A-Za-z0-9+/]{60}|eyJrIjoi[A-Za-z0-9+/]{60})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦glsa_{an32}_{x8}⟧",
            "⟦glc_{b120}=⟧",
            "auth=⟦glsa_{an32}_{x8}⟧;",
        ),
        ignores=("glsa_x",),
    )
