"""Azure storage or Service Bus key in a connection string."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def azure_storage_key() -> Rule:
    """https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage"""
    return Rule(
        id="azure-storage-key",
        entity=SECRET,
        label="Azure storage or Service Bus key in a connection string",
        pattern="(?:AccountKey|SharedAccessKey|SharedSecretValue)=(?P<value>[A-Za-z0-9+/]{42,86}={1,2})",
        triggers=("(?:AccountKey|SharedAccessKey|SharedSecretValue)=[A-Za-z0-9+/]{42}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=⟦{b86}==⟧;EndpointSuffix=core.windows.net",
            "SharedAccessKey=⟦{b43}=⟧",
        ),
        ignores=("AccountKey=none",),
    )
