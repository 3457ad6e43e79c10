"""Octopus Deploy API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def octopus_deploy_key() -> Rule:
    """https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key"""
    return Rule(
        id="octopus-deploy-key",
        entity=SECRET,
        label="Octopus Deploy API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>API-[A-Z0-9]{25,32})(?:$|[^A-Za-z0-9_-])",
        triggers=("API-[A-Z0-9]{25}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦API-{AN25}⟧",
            "auth=⟦API-{AN25}⟧;",
        ),
        ignores=("API-GATEWAY",),
    )
