"""Klaviyo private key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def klaviyo_private_key() -> Rule:
    """https://developers.klaviyo.com/en/docs/retrieve_api_credentials"""
    return Rule(
        id="klaviyo-private-key",
        entity=SECRET,
        label="Klaviyo private key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>pk_[0-9a-f]{34})(?:$|[^A-Za-z0-9_-])",
        triggers=("pk_[0-9a-f]{34}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pk_{x34}⟧",
            "auth=⟦pk_{x34}⟧;",
        ),
        ignores=("pk_id",),
    )
