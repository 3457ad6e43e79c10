"""DigitalOcean personal, OAuth or refresh token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def digitalocean_token() -> Rule:
    """https://docs.digitalocean.com/reference/api/create-personal-access-token/"""
    return Rule(
        id="digitalocean-token",
        entity=SECRET,
        label="DigitalOcean personal, OAuth or refresh token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>do[opr]_v1_[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=("do[opr]_v1_[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dop_v1_{x64}⟧",
            "⟦dor_v1_{x64}⟧",
            "auth=⟦dop_v1_{x64}⟧;",
        ),
        ignores=("dop_v1_",),
    )
