"""DataStax Astra token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def datastax_astra_token() -> Rule:
    """https://docs.datastax.com/en/astra-db-serverless/administration/manage-application-tokens.html"""
    return Rule(
        id="datastax-astra-token",
        entity=SECRET,
        label="DataStax Astra token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>AstraCS:[A-Za-z0-9]{20,30}:[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"AstraCS:[A-Za-z0-9]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AstraCS:{an24}:{x64}⟧",
            "auth=⟦AstraCS:{an24}:{x64}⟧;",
        ),
        ignores=("AstraCS:x",),
    )
