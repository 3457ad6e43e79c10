"""Google Cloud Storage HMAC access id."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def gcs_hmac_key() -> Rule:
    """https://cloud.google.com/storage/docs/authentication/hmackeys"""
    return Rule(
        id="gcs-hmac-key",
        entity=SECRET,
        label="Google Cloud Storage HMAC access id",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>GOOG1E[A-Z0-9]{18,55})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"GOOG1E[A-Z0-9]{18}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦GOOG1E{AN55}⟧",
            "auth=⟦GOOG1E{AN55}⟧;",
        ),
        ignores=("GOOG1E",),
    )
