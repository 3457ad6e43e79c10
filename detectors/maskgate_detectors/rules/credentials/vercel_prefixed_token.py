"""Vercel token with its prefix."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def vercel_prefixed_token() -> Rule:
    """https://vercel.com/docs/rest-api/reference/welcome"""
    return Rule(
        id="vercel-prefixed-token",
        entity=SECRET,
        label="Vercel token with its prefix",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>vc[pirak]_[A-Za-z0-9_-]{24,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"vc[pirak]_[A-Za-z0-9_-]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦vcp_{an56}⟧",
            "auth=⟦vcp_{an56}⟧;",
        ),
        ignores=("vcp_x",),
    )
