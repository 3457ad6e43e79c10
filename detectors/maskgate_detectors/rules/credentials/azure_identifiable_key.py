"""Azure key that carries the sign of its service."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def azure_identifiable_key() -> Rule:
    """https://learn.microsoft.com/azure/cosmos-db/security"""
    return Rule(
        id="azure-identifiable-key",
        entity=SECRET,
        label="Azure key that carries the sign of its service",
        pattern=r"(?:^|[^A-Za-z0-9+/])(?P<value>[A-Za-z0-9+/]{33,76}(?:AzSe|AzFu|AzCa|ACDb|AStA|ASbA|APIM|AEhA|AIoT|AADb|ARmA|ACRA|JQQJ9[9A-D])[A-Za-z0-9+/]{5,26}={0,2})(?:$|[^A-Za-z0-9+/_-])",
        triggers=(
            r"[A-Za-z0-9+/]{33}(?:AzSe|AzFu|AzCa|ACDb|AStA|ASbA|APIM|AEhA|AIoT|AADb|ARmA|ACRA|JQQJ9[9A-D])[A-Za-z0-9+/]{5}",
        ),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{an42}AzSe{an6}⟧",
            "auth=⟦{an42}AzSe{an6}⟧;",
        ),
        ignores=("AzSe1234",),
    )
