"""Microsoft Entra client secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def azure_ad_client_secret() -> Rule:
    """https://learn.microsoft.com/en-us/entra/identity-platform/how-to-add-credentials"""
    return Rule(
        id="azure-ad-client-secret",
        entity=SECRET,
        label="Microsoft Entra client secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"\dQ~[A-Za-z0-9_~.-]{31}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{an3}8Q~{an34}⟧",
            "auth=⟦{an3}8Q~{an34}⟧;",
        ),
        ignores=("abc8Q~",),
    )
