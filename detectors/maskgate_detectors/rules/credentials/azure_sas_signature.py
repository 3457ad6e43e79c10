"""Azure shared access signature."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def azure_sas_signature() -> Rule:
    """https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview"""
    return Rule(
        id="azure-sas-signature",
        entity=SECRET,
        label="Azure shared access signature",
        pattern=r"[?&;]s(?:v|e|r|p|t|ig)=[^\s\\x22'<>]{0,}?(?:&|\\u0026)sig=(?P<value>[A-Za-z0-9%+/=]{40,120})",
        triggers=("[?&;6]sig=[A-Za-z0-9%+/]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=("https://acme.blob.core.windows.net/c/f?sv=2022-11-02&se=2024-01-01&sr=b&sig=⟦{an43}%3D⟧",),
        ignores=("?sig=abc",),
    )
