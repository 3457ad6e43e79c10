"""Elastic API key or service token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def elastic_service_token() -> Rule:
    """https://www.elastic.co/docs/deploy-manage/api-keys"""
    return Rule(
        id="elastic-service-token",
        entity=SECRET,
        label="Elastic API key or service token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>(?:essu_|AAEAAWVsYXN0aWMv)[A-Za-z0-9+/_-]{40,}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"(?:essu_|AAEAAWVsYXN0aWMv)[A-Za-z0-9+/_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦essu_{b60}⟧",
            "auth=⟦essu_{b60}⟧;",
        ),
        ignores=("essu_x",),
    )
