"""Cloudflare origin CA key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def cloudflare_origin_ca_key() -> Rule:
    """https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/"""
    return Rule(
        id="cloudflare-origin-ca-key",
        entity=SECRET,
        label="Cloudflare origin CA key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>v1\.0-[0-9a-f]{24}-[0-9a-f]{146})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"v1\.0-[0-9a-f]{24}-[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦v1.0-{x24}-{x146}⟧",
            "auth=⟦v1.0-{x24}-{x146}⟧;",
        ),
        ignores=("v1.0-rc1",),
    )
