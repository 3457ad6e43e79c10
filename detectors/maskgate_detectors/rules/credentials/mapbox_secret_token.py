"""Mapbox secret or public token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def mapbox_secret_token() -> Rule:
    """https://docs.mapbox.com/api/accounts/tokens/"""
    return Rule(
        id="mapbox-secret-token",
        entity=SECRET,
        label="Mapbox secret or public token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>[sp]k\.(?:eyJ[A-Za-z0-9_-]{50,200}\.[A-Za-z0-9_-]{20,40}|[a-z0-9]{60}\.[a-z0-9]{22}))(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=(r"[sp]k\.[A-Za-z0-9_-]{50}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk.eyJ{u80}.{u22}⟧",
            "auth=⟦sk.eyJ{u80}.{u22}⟧;",
        ),
        ignores=("pk.x",),
    )
