"""Azure DevOps personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def azure_devops_pat() -> Rule:
    """https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate"""
    return Rule(
        id="azure-devops-pat",
        entity=SECRET,
        label="Azure DevOps personal access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})(?:$|[^A-Za-z0-9_-])",
        triggers=("[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{an76}AZDO{an4}⟧",
            "auth=⟦{an76}AZDO{an4}⟧;",
        ),
        ignores=("AZDO",),
    )
