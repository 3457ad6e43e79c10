"""Cloudflare token with its prefix."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def cloudflare_prefixed_token() -> Rule:
    """https://developers.cloudflare.com/fundamentals/api/get-started/create-token/"""
    return Rule(
        id="cloudflare-prefixed-token",
        entity=SECRET,
        label="Cloudflare token with its prefix",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>cf(?:ut|at|k)_[A-Za-z0-9_-]{40,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"cf(?:ut|at|k)_[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦cfut_{an48}⟧",
            "auth=⟦cfut_{an48}⟧;",
        ),
        ignores=("cfut_x",),
    )
