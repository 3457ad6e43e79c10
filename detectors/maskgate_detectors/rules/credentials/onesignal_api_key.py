"""OneSignal API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def onesignal_api_key() -> Rule:
    """https://documentation.onesignal.com/docs/keys-and-ids"""
    return Rule(
        id="onesignal-api-key",
        entity=SECRET,
        label="OneSignal API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>os_v2_(?:app|org)_[a-z2-7]{80,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"os_v2_(?:app|org)_[a-z2-7]{80}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦os_v2_app_{a50}2{a52}⟧",
            "auth=⟦os_v2_app_{a50}2{a52}⟧;",
        ),
        ignores=("os_v2_app_id",),
    )
